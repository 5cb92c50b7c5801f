"""`demo.json`: who is who in the demo, for people, scripts and tests. Written last and whole, for its owner only."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from portico.domains.identity import queries
from portico.domains.identity import service as identity
from portico.kernel.unit_of_work import unit
from portico.settings import Settings
from portico.up.demo_apps import DemoApp
from portico.up.seed import Demo
from portico.up.seed.cast import SLUG, WORKSPACE, email_of

TOKEN_NAME = "Demo"  # noqa: S105 - the name of the token, not the token
TOKEN_LIFE = timedelta(days=30)


def renew_tokens(demo: Demo) -> dict[str, str]:
    """A new personal token for everybody; those of the start before end."""
    tokens = {}
    for name, actor in demo.actors.items():
        with unit(actor.workspace_id, write=True):
            for old in queries.tokens_of(actor):
                if old.name == TOKEN_NAME:
                    identity.revoke_token(actor, old.id)
            tokens[name] = identity.create_token(actor, name=TOKEN_NAME, scopes=actor.scopes, life=TOKEN_LIFE)
    return tokens


def write(path: Path, here: Settings, demo: Demo, tokens: dict[str, str], apps: Sequence[DemoApp]) -> dict[str, Any]:
    """Write the file and answer its content."""
    password = demo.password
    content = {
        "base_url": here.public_url,
        "streams_url": here.streams_url,
        "workspace": {"id": demo.workspace_id, "name": WORKSPACE, "slug": SLUG},
        "users": {
            name: {"email": email_of(name), "password": password, "token": token} for name, token in tokens.items()
        },
        "apps": {
            app.key: {
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "signing_secret": app.signing_secret,
                "installation_id": app.installation_id,
                "base_url": app.base_url,
            }
            for app in apps
        },
    }
    put(path, content)
    return content


def put(path: Path, content: Mapping[str, Any]) -> None:
    """Whole, or as it was before."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
    fresh.replace(path)
