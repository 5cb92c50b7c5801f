"""The page in the portal: a frame of words and scripts, which asks `/api` for all that is in it."""

import flask

from flow_composer.texts import Language
from portico_sdk.session import PanelContext


def show(context: PanelContext) -> str:
    return flask.render_template("page.html", language=Language(context.locale), timezone=context.timezone)
