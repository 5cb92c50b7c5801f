"""The helper for signatures: paste what came, and read which secret verifies it, or why none does."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint
from portico.domains.catalogue import queries as catalogue
from portico.domains.webhooks import verifying
from portico.kernel.actor import Actor
from portico.web.forms import Form

_PLAIN = {"spellcheck": "false", "autocomplete": "off"}


class Call(Form):
    headers = TextAreaField(
        lazy_gettext("Headers"),
        [InputRequired(), Length(max=20_000)],
        description=lazy_gettext("webhook-id, webhook-timestamp and webhook-signature, as a log or curl shows them."),
        render_kw={**_PLAIN, "rows": 5, "class": "code"},
    )
    body = TextAreaField(
        lazy_gettext("Body"),
        [InputRequired(), Length(max=600_000)],
        description=lazy_gettext("As it came, byte for byte."),
        render_kw={**_PLAIN, "rows": 10, "class": "code"},
    )


def _said(verdict: verifying.Verdict) -> dict[str, Any]:
    """How a verdict is shown: its tone, what happened, and what to do."""
    by, seconds = ", ".join(verdict.by), abs(verdict.age or 0)
    said = {
        "verified": ("success", gettext("It is genuine"), gettext("Verified by %(by)s.", by=by)),
        "too_old": (
            "warning",
            gettext("The timestamp is too old"),
            gettext(
                "%(by)s verifies it, but it was signed %(seconds)s seconds ago. Receivers refuse what is older than "
                "5 minutes: check at once, and keep your clock right.",
                by=by,
                seconds=seconds,
            ),
        ),
        "too_new": (
            "warning",
            gettext("The timestamp lies in the future"),
            gettext("%(by)s verifies it, but a clock is wrong by %(seconds)s seconds.", by=by, seconds=seconds),
        ),
        "ended_secret": (
            "danger",
            gettext("Signed with a secret that has ended"),
            gettext("%(by)s signed it and does not live any more. Deliver it again to have it signed anew.", by=by),
        ),
        "rewritten": (
            "danger",
            gettext("The body was written anew"),
            gettext(
                "Its content is right, its bytes are not: it was parsed and put together again. Verify the raw body "
                "before you parse it."
            ),
        ),
        "body_changed": (
            "danger",
            gettext("The body was changed"),
            gettext("The headers are ours, and we sent another body. Look at the delivery for what was sent."),
        ),
        "wrong_secret": (
            "danger",
            gettext("No secret of this app made this signature"),
            gettext("Either the call is for another app or server, or the id, the time or the body is not what came."),
        ),
        "missing": (
            "danger",
            gettext("Headers are missing"),
            gettext("Not found: %(names)s", names=", ".join(verdict.lacking)),
        ),
        "malformed": (
            "danger",
            gettext("The headers cannot be read"),
            gettext("The timestamp is whole seconds, and a signature begins with v1 or v1a and a comma."),
        ),
    }
    tone, title, text = said[verdict.outcome]
    return {"tone": tone, "title": title, "text": text, "delivery_id": verdict.delivery_id}


@blueprint.page(f"{APP}/signature", methods=("GET", "POST"), role=ROLE)
def apps_signature(actor: Actor, app_id: str) -> Any:
    form = Call()
    app = catalogue.own_app(actor, app_id)
    verdict = None
    if form.validate_on_submit():
        verdict = _said(verifying.look_into(actor, app_id, form.headers.data, form.body.data))
    return form.page(
        "console/deliveries/signature.html", app=app, tabs=tabs(app_id, "apps_deliveries"), verdict=verdict
    )
