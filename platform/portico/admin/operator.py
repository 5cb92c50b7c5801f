"""The pages of who operates this instance: their gate, their menu, and the first of them.

Being an operator is a mark on a user, not a role in a workspace (`portico operator add EMAIL`). To everybody else
these pages are not there. Every act is recorded in the transaction that does it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portico.domains.catalogue.queries import operating as catalogue
from portico.domains.identity import queries as identity
from portico.domains.installations import reach
from portico.kernel import authn
from portico.kernel.authn import Login
from portico.kernel.errors import NotFound
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit
from portico.web.navigation import Entry
from portico.web.pages import PageBlueprint

blueprint = PageBlueprint("operator", "portico.admin", in_workspace=False)
View = Callable[..., Any]

MENU = [
    Entry("operator", N_("Overview"), "gauge", "operator.home", 10, key="o"),
    Entry("operator", N_("What operators did"), "scroll-text", "operator.record", 90),
]
ACTS = {
    "app.suspended": N_("Suspended the app"),
    "app.resumed": N_("Let the app run again"),
    "version.approved": N_("Approved the version"),
    "version.rejected": N_("Rejected the version"),
    "publisher.suspended": N_("Suspended the publisher"),
    "publisher.resumed": N_("Let the publisher’s apps run again"),
    "publisher.verified": N_("Verified the publisher"),
    "publisher.unverified": N_("Took the verification away"),
    "rating.hidden": N_("Hid the text of a rating"),
    "rating.shown": N_("Left the text of a rating as it is"),
}
_NEWEST = 8


def operator_page(path: str, *, methods: tuple[str, ...] = ("GET",), own_units: bool = False) -> Callable[[View], View]:
    """A page for operators alone. Its view takes the Login and runs in a system unit, a writing one for POST; with
    `own_units` it opens its units itself."""

    def register(view: View) -> View:
        @wraps(view)
        def guarded(login: Login, **path_parts: Any) -> Any:
            if not login.operator:
                raise NotFound()
            # Read before the unit of the page: reading them opens one of its own.
            g.operator_places = authn.door().places(login)
            if own_units:
                return view(login, **path_parts)
            with system_unit(f"operator page: {view.__name__}", write=request.method == "POST"):
                return view(login, **path_parts)

        return blueprint.door(f"/operator{path}", methods=methods, signed_in=True)(guarded)

    return register


def go(endpoint: str, **values: Any) -> Response:
    """On to another page of operators after a change (303, so that the browser asks with GET)."""
    return redirect(url_for(f"operator.{endpoint}", **values), 303)


@operator_page("")
def home(login: Login) -> str:
    return render_template(
        "admin/operator/home.html",
        figures={**catalogue.figures(), **reach.of_instance()},
        acts=identity.acts_of_operators(limit=_NEWEST),
        words=ACTS,
    )


@operator_page("/record")
def record(login: Login) -> str:
    return render_template("admin/operator/record.html", acts=identity.acts_of_operators(limit=200), words=ACTS)
