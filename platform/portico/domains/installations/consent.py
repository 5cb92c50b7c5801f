"""What a consent page says: the platform's sentences by risk, each with the developer's reason, and what leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portico.domains.catalogue import manifests, queries
from portico.kernel.scopes import Risk

Kind = Literal["sensitive", "write", "read", "send"]


@dataclass(frozen=True, slots=True)
class Item:
    """`sentence` completes “This app can …” and is translated by the page; of what is sent it is the host."""

    sentence: str
    reason: str
    scope: str | None = None
    optional: bool = False
    personal_data: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    kind: Kind
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """Groups with the gravest first; empty ones are left out."""

    groups: tuple[Group, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]


def consent(manifest: manifests.Manifest, locale: str | None = None) -> Consent:
    """What an admin is asked before the app is installed."""
    asked = queries.scopes_asked(manifest, locale)
    risks: tuple[Risk, ...] = ("sensitive", "write", "read")
    by_risk = {
        risk: tuple(
            Item(row["sentence"], row["reason"], row["name"], not row["required"])
            for row in asked
            if row["risk"] == risk
        )
        for risk in risks
    }
    groups = [Group(risk, items) for risk, items in by_risk.items() if items]
    sent = tuple(
        Item(row["host"], row["purpose"], personal_data=row["personal_data"])
        for row in queries.egress(manifest, locale)
    )
    if sent:
        groups.append(Group("send", sent))
    return Consent(
        groups=tuple(groups),
        required=tuple(row["name"] for row in asked if row["required"]),
        optional=tuple(row["name"] for row in asked if not row["required"]),
    )
