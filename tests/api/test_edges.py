"""Edges of the whole API: instants, writes whose answer is lost, null and absent, unknown fields, any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import RAISE, Schema, fields

from portico.kernel.schemas import LongText, Name
from portico.web.api import OPERATIONS, Operation
from tests.support.world import World

SCRIPTS = "👩‍👩‍👧 é שלום مرحبا 𠜎 한글"
"""Emoji joined by ZWJ, right to left, and a character of four octets."""
LISTED = {"external_id", "lifecycle_stage", "mobile", "work_phone"}
BODIES = [operation for operation in OPERATIONS if operation.body is not None]
PATCHES = [operation for operation in BODIES if operation.method == "PATCH"]


def name_of(operation: Operation) -> str:
    return operation.operation_id


# E-G-04, E-G-05


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-22T09:30:00",
        "2026-11-22 09:30",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "2016-12-31T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:01Z",
    ],
)
def test_e_g_04_e_g_05_an_instant_without_zone_or_beyond_every_calendar(world: World, moment: str) -> None:
    path = f"/webhook-endpoints/{world.endpoint()['id']}/replay"
    answer = world.api("app_manager").post(path, json={"since": moment})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/since"), moment
    asked = world.api("employee").get("/employees", query_string={"filter[created_at][gt]": moment})
    assert (asked.status_code, asked.json["errors"][0]["pointer"]) == (422, "/query/filter[created_at]")


def test_e_g_05_leap_days_are_days_and_others_are_not(world: World) -> None:
    path = f"/employees/{world.employee()['id']}"
    assert world.api("hr_admin").patch(path, json={"hired_on": "2028-02-29"}).json["hired_on"] == "2028-02-29"
    for day in ("2027-02-29", "0000-01-01", "9999-12-31", "2026-W01-1", "20260101"):
        assert world.api("hr_admin").patch(path, json={"hired_on": day}).status_code == 422, day


# E-G-06


def test_e_g_06_what_was_committed_is_answered_again_when_its_answer_was_lost(
    world: World, flask_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies behind the commit, before a byte of the answer is out."""
    real = flask_app.wsgi_app

    def lost(environ: Any, start: Any) -> Iterable[bytes]:
        b"".join(real(environ, start))
        raise ConnectionResetError

    key, body = {"Idempotency-Key": world.name("lost")}, {"name": world.name("Department ")}
    with monkeypatch.context() as dying:
        dying.setattr(flask_app, "wsgi_app", lost)
        with pytest.raises(ConnectionResetError):
            world.api("hr_admin").post("/departments", json=body, headers=key)
    again = world.api("hr_admin").post("/departments", json=body, headers=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    found = world.api("hr_admin").get("/departments", query_string={"filter[name]": body["name"]}).json["data"]
    assert [row["id"] for row in found] == [again.json["id"]]


# E-G-08


def nullable(schema: Schema) -> list[str]:
    return [name for name, field in schema.load_fields.items() if field.allow_none]


@pytest.mark.parametrize("operation", PATCHES, ids=name_of)
def test_e_g_08_absent_is_not_null_in_any_patch(operation: Operation) -> None:
    """What is absent does not reach the service; what is null does, as null."""
    assert operation.body is not None
    schema = operation.body(partial=True)
    assert not schema.load({}).keys() & set(nullable(schema))
    for name in nullable(schema):
        field = schema.load_fields[name]
        assert schema.load({field.data_key or name: None})[field.attribute or name] is None


def test_e_g_08_absent_keeps_and_null_clears_each_field_of_an_employee(world: World) -> None:
    hr = world.api("hr_admin")
    values = {
        "family_name": "Lovelace",
        "given_name": "Ada",
        "phonetic_name": "ada",
        "employee_no": world.name("A-"),
        "external_id": world.name("hr:"),
        "primary_email": f"{world.name()}@acme.example",
        "private_email": "ada@home.example",
        "mobile": "+49 170 1",
        "work_phone": "+49 30 1",
        "title": "Countess",
        "hired_on": "2026-02-01",
        "leaves_on": "2027-02-01",
        "manager_id": world.employee()["id"],
        "timezone": "Europe/London",
        "locale": "en",
    }
    operation = next(one for one in PATCHES if one.operation_id == "update_employee")
    assert operation.body is not None
    assert set(nullable(operation.body())) == values.keys()
    path = f"/employees/{world.employee()['id']}"
    assert hr.patch(path, json=values).status_code == 200
    for name in values:
        left = hr.patch(path, json={name: None}).json
        assert left[name] is None
        assert {other: left[other] for other in values if other != name and left[other] is not None} == {
            other: values[other] for other in list(values)[list(values).index(name) + 1 :]
        }


# E-G-09


def inputs(schema: Schema) -> Iterator[Schema]:
    """A schema, and every one nested in it."""
    yield schema
    for field in schema.load_fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested) and isinstance(inner.schema, Schema):
            yield from inputs(inner.schema)


@pytest.mark.parametrize("operation", BODIES, ids=name_of)
def test_e_g_09_no_operation_takes_a_field_that_it_does_not_know(operation: Operation) -> None:
    assert operation.body is not None
    assert {type(one).__name__ for one in inputs(operation.body()) if one.unknown != RAISE} == set()


# E-G-11, E-G-12


def texts(operation_id: str) -> list[str]:
    """The fields of an operation's body that hold words of people, not of a list or of another system."""
    operation = next(one for one in BODIES if one.operation_id == operation_id)
    assert operation.body is not None
    found = operation.body().load_fields.items()
    return [name for name, field in found if isinstance(field, Name | LongText) and name not in LISTED]


@pytest.mark.parametrize(
    "operation_id",
    ["create_department", "create_group", "create_employee", "create_contact", "create_company", "create_ticket"],
)
def test_e_g_11_every_script_comes_back_as_it_came(world: World, operation_id: str) -> None:
    operation = next(one for one in BODIES if one.operation_id == operation_id)
    names = texts(operation_id)
    assert names
    body: dict[str, Any] = {name: f"{world.name()} {SCRIPTS}" for name in names}
    if operation_id == "create_ticket":
        body |= {"requester": {"contact_id": world.contact()["id"]}}
    made = world.api("owner").post(operation.path, json=body)
    assert made.status_code == 201, made.json
    read = world.api("owner").get(made.headers["Location"]).json
    shown = {name: read[name] for name in names if name in read}
    assert shown == {name: body[name] for name in shown}
    assert shown


def test_e_g_12_one_letter_written_two_ways_is_one_name(world: World) -> None:
    hr, name = world.api("hr_admin"), f"Café {world.name()}"
    made = hr.post("/departments", json={"name": unicodedata.normalize("NFD", name)}).json
    assert made["name"] == name
    assert hr.post("/departments", json={"name": name}).json["code"] == "sibling_exists"
    for form in ("NFC", "NFD"):
        found = hr.get("/departments", query_string={"q": unicodedata.normalize(form, name)})
        assert [row["id"] for row in found.json["data"]] == [made["id"]]
