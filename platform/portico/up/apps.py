"""The example apps of a clone, all in one process: `python -m portico.up.apps`.

Reads PORTICO_UP_APPS, a JSON object `{package: {folder, config}}`, where `config` is what the app would find in its
environment. The apps listen on `localhost`, another host name than the portal's, as real apps do.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import threading
from types import FrameType

from werkzeug.serving import BaseWSGIServer, make_server


def _server(package: str, folder: str, config: dict[str, str]) -> BaseWSGIServer:
    sys.path.insert(0, folder)
    app = importlib.import_module(package).create_app(config)
    return make_server("localhost", int(config["PORT"]), app, threaded=True)


def main() -> None:
    """Serve until SIGTERM."""
    apps = json.loads(os.environ.pop("PORTICO_UP_APPS"))
    servers = [_server(package, about["folder"], about["config"]) for package, about in apps.items()]
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stopped.wait()


if __name__ == "__main__":
    main()
