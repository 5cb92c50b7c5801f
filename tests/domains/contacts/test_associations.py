"""What contacts are to companies, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import AssociationExists
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.events import Event
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.domains.contacts.test_companies import create as company
from tests.domains.contacts.test_contacts_at_once import together
from tests.domains.contacts.test_contacts_service import create, listed, read, update
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def tie(cast: Cast, contact_id: str, company_id: str, **fields: Any) -> dict[str, Any]:
    values = load(schemas.AssociationCreate(), {"company_id": company_id, **fields})
    with cast.writing():
        return service.create_association(cast.actor("agent"), contact_id, values)


def ties(cast: Cast, contact_id: str) -> list[tuple[str, str, bool]]:
    with cast.reading():
        rows = queries.page_of_associations(cast.actor("agent"), contact_id, ListQuery()).rows
    return [(row["company_id"], row["label"], row["is_primary"]) for row in rows]


def decide(cast: Cast, **values: Any) -> None:
    with cast.writing():
        service.set_settings(cast.actor("support_admin"), load(schemas.ContactSettingsInput(), values))


def email(value: str, **more: Any) -> dict[str, Any]:
    return {"kind": "email", "value": value, **more}


def test_a_contact_is_tied_to_companies_by_labels_and_one_is_primary(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    create(cast, display_name="Yan")
    acme, beta = company(cast, "Acme")["id"], company(cast, "Beta")["id"]
    first = tie(cast, zoe, acme)
    assert (first["label"], first["is_primary"]) == ("employee_of", True)
    second = tie(cast, zoe, beta, label="decision_maker", is_primary=True, starts_on="2026-01-01")
    tie(cast, zoe, acme, label="godparent")
    assert ties(cast, zoe) == [
        (acme, "employee_of", False),
        (beta, "decision_maker", True),
        (acme, "godparent", False),
    ]
    assert read(cast, zoe)["company_ids"] == [beta, acme]
    assert listed(cast, Condition("company_id", "eq", acme)) == ["Zoë"]
    assert listed(cast, Condition("company_id", "exists", False)) == ["Yan"]
    with pytest.raises(AssociationExists):
        tie(cast, zoe, acme)
    with pytest.raises(Invalid) as caught:
        tie(cast, zoe, "cmp_01jd0000000000000000000000")
    assert caught.value.errors[0].pointer == "/company_id"
    agent = cast.actor("agent")
    with cast.writing():
        changed = service.update_association(agent, zoe, first["id"], {"is_primary": True, "ends_on": date(2026, 6, 1)})
        with pytest.raises(Invalid):
            service.update_association(agent, zoe, second["id"], {"ends_on": date(2025, 1, 1)})
    assert (changed["is_primary"], changed["ends_on"]) == (True, date(2026, 6, 1))
    assert read(cast, zoe)["company_ids"] == [acme, beta]
    with cast.writing():
        service.remove_association(agent, zoe, first["id"])
    assert ties(cast, zoe)[0] == (beta, "decision_maker", True)
    with pytest.raises(NotFound), cast.writing():
        service.remove_association(agent, zoe, first["id"])
    with cast.reading() as work:
        told = [row.type for row in work.query(Event.type).filter(Event.workspace_id == cast.acme).order_by(Event.seq)]
    assert told.count("association.created") == 3
    assert (told.count("association.updated"), told.count("association.removed")) == (1, 1)


def test_of_many_primaries_at_once_one_stays(cast: Cast) -> None:
    zoe = create(cast, display_name="Zoë")["id"]
    companies = [company(cast, f"C{number}")["id"] for number in range(5)]
    acts = [lambda one=one: tie(cast, zoe, one, is_primary=True)["id"] for one in companies]
    assert all(str(outcome).startswith("asc_") for outcome in together(*acts))
    assert sum(primary for _, _, primary in ties(cast, zoe)) == 1
    assert sorted(read(cast, zoe)["company_ids"]) == sorted(companies)


def test_companies_in_the_trash_are_not_shown(cast: Cast) -> None:
    zoe, acme = create(cast, display_name="Zoë")["id"], company(cast, "Acme")["id"]
    tie(cast, zoe, acme)
    with cast.writing():
        service.trash_company(cast.actor("support_admin"), acme)
    assert ties(cast, zoe) == []


def test_e_c_23_a_company_is_found_by_the_domain_and_never_by_free_mail(cast: Cast) -> None:
    acme, beta = (company(cast, name, f"{name}.example")["id"] for name in ("acme", "beta"))
    before = create(cast, email("early@acme.example"))
    assert before["company_ids"] == [], "nobody has decided that addresses tie"
    decide(cast, link_by_domain=True)
    zoe = create(cast, email("zoe@ACME.example"))
    assert zoe["company_ids"] == [acme]
    assert ties(cast, zoe["id"]) == [(acme, "employee_of", True)]
    assert create(cast, email("zoe@gmail.com"))["company_ids"] == []
    assert create(cast, email("info@acme.example", shared=True))["company_ids"] == []
    assert create(cast, email("zoe@sub.acme.example"))["company_ids"] == []
    addresses = [email("zoe@acme.example"), email("zoe@beta.example")]
    changed = update(cast, zoe["id"], identifiers=addresses)
    assert changed["company_ids"] == [acme, beta]
    with cast.reading():
        [first, _] = queries.associations_of(cast.actor("agent"), zoe["id"])
    with cast.writing():
        service.remove_association(cast.actor("agent"), zoe["id"], first["id"])
    update(cast, zoe["id"], identifiers=[*addresses, email("zoe@163.com")], display_name="Zoë")
    assert read(cast, zoe["id"])["company_ids"] == [beta], "what people untied stays untied"
