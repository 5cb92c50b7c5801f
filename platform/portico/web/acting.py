"""Forms that are one button: the work is done, or its refusal is told on the page that follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash

from portico.web.forms import Form


def act(work: Callable[[], Any], done: str) -> bool:
    """Do the work and say so, or say why not; what it changed before it was refused is undone."""
    form = Form()
    with form.attempt():
        work()
        flash(done, "success")
        return True
    for message in form.form_errors:
        flash(message, "error")
    return False
