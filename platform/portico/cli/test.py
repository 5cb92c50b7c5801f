"""`portico test`: the fast tier, or with --all everything.

The tiers are pytest markers (pyproject.toml). What a machine lacks is left out and said; what
PORTICO_TEST_REQUIRE names (`browser,node,postgres,redis`) must be there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

CLONE = Path(__file__).resolve().parents[3]
SLOW_TIER = ("browser", "fault", "slow")
SLOW_NEEDS = ("browser", "node")  # by tests of the slow tier alone
# Files stay whole, since their servers are dear, and go out in the order of tests/support/ordering.py.
BY_FILE = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
NOTHING_SELECTED = 5  # pytest's exit code
CHROMIUM_NAMES = (
    *("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
)


def missing_chromium() -> str | None:
    if os.environ.get("PORTICO_TEST_CHROMIUM") or any(map(shutil.which, CHROMIUM_NAMES)):
        return None
    return "Chromium is not on PATH (install chromium, or set PORTICO_TEST_CHROMIUM to its path)"


def missing_node() -> str | None:
    if shutil.which("node") and shutil.which("npm"):
        return None
    return "node and npm are not on PATH (install Node 18 or later; Debian: nodejs npm)"


def missing_postgres() -> str | None:
    import psycopg

    url = os.environ.get("PORTICO_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        return f"PostgreSQL does not answer (start it, or set PORTICO_TEST_POSTGRES_URL): {reason}"
    return None


def missing_redis() -> str | None:
    import redis

    url = os.environ.get("PORTICO_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis does not answer (start it, or set PORTICO_TEST_REDIS_URL): {error}"
    return None


CHECKS: Mapping[str, Callable[[], str | None]] = {
    "browser": missing_chromium,
    "node": missing_node,
    "postgres": missing_postgres,
    "redis": missing_redis,
}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--all", "everything", is_flag=True, help="Also browser walks, fault tests and slow tests.")
@click.option("-m", "marked", metavar="MARKERS", help="Only tests with these markers, as pytest's -m.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(everything: bool, marked: str | None, arguments: tuple[str, ...]) -> None:
    """Run the tests: the fast tier, or --all.

    ARGUMENTS go to pytest: paths, -k, -x, --lf and so on. The fast tier runs in two processes; browser
    walks, fault tests and slow tests run after it, two files at a time. Tests that need PostgreSQL, Redis, Chromium
    or Node are left out where there is none, unless PORTICO_TEST_REQUIRE=browser,node,postgres,redis names it: then
    its absence is an error.
    """
    if not (CLONE / "tests").is_dir():
        raise click.ClickException("The tests come with a clone of the repository; this is an installed package.")
    left_out = find_left_out(everything)
    fast = [f"not {name}" for name in SLOW_TIER]
    codes = [run_pytest([*fast, *left_out], marked, ["-n", "2", *arguments])]
    if everything:
        codes.append(run_pytest([" or ".join(SLOW_TIER), *left_out], marked, [*BY_FILE, *arguments]))
    sys.exit(combine(codes, everything))


def find_left_out(everything: bool) -> list[str]:
    """Marker expressions for what this machine lacks; an error when it is required."""
    required = {name.strip() for name in os.environ.get("PORTICO_TEST_REQUIRE", "").split(",")} - {""}
    if unknown := required - CHECKS.keys():
        raise click.ClickException(f"PORTICO_TEST_REQUIRE knows {', '.join(CHECKS)}; not {', '.join(unknown)}.")
    wanted = [name for name in CHECKS if everything or name not in SLOW_NEEDS or name in required]
    missing = {name: reason for name in wanted if (reason := CHECKS[name]())}
    if refused := required & missing.keys():
        raise click.ClickException("Required and missing:\n" + "\n".join(missing[name] for name in sorted(refused)))
    for name, reason in missing.items():
        click.echo(f"Left out, tests marked `{name}`: {reason}")
    if not everything:
        click.echo("Fast tier; browser walks, fault tests and slow tests run with: ./portico test --all")
    return [f"not {name}" for name in missing]


def run_pytest(conditions: list[str], marked: str | None, arguments: list[str]) -> int:
    expression = " and ".join(f"({condition})" for condition in [*conditions, marked] if condition)
    return subprocess.call([sys.executable, "-m", "pytest", "-m", expression, *arguments], cwd=CLONE)


def combine(codes: list[int], everything: bool) -> int:
    """A tier in which nothing was selected is no failure while the other one had something to run."""
    ran = [code for code in codes if code != NOTHING_SELECTED]
    if not ran and not everything:
        click.echo("Nothing of this is in the fast tier; try --all.")
    return max(ran, default=NOTHING_SELECTED)
