"""`python -m tests.support.named_web`: the web, in a world where every name below `.test` is this machine."""

from __future__ import annotations

import socket
from typing import Any

from portico.cli.serve import granian_server
from portico.settings import from_env

_system = socket.getaddrinfo


def _here(host: Any, *arguments: Any, **options: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    return _system("127.0.0.1" if isinstance(name, str) and name.endswith(".test") else host, *arguments, **options)


# In the process that serves as well, which imports this module anew.
socket.getaddrinfo = _here

if __name__ == "__main__":
    granian_server(from_env()).serve()
