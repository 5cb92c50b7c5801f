"""What a consent page says of a manifest."""

from __future__ import annotations

import pytest

from portico.domains.installations.consent import consent
from portico.kernel import db
from tests.support.apps import manifest

pytestmark = pytest.mark.usefixtures("database")


def test_sentences_by_risk_with_reasons_and_what_leaves(database: db.Database) -> None:
    asked = manifest()
    asked["access"]["scopes"].append({"name": "directory:write", "reason": {"en": "to add", "de": "zum Anlegen"}})
    page = consent(asked, "de")
    assert [group.kind for group in page.groups][-1] == "send"
    items = {item.scope: item for group in page.groups for item in group.items}
    assert items["directory:write"].reason == "zum Anlegen"
    assert items["directory:read"].sentence
    assert items["catalogue:read"].optional
    assert not items["directory:read"].optional
    sent = page.groups[-1].items[0]
    assert (sent.sentence, sent.reason, sent.personal_data) == ("mail.example", "to send confirmations", True)
    assert page.required == ("directory:read", "directory:write")
    assert page.optional == ("catalogue:read",)


def test_the_gravest_come_first_and_empty_groups_are_left_out() -> None:
    page = consent(manifest(access={}))
    assert page.groups == ()
    order = [group.kind for group in consent(manifest()).groups]
    assert order == sorted(order, key=["sensitive", "write", "read", "send"].index)
