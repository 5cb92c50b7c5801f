"""Where the processor time of a request goes: the three operations of bench/api in this process, under cProfile.

python bench/_profile.py sqlite|postgres read_one|page_of_50|create [--profile N]
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import logging
import pstats
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from api import seed
from werkzeug.test import EnvironBuilder

from portico.app import create_app
from portico.domains.identity import service as identity
from portico.kernel import logs
from portico.kernel.unit_of_work import unit
from tests.support.cast import make_cast
from tests.support.running import Portico


def environ(name: str, token: str, contact_id: str, number: int) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if name == "create":
        identifiers = [{"kind": "email", "value": f"p{number}@example.com"}]
        body = json.dumps({"display_name": f"Person {number:08d}", "identifiers": identifiers})
        builder = EnvironBuilder(
            "/api/v1/contacts", method="POST", headers=headers, data=body, content_type="application/json"
        )
    else:
        path = f"/api/v1/contacts/{contact_id}" if name == "read_one" else "/api/v1/contacts"
        builder = EnvironBuilder(path, headers=headers)
    return builder.get_environ()


def answered(app: Any, given: dict[str, Any]) -> None:
    def start_response(status: str, headers: Any, error: Any = None) -> Callable[[bytes], object]:
        if status[0] != "2":
            raise SystemExit(status)
        return lambda data: None

    answer = app.wsgi_app(given, start_response)
    b"".join(answer)
    answer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", choices=("sqlite", "postgres"))
    parser.add_argument("operations", nargs="+")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--contacts", type=int, default=300)
    parser.add_argument("--profile", type=int, default=0, help="lines of the profile to print")
    parser.add_argument("--sort", default="tottime")
    options = parser.parse_args()
    with Portico(options.database) as portico:
        cast = make_cast()
        agent = cast.actor("agent")
        with unit(agent.workspace_id, write=True):
            token = identity.create_token(agent, name="bench", scopes=agent.scopes, life=timedelta(days=1))
        contact_id = seed(agent, options.contacts)
        app = create_app(portico.settings)
        logs.configure()
        logging.getLogger().handlers[0].stream = io.StringIO()  # type: ignore[attr-defined]
        for name in options.operations:
            given = [environ(name, token, contact_id, number) for number in range(options.requests + 100)]
            for one in given[:100]:
                answered(app, one)
            profile = cProfile.Profile()
            began = time.process_time()
            if options.profile:
                profile.enable()
            for one in given[100:]:
                answered(app, one)
            profile.disable()
            spent = (time.process_time() - began) / options.requests
            print(f"{options.database} {name}: {spent * 1e6:.0f} µs of processor time per request")
            if options.profile:
                pstats.Stats(profile).sort_stats(options.sort).print_stats(options.profile)
        app.extensions.clear()


if __name__ == "__main__":
    main()
