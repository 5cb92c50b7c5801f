"""The web process of `portico up`: `python -m portico.up.web`."""

from __future__ import annotations

from portico.cli.serve import granian_server
from portico.settings import from_env

if __name__ == "__main__":
    granian_server(from_env()).serve()
