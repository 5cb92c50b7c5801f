"""What people read about apps that act in their name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template
from flask_babel import get_locale, gettext

from portico.domains.catalogue import manifests
from portico.domains.oauth.authorizing import AuthorizationRequest
from portico.domains.oauth.consenting import Why
from portico.domains.oauth.power import IDENTITY, OFFLINE
from portico.domains.oauth.registered import RegisteredClient
from portico.kernel import text
from portico.kernel.scopes import SCOPES
from portico.kernel.text import N_

LONGEST_NAME = 60
_STAY = N_("stay connected until you end it, also while you are away")
_WHY: dict[Why, tuple[str, str]] = {
    "unlisted": (
        N_("It is no app of the catalogue, and no workspace of yours lets such programs act for people."),
        N_("An admin of your workspace can allow it, under Settings."),
    ),
    "elsewhere": (
        N_("The app asked for a workspace that you do not belong to."),
        N_("Go back to the app and begin there again, or sign in with another account."),
    ),
    "nowhere": (
        N_("The app is not installed in any workspace that you belong to."),
        N_("Ask an admin of your workspace to install it; they find it in the catalogue."),
    ),
    "suspended": (
        N_("The app is suspended in your workspace at the moment."),
        N_("An admin of your workspace can tell you why, and when it works again."),
    ),
    "not_for_you": (
        N_("The app is installed in your workspace, and not for you."),
        N_("An admin of your workspace can change who may use it."),
    ),
    "nothing_left": (
        N_("Your role includes nothing of what the app asks for."),
        N_("If you need it, ask an admin of the workspace."),
    ),
}


def shown_name(name: Any) -> str:
    """A client's name in the reader's language: on one line, without characters that turn text around, and short."""
    clean = text.clean_name(manifests.localised(name, str(get_locale() or "en")))
    return clean if len(clean) <= LONGEST_NAME else f"{clean[: LONGEST_NAME - 1]}…"


def client_name(asked: AuthorizationRequest) -> str:
    return shown_name(asked.client.name)


def sentence(scope: str) -> str:
    """What a scope lets an app do, as a sentence of its own."""
    words = gettext(_STAY) if scope == OFFLINE else gettext(SCOPES[scope].sentence) if scope in SCOPES else scope
    return words[:1].upper() + words[1:]


def consent_groups(
    client: RegisteredClient, scopes: Iterable[str], before: frozenset[str], locale: str
) -> list[dict[str, Any]]:
    """What the consent list draws: by risk, the gravest first, and who you are at the end. What is asked beyond an
    earlier yes is marked as new."""
    rows: dict[str, list[dict[str, Any]]] = {"sensitive": [], "write": [], "read": [], "you": []}
    for scope in scopes:
        risk = SCOPES[scope].risk if scope in SCOPES else "read"
        rows["you" if scope in IDENTITY or scope == OFFLINE else risk].append(
            {
                "sentence": sentence(scope),
                "reason": text.clean_name(manifests.localised(client.scopes.get(scope), locale)),
                "scope": scope,
                "change": "added" if before and scope not in before else None,
            }
        )
    return [{"kind": kind, "items": items} for kind, items in rows.items() if items]


def refusal_page(asked: AuthorizationRequest, why: Why) -> Response:
    """Why there is no code, said to the person; the app hears of it when they go back."""
    detail, advice = _WHY[why]
    name = client_name(asked)
    body = render_template(
        "errors/error.html",
        status=403,
        title=gettext("%(app)s cannot act for you", app=name),
        detail=gettext(detail),
        advice=gettext(advice),
        actions=[
            {"url": asked.location(error="access_denied"), "label": gettext("Back to %(app)s", app=name)},
            {"url": "/", "label": gettext("Go to the start page")},
        ],
    )
    return Response(body, 403)
