"""The pages of the reference that are made from what is declared: scopes, events, errors, commands, SDK and API."""

from functools import cache

from portico.app import gather
from portico.cli.reference import api, commands, registries, sdk


@cache
def pages() -> dict[str, str]:
    """Markdown by the name of its page."""
    gather()
    document = api.document()
    return {
        "api": api.page(document),
        "scopes": registries.scopes(document),
        "events": registries.events(),
        "errors": registries.errors(),
        "commands": commands.page(),
        "sdk": sdk.page(),
    }
