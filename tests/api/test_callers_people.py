"""The matrix of callers: people over every operation. An operation without an entry in CALLS fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.domains.identity import service as identity
from portico.kernel.actor import ROLES
from portico.kernel.errors import Invalid
from portico.kernel.scopes import scopes_of_role
from portico.web.api import Operation
from tests.api.calls import WITHOUT_SCOPE, Call
from tests.api.matrix import counted, kept_apart, needed_scopes, refused, send, succeeded
from tests.support.world import World


def test_anonymous(operation: Operation, call: Call, world: World) -> None:
    answer = send(world.api(None), operation, call)
    refused(answer, 401, "token_missing")
    challenge = answer.headers["WWW-Authenticate"]
    metadata = 'Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource"'
    needed = " ".join((*operation.scope, *operation.any_scope))
    assert challenge == (f'{metadata}, scope="{needed}"' if needed else metadata)


def test_another_workspace(operation: Operation, call: Call, world: World) -> None:
    """E-G-15: an id of another workspace, on every route."""
    if operation.apps_only:  # it names nothing: the token itself says whose installation it reads
        return
    answer = send(world.api("outsider"), operation, call)
    kept_apart(world, operation, call, answer)


def test_missing_scope(operation: Operation, call: Call, world: World) -> None:
    needed = needed_scopes(operation)
    if not needed:
        assert operation.operation_id in WITHOUT_SCOPE
        return
    others = sorted(world.cast.actor(call.by).scopes.difference(needed))
    answer = send(world.api(call.by, *others), operation, call)
    assert refused(answer, 403, "insufficient_scope")["required_scopes"] == needed
    assert f'scope="{" ".join(needed)}"' in answer.headers["WWW-Authenticate"]
    counted(answer)


def test_wrong_role(operation: Operation, call: Call, world: World) -> None:
    """A role without the scope cannot even make a token with it; and with all that it has it is refused."""
    needed = needed_scopes(operation)
    for role in ROLES:
        if needed and not scopes_of_role(role).intersection(needed):
            actor = world.cast.actor(role)
            with pytest.raises(Invalid), world.cast.writing():
                identity.create_token(actor, name="beyond", scopes=needed, life=timedelta(days=1))
            refused(send(world.api(role), operation, call), 403, "insufficient_scope")
    if call.barred:
        who, code = call.barred
        refused(send(world.api(who), operation, call), 404 if code == "not_found" else 403, code)


def test_the_right_person(operation: Operation, call: Call, world: World) -> None:
    if operation.apps_only:
        refused(send(world.api("owner"), operation, call), 403, "forbidden")
        return
    succeeded(operation, call, send(world.api(call.by, *needed_scopes(operation), *call.besides), operation, call))
