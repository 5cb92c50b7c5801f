"""What a contact is to a company."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Name, Reference

LABELS = ("employee_of", "decision_maker", "billing", "referrer")
"""Those that everybody knows; a workspace may use words of its own besides."""


class Association(Schema):
    id = fields.String(required=True)
    contact_id = fields.String(required=True)
    company_id = fields.String(required=True)
    label = fields.String(required=True)
    is_primary = fields.Boolean(required=True)
    starts_on = fields.Date(allow_none=True, required=True)
    ends_on = fields.Date(allow_none=True, required=True)
    created_at = InstantField(required=True)


class _AssociationFields(Input):
    is_primary = fields.Boolean()
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            raise ValidationError({"ends_on": ["It ends before it starts."]})


class AssociationCreate(_AssociationFields):
    company_id = Reference("cmp", required=True)
    label = Name(longest=60, load_default=LABELS[0])


class AssociationUpdate(_AssociationFields):
    label = Name(longest=60)
