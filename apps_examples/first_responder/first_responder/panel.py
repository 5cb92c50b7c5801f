"""The page beside a ticket. It needs no cookie and no storage: the session token said who is looking."""

import flask

from first_responder.history import read_history
from first_responder.suggestion import suggest
from first_responder.texts import Language
from portico_sdk import APIError, Portico
from portico_sdk.session import PanelContext

_SHOWN = 8


def render_panel(workspace: Portico, context: PanelContext) -> str:
    language = Language(context.locale, context.timezone)
    if context.object is None:
        return flask.render_template("unavailable.html", language=language)
    try:
        history = read_history(workspace, workspace.tickets.get(context.object.id))
    except APIError as refusal:  # suspended, uninstalled, or a ticket that this app may not see
        flask.current_app.logger.warning("panel without content: %s", refusal)
        return flask.render_template("unavailable.html", language=language)
    return flask.render_template(
        "panel.html",
        language=language,
        history=history,
        suggestion=suggest(history),
        shown=history.earlier[:_SHOWN],
        viewer=context.employee_id,
    )
