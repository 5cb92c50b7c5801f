"""Properties of an app: there with it, hidden when it is uninstalled, there again, and erased with it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.contacts import queries as contacts
from portico.domains.contacts import schemas
from portico.domains.contacts import service as contacts_service
from portico.domains.contacts.models import Contact
from portico.domains.installations import previewing, service
from portico.domains.properties import schemas as definitions
from portico.domains.properties import service as properties
from portico.domains.properties.errors import PropertyOfApp
from portico.domains.properties.models import Property, PropertyIndex
from portico.domains.properties.service import erasing
from portico.kernel import jobs
from portico.kernel.errors import Conflict, Invalid
from portico.kernel.schemas import load
from tests.domains.contacts.test_contacts_at_once import together
from tests.support.apps import asking, deploy, install, manifest, mint, register
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
TIER = {"object": "contact", "key": "tier", "type": "select", "label": {"en": "Tier"}, "options": ["gold", "silver"]}
SCORE = {"object": "contact", "key": "risk-score", "type": "decimal"}
KEY = "app_helper__tier"


def having(*rows: dict[str, Any]) -> dict[str, Any]:
    return manifest(properties=list(rows)) if rows else manifest()


def states(cast: Cast) -> dict[str, str]:
    with cast.reading() as work:
        found = select(Property.key, Property.state).where(Property.workspace_id == cast.acme)
        return {row.key: row.state for row in work.execute(found)}


def contact(cast: Cast, **values: Any) -> dict[str, Any]:
    with cast.writing():
        body = load(schemas.ContactCreate(), {"display_name": "Zoë", "properties": values})
        return contacts_service.create_contact(cast.actor("admin"), body)


def values_of(cast: Cast, known: dict[str, Any]) -> Any:
    with cast.reading():
        return contacts.contact(cast.actor("admin"), known["id"])["properties"]


def stored(cast: Cast) -> list[Any]:
    with cast.reading() as work:
        return list(work.scalars(select(Contact.properties).where(Contact.workspace_id == cast.acme)))


def uninstall(cast: Cast, row: dict[str, Any]) -> None:
    with cast.writing():
        service.uninstall(cast.actor("admin"), row["id"])


def erase(cast: Cast, row: dict[str, Any]) -> None:
    with cast.writing():
        service.erase(cast.actor("admin"), row["id"])


def test_they_come_with_the_app_in_the_words_of_the_platform(cast: Cast) -> None:
    register(cast, having(TIER, SCORE))
    install(cast)
    with cast.reading() as work:
        found = select(Property).where(Property.workspace_id == cast.acme).order_by(Property.place)
        tier, score = work.scalars(found)
    assert (tier.key, tier.label, tier.app_key, tier.type) == (KEY, "Tier", "helper", "select")
    assert [option["key"] for option in tier.options] == ["gold", "silver"]
    assert (score.key, score.label) == ("app_helper__risk_score", "Risk-score")
    assert values_of(cast, contact(cast, **{KEY: "gold"})) == {KEY: "gold"}


def test_e_c_22_hidden_when_uninstalled_and_back_with_their_values(cast: Cast) -> None:
    register(cast, having(TIER))
    row = install(cast)
    known = contact(cast, **{KEY: "gold"})
    uninstall(cast, row)
    assert states(cast) == {KEY: "hidden"}
    assert values_of(cast, known) == {}
    with pytest.raises(Invalid):
        contact(cast, **{KEY: "gold"})
    install(cast)
    assert states(cast) == {KEY: "active"}
    assert values_of(cast, known) == {KEY: "gold"}


def test_erased_with_the_app_and_nothing_else_is(cast: Cast) -> None:
    own = load(definitions.PropertyCreate(), {"key": "tier", "label": "Own", "type": "text"})
    with cast.writing():
        properties.create_property(cast.actor("admin"), "contact", own)
    register(cast, having(TIER))
    row = install(cast)
    known = contact(cast, **{KEY: "gold", "tier": "mine"})
    uninstall(cast, row)
    erase(cast, row)
    assert states(cast) == {"tier": "active"}
    assert stored(cast) == [{"tier": "mine"}]
    install(cast)
    assert values_of(cast, known) == {"tier": "mine"}


def test_erasing_goes_on_where_it_was_killed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    register(cast, having(TIER))
    row = install(cast)
    for _ in range(7):
        contact(cast, **{KEY: "gold"})
    uninstall(cast, row)
    erase(cast, row)
    left = [values for values in stored(cast) if values]
    assert len(left) == 5, "the first batch goes at once"
    assert states(cast) == {KEY: "erasing"}
    with pytest.raises(Conflict):
        install(cast)
    with cast.writing():  # a worker that dies after one batch
        assert properties.erase_some(cast.actor("admin"), row["app_id"]) is False
    while jobs.drain():
        pass
    assert [values for values in stored(cast) if values] == []
    assert states(cast) == {}
    with cast.reading() as work:
        assert work.scalars(select(PropertyIndex).where(PropertyIndex.workspace_id == cast.acme)).all() == []
    install(cast)
    assert states(cast) == {KEY: "active"}


def test_a_new_version_adds_archives_and_keeps_used_options(cast: Cast) -> None:
    app = register(cast, having(TIER))
    install(cast)
    known = contact(cast, **{KEY: "gold"})
    deploy(cast, app["id"], having({**TIER, "options": ["silver", "bronze"]}, SCORE))
    while jobs.drain():
        pass
    assert states(cast) == {KEY: "active", "app_helper__risk_score": "active"}
    assert values_of(cast, known) == {KEY: "gold"}
    with cast.reading() as work:
        options = work.scalar(select(Property.options).where(Property.workspace_id == cast.acme, Property.key == KEY))
    assert [(option["key"], option["archived"]) for option in options or ()] == [
        ("silver", False),
        ("bronze", False),
        ("gold", True),
    ]
    deploy(cast, app["id"], having(SCORE))
    while jobs.drain():
        pass
    assert states(cast) == {KEY: "archived", "app_helper__risk_score": "active"}
    assert values_of(cast, known) == {}


def test_a_type_never_changes(cast: Cast) -> None:
    app = register(cast, having(TIER))
    deploy(cast, app["id"], having(SCORE))
    changed = having({**TIER, "type": "text", "options": None} | {"options": ["a"]})
    for act in (
        lambda: deploy(cast, app["id"], changed),
        lambda: service.plan(cast.actor("developer"), app["id"], changed),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert [(e.pointer, e.code) for e in refused.value.errors] == [
            ("/manifest/properties/0/type", "type_immutable")
        ]


def test_of_two_installations_at_once_one_declares(cast: Cast) -> None:
    register(cast, having(TIER, SCORE))

    def try_() -> str:
        install(cast)
        return "installed"

    assert sorted(together(try_, try_)) == ["already_installed", "installed"]
    assert states(cast) == {KEY: "active", "app_helper__risk_score": "active"}


def test_the_preview_and_the_plan_count_them(cast: Cast) -> None:
    app = register(cast, having(TIER))
    row = install(cast)
    contact(cast, **{KEY: "gold"})
    contact(cast)
    with cast.reading():
        seen = previewing.preview(cast.actor("admin"), row["id"])
    counts = {each["kind"]: (each["count"], each["names"]) for each in seen["dependents"]}
    assert counts["properties"] == (1, ["Tier"])
    assert counts["contact_values"] == (1, [])
    plan = service.plan(cast.actor("developer"), app["id"], having(SCORE))
    assert plan["changes"]["properties"] == {
        "added": ["contact.risk-score"],
        "removed": ["contact.tier"],
        "changed": [],
    }


def test_people_change_only_its_protection(cast: Cast) -> None:
    register(cast, having(TIER))
    install(cast)
    admin = cast.actor("admin")
    with cast.reading() as work:
        made = work.scalars(select(Property.id).where(Property.workspace_id == cast.acme)).one()
    with cast.writing():
        assert properties.update_property(admin, "contact", made, {"sensitive": True})["sensitive"] is True
    for act in (
        lambda: properties.update_property(admin, "contact", made, {"label": "Mine"}),
        lambda: properties.archive_property(admin, "contact", made),
        lambda: properties.restore_property(admin, "contact", made),
    ):
        with pytest.raises(PropertyOfApp), cast.writing():
            act()


def test_other_apps_read_and_do_not_write(api: Api) -> None:
    cast = api.cast
    scopes = asking("contacts:read", "contacts:write")["access"]
    tokens = []
    for key in ("helper", "other"):
        app = register(cast, manifest(key, access=scopes, **({"properties": [TIER]} if key == "helper" else {})))
        tokens.append(mint(app, install(cast, key)))
    path = f"/contacts/{contact(cast)['id']}"
    body = {"properties": {KEY: "gold"}}
    assert api.bearer(tokens[0]).patch(path, json=body).json["properties"] == {KEY: "gold"}
    refused = api.bearer(tokens[1]).patch(path, json={"properties": {KEY: "silver"}})
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [(f"/properties/{KEY}", "read_only")]
    assert api.bearer(tokens[1]).get(path).json["properties"] == {KEY: "gold"}
    assert api("agent").patch(path, json={"properties": {KEY: "silver"}}).status_code == 200
