"""What the record keeps beyond ids: names, and what fields held; how that is bound, erased, and free of secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, select, update

from portico.domains.audit import chain, queries, service
from portico.domains.audit.models import AuditDetail
from portico.domains.audit.sentences import OBJECTS, SENTENCES
from portico.domains.catalogue import service as catalogue
from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.domains.identity import service as identity
from portico.domains.identity.service import tokens
from portico.domains.installations import service as installations
from portico.domains.webhooks import service as webhooks
from portico.kernel.events import EVENT_TYPES, RECORD_TYPES, Event
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.support import apps, databases
from tests.support.cast import Cast


def test_every_kind_of_event_has_its_sentence_and_its_object_a_name() -> None:
    kinds = [*EVENT_TYPES, *RECORD_TYPES]
    assert [kind.name for kind in kinds if kind.name not in SENTENCES] == [], "add them in audit/sentences.py"
    assert {kind.resource for kind in kinds} <= OBJECTS.keys(), "add them in audit/sentences.py"


def record(cast: Cast) -> list[dict[str, Any]]:
    """The entries, the newest first."""
    service.derive()
    with cast.reading():
        return list(queries.page_of_entries(cast.actor("admin"), ListQuery(limit=200)).rows)


@pytest.mark.both_databases
def test_changed_fields_are_kept_before_and_after(cast: Cast) -> None:
    agent = cast.actor("agent")
    with cast.writing():
        contact = contacts.create_contact(agent, {"display_name": "Ada"})
        contacts.update_contact(agent, contact["id"], {"display_name": "Grace", "tags": ["vip"]})
        contacts.trash_contact(cast.actor("support_admin"), contact["id"])
    trashed, updated, created = record(cast)[:3]
    assert updated["detail"]["name"] == "Grace"
    assert updated["detail"]["fields"] == {
        "display_name": {"before": "Ada", "after": "Grace"},
        "tags": {"before": [], "after": ["vip"]},
    }
    assert (created["detail"]["name"], trashed["detail"]["name"]) == ("Ada", "Grace")
    assert updated["detail_hash"] == chain.detail_hash(updated["detail"])
    with cast.reading() as work:
        assert work.scalars(
            select(Event.before).where(Event.workspace_id == cast.acme, Event.type == "contact.updated")
        ).one() == {"display_name": "Ada", "tags": []}


def owner(settings: Settings) -> Any:
    return create_engine(settings.database_url if settings.sqlite else databases.postgres().owner_url)


@pytest.mark.both_databases
def test_an_altered_detail_is_found_and_an_erased_one_leaves_the_chain_whole(cast: Cast, settings: Settings) -> None:
    with cast.writing():
        made = directory.create_department(cast.actor("hr_admin"), name="Ironworks")
        directory.update_department(cast.actor("hr_admin"), made["id"], {"name": "Steelworks"})
    newest = record(cast)[0]
    forged = {**newest["detail"], "name": "Waterworks"}
    mine = (AuditDetail.workspace_id == cast.acme, AuditDetail.id == newest["id"])
    engine = owner(settings)
    with engine.begin() as work:
        work.execute(update(AuditDetail).where(*mine).values(detail=forged))
    with system_unit("tests: verify"):
        assert [(one.kind, one.seq) for one in service.verify(cast.acme).findings] == [("altered", newest["seq"])]
    engine.dispose()
    with system_unit("tests: erase", write=True) as work:
        work.execute(delete(AuditDetail).where(*mine))
    with system_unit("tests: verify"):
        verdict = service.verify(cast.acme)
    assert verdict.sound
    assert verdict.erased == 1


def test_tokens_and_credentials_are_recorded_and_no_secret_is(cast: Cast) -> None:
    app = apps.register(cast)
    developer, employee = cast.actor("developer"), cast.actor("employee")
    with cast.writing():
        made = catalogue.create_client_secret(developer, app["id"])
        signing = catalogue.rotate_signing_secret(developer, app["id"])
        catalogue.end_client_secret(developer, app["id"], made.id)
        token = identity.create_token(employee, name="Report", scopes=["directory:read"], life=timedelta(days=1))
    rows = record(cast)
    actions = [row["action"] for row in rows]
    assert actions.count("app_credential.created") == 2
    assert actions[:2] == ["personal_token.created", "app_credential.ended"]
    assert rows[0]["detail"]["name"] == "Report"
    text = repr(rows)
    for secret in (
        made.client_secret,
        made.client_secret[-4:] + "'",
        signing,
        signing[-8:],
        token,
        app["client_secret"],
    ):
        assert secret not in text
    token_id = rows[0]["object"]["id"]
    with cast.writing():
        identity.revoke_token(employee, token_id)
    assert record(cast)[0]["action"] == "personal_token.revoked"


def test_another_password_ends_the_tokens_and_each_end_is_recorded(cast: Cast) -> None:
    employee = cast.actor("employee")
    with cast.writing():
        identity.create_token(employee, name="Report", scopes=["directory:read"], life=timedelta(days=1))
    with system_unit("tests: another password", write=True):
        tokens.revoke_all_tokens(cast.users["employee"])
    assert [row["detail"]["name"] for row in record(cast) if row["action"] == "personal_token.revoked"] == ["Report"]


def test_of_an_address_no_more_than_the_host_is_kept(cast: Cast) -> None:
    with cast.writing():
        webhooks.create_endpoint(
            cast.actor("app_manager"), {"url": "http://localhost:9/hook/very-secret?token=abc", "types": ["app.*"]}
        )
    row = record(cast)[0]
    assert row["detail"]["name"] == "http://localhost/…"
    assert "very-secret" not in repr(row)


def test_whom_an_app_is_for_is_recorded_when_it_changes(cast: Cast) -> None:
    apps.register(cast)
    installation = apps.install(cast)
    with cast.writing():
        only = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
        installations.update_installation(cast.actor("app_manager"), installation["id"], {"availability": only})
    row = record(cast)[0]
    assert (row["action"], row["changes"]) == ("app.updated", ["availability"])
    assert row["detail"]["fields"]["availability"]["before"]["kind"] == "everyone"
    assert row["detail"]["fields"]["availability"]["after"]["include"][0]["id"] == cast.employee_id("agent")
