"""What `portico up` does once the platform is loaded: schema, demo, processes, and at the end `demo.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from portico.app import start
from portico.kernel import db, migrations
from portico.settings import Settings
from portico.up import demo_apps, demo_file, early
from portico.up.early import Beginning, Say
from portico.up.seed import seed_customers, seed_hours, seed_people
from portico.up.supervisor import Supervisor


def _bring_up_to_date(here: Settings, say: Say) -> None:
    database = db.Database(here.migrate_url, pool_size=1)
    if migrations.current(database) != migrations.head():
        say("Preparing the database …")
        migrations.upgrade(here.migrate_url)
    database.dispose()


def run(home: Path, begun: Beginning, supervisor: Supervisor, say: Say) -> None:
    """Start everything else, say where it is, and keep it running until SIGINT or SIGTERM."""
    here, environment, ports = begun.here, begun.environment, begun.ports
    if not begun.web_started:
        _bring_up_to_date(here, say)
        say("Starting the web …")
        supervisor.start(early.web(here, environment))
    start(replace(here, bell_port=ports.bell))
    say("Preparing the demo company …")
    demo = seed_people()
    apps = demo_apps.prepare(demo, here, ports.apps, say)
    seed_customers(demo)
    seed_hours(demo)
    say("Starting the pump and the example apps …")
    supervisor.start(early.background(here, environment))
    if apps:
        supervisor.start(demo_apps.program(apps))
    tokens = demo_file.renew_tokens(demo)
    supervisor.wait_until_ready()
    ports.held.close()
    content = demo_file.write(home / "demo.json", here, demo, tokens, apps)
    greet(here, content, say)
    supervisor.run()


def greet(here: Settings, content: Mapping[str, object], say: Say) -> None:
    """Where to go, and who to be."""
    users: Mapping[str, Mapping[str, str]] = json.loads(json.dumps(content["users"]))
    say("")
    say(f"  Portico is up:  {here.public_url}")
    say(f"  API reference:  {here.public_url}/docs/api")
    say("")
    for name, user in users.items():
        say(f"  {name:10} {user['email']:26} {user['password']}")
    say("")
    say("  Ctrl-C stops everything that was started.")
