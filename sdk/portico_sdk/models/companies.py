from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Company(Model):
    """An organisation outside; `domains` belong to it alone."""

    id: str
    name: str
    domains: tuple[str, ...]
    parent_id: str | None
    owner_employee_id: str | None
    tags: tuple[str, ...]
    properties: Mapping[str, Any]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Association(Model):
    """What a contact is to a company; `label` is employee_of, decision_maker, billing, referrer or any word."""

    id: str
    contact_id: str
    company_id: str
    label: str
    is_primary: bool
    starts_on: date | None
    ends_on: date | None
    created_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Stage(Model):
    """One of the stages that contacts pass."""

    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ContactSettings(Model):
    """How the workspace keeps its contacts."""

    default_country: str | None
    link_by_domain: bool
    stages: tuple[Stage, ...]
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Tag(Model):
    """A word that contacts and companies are marked with."""

    id: str
    name: str
    color: str | None
    created_at: datetime | None
