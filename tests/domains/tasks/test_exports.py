"""Exports: asked for, written by a job that may be killed, fetched by whoever asked, and true to the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from portico.cli import audit as audit_cli
from portico.domains.audit import chain
from portico.domains.audit import service as audit
from portico.domains.directory import service as directory
from portico.domains.tasks import queries, service
from portico.domains.tasks.models import TaskFile, TaskFilePart
from portico.kernel import clock, jobs
from portico.kernel.exporting import EXPORTERS
from portico.kernel.jobs import Job, JobLost, carrier
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.databases import redis_database
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def recorded(cast: Cast) -> str:
    with cast.writing():
        made = directory.create_department(cast.actor("hr_admin"), name='=HYPERLINK("http://evil.example")')
        directory.update_department(cast.actor("hr_admin"), made["id"], {"name": "Steelworks"})
    audit.derive()
    audit.anchor()
    return str(made["id"])


def export(api: Api, by: str = "admin", **body: Any) -> dict[str, Any]:
    answer = api(by).post("/exports", json={"resource": "audit", **body})
    assert answer.status_code == 202, answer.json
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json['id']}"
    found: dict[str, Any] = answer.json
    return found


def finished(api: Api, by: str = "admin", **body: Any) -> bytes:
    made = export(api, by, **body)
    assert made["state"] == "queued"
    assert jobs.perform(api.cast.acme, made["id"])
    job = api(by).get(f"/jobs/{made['id']}").json
    assert job["state"] == "succeeded", job
    assert job["result"]["url"].endswith(f"/api/v1/jobs/{made['id']}/file")
    file = api(by).get(f"/jobs/{made['id']}/file")
    assert file.status_code == 200
    assert int(file.headers["Content-Length"]) == len(file.data) == job["result"]["size"]
    assert file.headers["Content-Disposition"].startswith("attachment;")
    return file.data


def test_json_lines_prove_themselves_by_the_public_key_alone(api: Api, recorded: str, tmp_path: Any) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(finished(api))
    key = next(iter(chain.public_keys().values()))
    verdict = audit.verify_lines(path.read_bytes().splitlines(), key)
    assert verdict.sound
    assert verdict.sealed == verdict.entries > 1
    told = CliRunner().invoke(audit_cli.command, ["verify", str(path), "--key", key])
    assert told.exit_code == 0, told.output
    assert "sound" in told.output
    forged = path.read_bytes().replace(b"Steelworks", b"Waterworks")
    assert forged != path.read_bytes()
    path.write_bytes(forged)
    told = CliRunner().invoke(audit_cli.command, ["verify", str(path), "--key", key])
    assert told.exit_code == 1
    assert "was altered" in told.output


def test_each_way_to_meddle_with_a_file_is_found(api: Api, recorded: str) -> None:
    lines = finished(api).splitlines()
    key = next(iter(chain.public_keys().values()))
    rows = [json.loads(line) for line in lines]
    cut = audit.verify_lines(lines[1:], key)
    assert cut.gaps == 1
    assert not audit.verify_lines([lines[1], lines[0], *lines[2:]], key).sound
    other = "A" * 43
    assert [one.kind for one in audit.verify_lines(lines, other).findings] == ["checkpoint"]
    assert not audit.verify_lines([*lines, b"rubbish"], key).sound
    renamed = [json.dumps({**rows[0], "action": "group.deleted"}).encode(), *lines[1:]]
    assert not audit.verify_lines(renamed, key).sound


def test_tables_hold_the_hashes_and_no_formula(api: Api, recorded: str) -> None:
    rows = list(csv.DictReader(io.StringIO(finished(api, format="csv").decode())))
    assert all(len(row["hash"]) == 64 for row in rows)
    assert [row["previous_hash"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    made = next(row for row in rows if row["object.id"] == recorded)
    assert made["detail.name"].startswith("'=HYPERLINK")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_a_filter_narrows_the_file_and_wrong_ones_are_named(api: Api, recorded: str) -> None:
    lines = finished(api, filter={"action": {"in": ["department.updated"]}, "at": {"gte": "2001-01-01T00:00:00Z"}})
    entries = [json.loads(line) for line in lines.splitlines()]
    assert [row["action"] for row in entries if "action" in row] == ["department.updated"]
    assert audit.verify_lines(lines.splitlines()).sound
    admin = api("admin")
    for wrong in (
        {"resource": "audit", "filter": {"colour": "red"}},
        {"resource": "audit", "filter": {"at": {"gte": "yesterday"}}},
        {"resource": "audit", "filter": {"action": {"like": "x"}}},
        {"resource": "audit", "filter": {"action": [{}]}},
        {"resource": "audit", "format": "pdf"},
        {"resource": "secrets"},
        {"resource": "me", "format": "csv"},
        {"resource": "me", "filter": {"a": "b"}},
        {},
    ):
        assert admin.post("/exports", json=wrong).status_code == 422, wrong


def test_only_its_asker_sees_a_job_and_only_with_the_scope_the_file(api: Api, cast: Cast, recorded: str) -> None:
    made = export(api)
    jobs.perform(cast.acme, made["id"])
    for other in ("owner", "employee", "outsider"):
        assert api(other).get(f"/jobs/{made['id']}").status_code == 404
        assert api(other).get(f"/jobs/{made['id']}/file").status_code == 404
    weak = api.bearer(cast.token("admin", "directory:read"))
    assert weak.get(f"/jobs/{made['id']}").status_code == 200
    assert weak.get(f"/jobs/{made['id']}/file").status_code == 403
    assert weak.post("/exports", json={"resource": "audit"}).status_code == 403
    assert api("hr_admin").post("/exports", json={"resource": "audit"}).status_code == 403


def test_a_file_waits_for_its_job_and_has_its_time(api: Api, cast: Cast, recorded: str, held_clock: None) -> None:
    made = export(api)
    assert api("admin").get(f"/jobs/{made['id']}/file").json["code"] == "job_unfinished"
    jobs.perform(cast.acme, made["id"])
    clock.advance(service.KEPT + timedelta(seconds=1))
    token = cast.token("admin", "audit:read")
    assert api.bearer(token).get(f"/jobs/{made['id']}/file").json["code"] == "export_expired"
    with system_unit("tests: sweep", write=True):
        assert service.sweep() == 1
    with cast.reading() as work:
        assert work.scalars(select(TaskFilePart.number).where(TaskFilePart.workspace_id == cast.acme)).all() == []
    assert api.bearer(token).get(f"/jobs/{made['id']}/file").json["code"] == "export_expired"


def test_a_killed_try_leaves_no_half_file(api: Api, cast: Cast, recorded: str, monkeypatch: Any) -> None:
    """The first try writes a part and is never heard of again; the second writes the file from the beginning."""
    made = export(api)
    finish = service._Writer.finish

    def killed(writer: Any, name: str) -> Any:
        raise SystemExit

    monkeypatch.setattr(service._Writer, "finish", killed)
    with pytest.raises(SystemExit):
        jobs.perform(cast.acme, made["id"])
    monkeypatch.setattr(service._Writer, "finish", finish)
    assert api("admin").get(f"/jobs/{made['id']}").json["state"] == "running"
    assert api("admin").get(f"/jobs/{made['id']}/file").json["code"] == "job_unfinished"
    with clock.held(clock.now() + timedelta(minutes=6)):
        assert jobs.drain() == 1
    file = api("admin").get(f"/jobs/{made['id']}/file")
    assert audit.verify_lines(file.data.splitlines()).sound
    with cast.reading() as work:
        parts = work.execute(
            select(TaskFilePart.attempt, TaskFilePart.number).where(TaskFilePart.workspace_id == cast.acme)
        ).all()
    assert {row.attempt for row in parts} == {2}


def test_a_slow_try_that_lost_its_job_writes_nothing_more(api: Api, cast: Cast, recorded: str) -> None:
    made = export(api)
    run = jobs.Running(cast.acme, made["id"], 1)
    with cast.writing() as work:
        work.execute(
            update(Job).where(Job.workspace_id == cast.acme, Job.id == made["id"]).values(state="running", attempts=2)
        )
    with pytest.raises(JobLost):
        service._Writer(run, cast.actor("admin"), "jsonl", (), None).add([{"a": 1}])
    with cast.reading() as work:
        assert work.scalars(select(TaskFilePart.number).where(TaskFilePart.workspace_id == cast.acme)).all() == []
        assert work.scalars(select(TaskFile.id).where(TaskFile.workspace_id == cast.acme)).all() == []


def test_whoever_lost_the_role_meanwhile_gets_nothing(api: Api, cast: Cast, recorded: str) -> None:
    from portico.domains.identity import queries as identity
    from portico.domains.identity import service as members

    made = export(api)
    with cast.writing():
        member = identity.member_of_employee(cast.actor("owner"), cast.employee_id("admin"))
        assert member is not None
        members.change_role(cast.actor("owner"), member.id, "agent")
    for minutes in range(0, 600, 61):
        with clock.held(clock.now() + timedelta(minutes=minutes)):
            jobs.drain()
    job = api("admin").get(f"/jobs/{made['id']}").json
    assert job["state"] == "failed"
    assert "audit:read" in job["error"]


def test_the_export_itself_is_recorded_and_five_at_once_are_enough(api: Api, cast: Cast, recorded: str) -> None:
    for _ in range(5):
        export(api, format="csv", filter={"action": "department.updated"})
    assert api("admin").post("/exports", json={"resource": "audit"}).json["code"] == "too_many_exports"
    audit.derive()
    entry = api("admin").get("/audit?filter[action]=export.created&limit=1").json["data"][0]
    assert entry["detail"]["name"] == "audit.csv"
    assert entry["actor"]["id"] == cast.employee_id("admin")


def test_a_person_takes_along_what_the_workspace_holds_on_them(api: Api, cast: Cast) -> None:
    lines = finished(api, by="employee", resource="me").splitlines()
    rows = [json.loads(line) for line in lines]
    sections = {row["section"] for row in rows}
    assert {"account", "profile", "seen_by"} <= sections
    account = next(row for row in rows if row["section"] == "account")
    assert account["email"] == cast.email("employee")
    text = b"\n".join(lines).decode()
    assert "digest" not in text.replace("digest_at", "")  # when one wants to be told is no secret
    assert "ptp_" not in text
    assert cast.employee_id("agent") not in text


def test_there_is_an_exporter_for_what_the_document_names() -> None:
    assert [one.name for one in EXPORTERS] == ["attendance_daily", "attendance_monthly", "audit", "me"]
    assert queries.JOBS.default_sort == "-created_at"


@pytest.fixture
def by_redis(database: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Jobs carried by RQ, on a queue of the tests' own."""
    with_redis = replace(settings, redis_url=redis_database(11))
    monkeypatch.setattr(carrier, "QUEUE", "portico-export-tests")
    jobs.configure(with_redis)
    yield with_redis
    jobs.configure(settings)


@pytest.mark.redis
def test_a_worker_of_rq_writes_the_file_as_well(by_redis: Settings, api: Api, cast: Cast, recorded: str) -> None:
    made = export(api)
    jobs.run_worker(by_redis, until_empty=True)
    assert api("admin").get(f"/jobs/{made['id']}").json["state"] == "succeeded"
    assert audit.verify_lines(api("admin").get(f"/jobs/{made['id']}/file").data.splitlines()).sound
