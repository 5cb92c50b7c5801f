"""A real server in a process of its own: `python -m tests.browser.serve FOLDER [PORT [HOST]]` makes an empty SQLite
database there, seeds it, prints one line of JSON (`url` and what the seed left) and serves until its input closes."""

from __future__ import annotations

import json
import socket
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from portico.app import create_app
from portico.kernel import migrations
from portico.kernel.bell_listening import BellListener
from portico.settings import Settings
from portico.stream.serving import StreamServer, address
from tests.browser.seed import seed
from tests.browser.seed_actions import seed_actions
from tests.browser.seed_attendance import seed_attendance
from tests.browser.seed_leave import seed_leave
from tests.browser.seed_rules import seed_rules
from tests.browser.seed_standing import seed_standing
from tests.browser.seed_walk import seed_walk
from tests.support.cast import make_cast
from tests.support.running import free_ports

STANDING = "--standing"
"""Also with publishers, ratings and an operator."""
LEAVE = "--leave"
"""Also with people who ask for absences and who decide."""
CLOCKING = "--clocking"
"""Also with people who clock in and out."""
ACTIONS = "--actions"
"""Also with an app that has actions and cards."""
RULING = "--ruling"
"""Also with rules of attendance, and days that were computed by them."""
WALK = "--walk"
"""With all of these, and what else has a page."""
SEEDS = (STANDING, LEAVE, CLOCKING, ACTIONS, RULING)


def settings(folder: Path, port: int, host: str) -> Settings:
    database_url = f"sqlite:///{folder / 'portico.db'}"
    return Settings(
        home=folder,
        port=port,
        public_url=f"http://{host}:{port}",
        streams_url=f"http://{host}:{free_ports(1)[0]}",
        database_url=database_url,
        migrate_url=database_url,
        secret_keys=("a key for tests only",),
        mode="demo",
        review="open",
        limits_factor=1000,
        bell_port=free_ports(1)[0],
    )


def main() -> None:
    asked = {*SEEDS} if WALK in sys.argv else {*sys.argv}
    where, *more = (one for one in sys.argv[1:] if one not in (*SEEDS, WALK))
    folder = Path(where)
    # The socket first: the port must be known before the application is made, and nobody else may take it.
    listener = socket.create_server(("127.0.0.1", int(more[0]) if more else 0))
    found = settings(folder, listener.getsockname()[1], more[1] if len(more) > 1 else "127.0.0.1")
    app = create_app(found)
    migrations.upgrade(found.migrate_url)
    cast = make_cast()
    left = seed(cast, found)
    if STANDING in asked:
        left |= seed_standing(cast, found)
    if CLOCKING in asked:
        left |= seed_attendance(cast)
    if ACTIONS in asked:
        left |= seed_actions(cast)
    if RULING in asked:
        left |= seed_rules(cast)
    if LEAVE in asked:
        left |= seed_leave(cast)
    if WALK in sys.argv:
        left |= seed_walk(cast, left, app)
    streams = StreamServer(found, "127.0.0.1", address(found)[1], failed=sys.stdin.close)
    streams.start()
    ear = BellListener(found, streams.wake, streams.hear)
    ear.start()
    server = make_server("127.0.0.1", found.port, app, threaded=True, fd=listener.fileno())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    about = {"url": found.public_url, "streams_port": address(found)[1], "home": str(folder)}
    sys.stdout.write(json.dumps({**about, **left}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()
    ear.stop()
    streams.stop()


if __name__ == "__main__":
    main()
