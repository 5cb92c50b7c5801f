"""Each example app is a package in a folder of its own, as a developer would have it."""

import sys
from pathlib import Path

APPS = Path(__file__).parents[2] / "apps_examples"

sys.path[:0] = [str(folder) for folder in sorted(APPS.iterdir()) if (folder / "portico.toml").is_file()]
