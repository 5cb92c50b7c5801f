"""What views refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class ViewInvalid(Refusal):
    code, status, title = (
        "view_invalid",
        409,
        "The view filters by something that is not there any more, or that you may not see; change its filter.",
    )


class TooManyViews(Refusal):
    code, status, title = "too_many_views", 409, "There are 100 views of this list already; delete one first."
