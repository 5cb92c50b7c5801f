"""What a contact looks like, and what may be sent for one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.contacts.identifiers import (
    KINDS,
    MAX_VALUE,
    NAMESPACE,
    RESERVED,
    VERIFICATIONS,
    NotAnIdentifier,
    canonical,
)
from portico.domains.properties.schemas import values_field, values_input
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name, Reference

MAX_IDENTIFIERS = 50
MAX_TAGS = 100


class Identifier(Schema):
    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    value = fields.String(required=True)
    namespace = fields.String(allow_none=True, required=True)
    label = fields.String(allow_none=True, required=True)
    primary = fields.Boolean(required=True)
    verified = fields.Boolean(required=True)
    verified_at = InstantField(allow_none=True, required=True)
    verification = fields.String(allow_none=True, required=True)
    shared = fields.Boolean(required=True)


class Contact(Schema):
    id = fields.String(required=True)
    display_name = fields.String(required=True)
    identifiers = fields.List(fields.Nested(Identifier), required=True)
    owner_employee_id = fields.String(allow_none=True, required=True)
    lifecycle_stage = fields.String(allow_none=True, required=True)
    tags = fields.List(fields.String(), required=True)
    company_ids = fields.List(fields.String(), required=True)
    properties = values_field()
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class IdentifierInput(Input):
    """Loads with its `canonical` form beside it. What is absent stays absent: the service knows what it means."""

    kind = Choice(*KINDS, required=True)
    value = Name(longest=MAX_VALUE, required=True)
    namespace = fields.String(
        allow_none=True, validate=validate.Regexp(f"^{NAMESPACE}$", error="Begin with a-z; go on with a-z 0-9 _ . -")
    )
    label = Name(longest=40, allow_none=True)
    primary = fields.Boolean()
    verified = fields.Boolean()
    verification = Choice(*VERIFICATIONS, allow_none=True)
    shared = fields.Boolean()

    @validates_schema
    def _namespace(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] == "external" and not data.get("namespace"):
            raise ValidationError({"namespace": ["An external id needs the namespace of its system."]})
        if data.get("namespace") in RESERVED:
            raise ValidationError({"namespace": ["This namespace means the kind of that name."]})
        if data["kind"] != "external" and data.get("namespace"):
            raise ValidationError({"namespace": ["Only external ids have a namespace."]})

    @post_load
    def _canonical(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            form = canonical(data["kind"], data["value"])
        except NotAnIdentifier as error:
            raise ValidationError({"value": [str(error)]}) from None
        return {**data, "namespace": data.get("namespace") or "", "canonical": form}


class IdentifierUpdate(Input):
    """Another value is another identifier: remove the one, add the other."""

    label = Name(longest=40, allow_none=True)
    primary = fields.Boolean()
    verified = fields.Boolean()
    verification = Choice(*VERIFICATIONS, allow_none=True)
    shared = fields.Boolean()


class _ContactFields(Input):
    display_name = Name(longest=300, allow_none=True)
    identifiers = fields.List(fields.Nested(IdentifierInput), validate=validate.Length(max=MAX_IDENTIFIERS))
    owner_employee_id = Reference("emp", allow_none=True)
    lifecycle_stage = Name(longest=60, allow_none=True)
    tags = fields.List(Name(longest=60), validate=validate.Length(max=MAX_TAGS))
    properties = values_input()

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        seen: set[tuple[str, str, str]] = set()
        wrong: dict[int, dict[str, list[str]]] = {}
        for place, one in enumerate(data.get("identifiers", ())):
            key = (one["kind"], one["namespace"], one["canonical"])
            if key in seen:
                wrong[place] = {"value": ["This identifier is named twice."]}
            seen.add(key)
        primaries = Counter(one["kind"] for one in data.get("identifiers", ()) if one.get("primary"))
        doubled = [kind for kind, count in primaries.items() if count > 1]
        if wrong or doubled:
            messages: Any = wrong or [f"Only one {doubled[0]} can be the primary one."]
            raise ValidationError({"identifiers": messages})

    @post_load
    def _tags_once(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "tags" in data:
            data["tags"] = list(dict.fromkeys(data["tags"]))
        return data


class ContactCreate(_ContactFields):
    @validates_schema
    def _someone(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("display_name") and not data.get("identifiers"):
            raise ValidationError({"display_name": ["Give a display_name or at least one identifier."]})


class ContactUpdate(_ContactFields):
    """Absent keeps, null clears, lists replace; `properties` are merged by their keys."""


class ContactUpsert(_ContactFields):
    identifiers = fields.List(
        fields.Nested(IdentifierInput), required=True, validate=validate.Length(min=1, max=MAX_IDENTIFIERS)
    )


class ContactPut(_ContactFields):
    """The identifier itself stands in the path; more may stand here."""


class ContactRestore(Input):
    """`release_taken` gives up the identifiers that another contact has meanwhile."""

    release_taken = fields.Boolean(load_default=False)
