"""Pages that load themselves anew, without a script: by the header `Refresh`, which every browser knows.

A person may stop that (WCAG 2.2, success criterion 2.2.1): the page carries a link to itself without it.
"""

from __future__ import annotations

from flask import after_this_request
from werkzeug.wrappers import Response

SECONDS = 30


def refreshing(wanted: bool) -> bool:
    """Load this page again in a while, if that is wanted; answers whether."""

    @after_this_request
    def say(response: Response) -> Response:
        if wanted and response.status_code == 200:
            response.headers["Refresh"] = str(SECONDS)
        return response

    return wanted
