"""`python -m tests.support.at_debug web|pump|worker`: a process that logs all it can, statements included."""

from __future__ import annotations

import logging
import sys

from portico.cli.serve import granian_server
from portico.kernel import logs
from portico.settings import from_env

_configure = logs.configure


def _all_of_it(level: str = "DEBUG") -> None:
    _configure(level)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)


# In the process that serves as well, which imports this module anew.
logs.configure = _all_of_it

if __name__ == "__main__":
    if sys.argv[1] == "web":
        granian_server(from_env()).serve()
    else:
        from portico.cli import main

        main(args=[sys.argv[1]])
