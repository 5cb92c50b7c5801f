"""What the app asked of the API, as `logs` shows it beside what was delivered to it."""

from __future__ import annotations

from datetime import datetime

from portico_sdk.cli._connection import Problem
from portico_sdk.client import Portico
from portico_sdk.models import ApiRequest, RegisteredApp

OUTCOMES = ("succeeded", "refused", "failed")


def newest(
    client: Portico, app: RegisteredApp, installation: str, limit: int, outcome: str | None = None
) -> list[ApiRequest]:
    """The newest first."""
    return list(
        client.apps.requests.list(app.id, installation_id=installation, outcome=outcome, limit=limit).page().data
    )


def found(client: Portico, app: RegisteredApp, request_id: str) -> list[ApiRequest]:
    """The calls that go by this id. Raises Problem."""
    rows = list(client.apps.requests.list(app.id, request_id=request_id))
    if not rows:
        raise Problem(
            f"No call of {app.key} in this workspace goes by {request_id}. A call can be found two seconds after its "
            "answer and for 7 days, unless its token was never issued or its path is no operation."
        )
    return rows


def line(row: ApiRequest) -> str:
    call = f"{row.method} {row.path.removeprefix('/api/v1')}"
    return f"{local(row.at)}  {call:28} {row.status:<10} {row.duration_ms} ms  {row.code or ''}  {row.request_id}"


def whole(row: ApiRequest) -> str:
    """All that is known of a call, and where it was wrong."""
    missing = [scope for scope in row.scopes["needed"] if scope not in row.scopes["held"]]
    limit = row.rate_limit
    about = {
        "operation": f"{row.operation} ({row.route})",
        "parameters": ", ".join(row.query_keys),
        "error": row.code,
        "wrong": "; ".join(f"{each['pointer'] or '/'} {each['code']}" for each in row.errors),
        "needs": ", ".join(row.scopes["needed"]),
        "missing": ", ".join(missing),
        "in the name of": row.employee_id,
        "program": row.user_agent,
        "limit": f"{limit['remaining']} of {limit['quota']} left" if limit else None,
        "replayed": "yes, the answer was kept for its Idempotency-Key" if row.replayed else None,
    }
    return "\n".join([line(row), *(f"  {name:14} {said}" for name, said in about.items() if said)])


def local(at: datetime | None) -> str:
    return at.astimezone().strftime("%m-%d %H:%M:%S") if at else ""
