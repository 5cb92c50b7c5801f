"""Texts of ratings that somebody finds wrong: the operator hides them, or leaves them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.admin.operator import go, operator_page
from portico.domains.catalogue import queries
from portico.domains.installations.service import rating
from portico.kernel.authn import Login
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.navigation import Entry

MENU = [Entry("operator", N_("Reported ratings"), "flag", "operator.ratings", 50)]


@operator_page("/ratings")
def ratings(login: Login) -> str:
    return render_template(
        "admin/operator/ratings.html", waiting=queries.reported_ratings(), hidden=queries.hidden_ratings()
    )


@operator_page('/ratings/<id("rat"):rating_id>', methods=("POST",))
def ratings_decide(login: Login, rating_id: str) -> Any:
    hide = request.form.get("decision") == "hide"
    reason = (request.form.get("reason") or "").strip()[:500] or None
    done = gettext("The text is hidden; its stars count on.") if hide else gettext("The text stays.")
    act(lambda: rating.decide_rating(rating_id, login.user_id, hide=hide, reason=reason), done)
    return go("ratings")
