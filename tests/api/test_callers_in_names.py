"""The matrix of callers: an app in the name of each person, over every operation."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from portico.kernel.actor import ROLES
from portico.kernel.scopes import app_scopes, scopes_of_role
from portico.web.api import Operation
from tests.api.calls import IDS, WITHOUT_SCOPE, Call
from tests.api.matrix import OF_THE_WORKSPACE, counted, kept_apart, needed_scopes, refused, send, succeeded
from tests.support import apps, grants
from tests.support.http import ApiClient
from tests.support.world import World

ALL = tuple(sorted(app_scopes()))
HELD_BY_PEOPLE = ("con_", "tkt_", "cmt_", "emp_")
"""Kinds of records that a data range cuts."""


class InNames:
    """An app that may ask people for all there is, installed where its owner works."""

    def __init__(self, world: World, owner: str, by: str, **options: Any) -> None:
        self.world = world
        key = world.name("named")
        app = apps.register(world.cast, grants.manifest(*ALL, key=key), owner)
        self._client = grants.Client(world.cast, app, apps.install(world.cast, key, by, **options))
        self._tokens: dict[tuple[str, tuple[str, ...]], str] = {}

    def of(self, person: str, *without: str) -> ApiClient:
        """With all that the person can give, but for these scopes."""
        if (person, without) not in self._tokens:
            scopes = tuple(sorted(set(ALL).difference(without)))
            self._tokens[person, without] = self._client.tokens(person, scopes).access_token
        return self.world.api.bearer(self._tokens[person, without])


@pytest.fixture(scope="module")
def named(world: World) -> InNames:
    return InNames(world, "developer", "app_manager")


@pytest.fixture(scope="module")
def narrowed(world: World) -> InNames:
    """Sees the records of one person, of whom no call of the matrix makes any."""
    rules = [{"kind": "employee", "id": world.cast.employee_id("announcer")}]
    return InNames(world, "developer", "app_manager", data_range_={"kind": "only", "include": rules})


@pytest.fixture(scope="module")
def foreign(world: World) -> InNames:
    return InNames(world, "outsider", "outsider")


def _is_for_people(operation: Operation) -> bool:
    return operation.people_only or operation.apps_only


def test_in_the_name_of_the_right_person(operation: Operation, call: Call, named: InNames) -> None:
    answer = send(named.of(call.by if call.by in ROLES else "owner"), operation, call)
    counted(answer)
    if _is_for_people(operation):
        refused(answer, 403, "forbidden")
    elif call.path.startswith(OF_THE_WORKSPACE):
        refused(answer, 404, "not_found")
    else:
        succeeded(operation, call, answer)


def test_in_the_name_of_somebody_of_another_workspace(
    operation: Operation, call: Call, world: World, foreign: InNames
) -> None:
    answer = send(foreign.of("outsider"), operation, call)
    if _is_for_people(operation):
        refused(answer, 403, "forbidden")
    else:
        kept_apart(world, operation, call, answer)


def test_without_the_scope(operation: Operation, call: Call, named: InNames) -> None:
    needed = needed_scopes(operation)
    if _is_for_people(operation) or not needed:
        assert _is_for_people(operation) or operation.operation_id in WITHOUT_SCOPE
        return
    answer = send(named.of(call.by, *needed), operation, call)
    assert refused(answer, 403, "insufficient_scope")["required_scopes"] == needed
    counted(answer)


def test_in_the_name_of_somebody_who_may_not(operation: Operation, call: Call, named: InNames) -> None:
    """What the app asked for and the person gave does not make up for a role that lacks it."""
    if _is_for_people(operation):
        return
    needed = needed_scopes(operation)
    for role in ROLES:
        if needed and not scopes_of_role(role).intersection(needed):
            refused(send(named.of(role), operation, call), 403, "insufficient_scope")
    if call.barred:
        who, code = call.barred
        refused(send(named.of(who), operation, call), 404 if code == "not_found" else 403, code)


def _records(operation: Operation, answer: TestResponse) -> str:
    """The answer; of events what they are about, since who did it, and who let the app act, it may know."""
    if operation.operation_id != "list_events":
        return answer.text
    return repr([event["resource"] for event in answer.json["data"]])


def test_beyond_the_data_range(operation: Operation, call: Call, world: World, narrowed: InNames) -> None:
    if _is_for_people(operation):
        return
    answer = send(narrowed.of(call.by), operation, call)
    counted(answer)
    assert answer.status_code < 500
    named_in_path = [one for one in IDS.findall(call.path) if one.startswith(HELD_BY_PEOPLE)]
    if named_in_path and operation.operation_id != "list_presences":  # which leaves out whom the caller does not see
        refused(answer, 404, "not_found")
    shown = {one for one in IDS.findall(_records(operation, answer)) if one.startswith(HELD_BY_PEOPLE)}
    within = {world.cast.employee_id("announcer"), world.cast.employee_id(call.by)}
    assert not shown.difference(within), "records out of range"
