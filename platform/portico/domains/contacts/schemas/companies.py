"""What a company looks like, and what may be sent for one."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from portico.domains.contacts.domain_names import MAX_DOMAIN, NotADomain, of_company
from portico.domains.contacts.schemas.contacts import MAX_TAGS
from portico.domains.properties.schemas import values_field, values_input
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, Name, Reference

MAX_DOMAINS = 50


class Company(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    domains = fields.List(fields.String(), required=True)
    parent_id = fields.String(allow_none=True, required=True)
    owner_employee_id = fields.String(allow_none=True, required=True)
    tags = fields.List(fields.String(), required=True)
    properties = values_field()
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class DomainName(fields.String):
    """A domain that a company can own, in its canonical form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=1, max=MAX_DOMAIN), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return of_company(super()._deserialize(value, attr, data, **kwargs)[: 2 * MAX_DOMAIN])
        except NotADomain as error:
            raise ValidationError(str(error)) from None


class _CompanyFields(Input):
    domains = fields.List(DomainName(), validate=validate.Length(max=MAX_DOMAINS))
    parent_id = Reference("cmp", allow_none=True)
    owner_employee_id = Reference("emp", allow_none=True)
    tags = fields.List(Name(longest=60), validate=validate.Length(max=MAX_TAGS))
    properties = values_input()

    @post_load
    def _each_once(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        for name in ("tags", "domains"):
            if name in data:
                data[name] = list(dict.fromkeys(data[name]))
        return data


class CompanyCreate(_CompanyFields):
    name = Name(longest=300, required=True)


class CompanyUpdate(_CompanyFields):
    """Absent keeps, null clears, lists replace; `properties` are merged by their keys."""

    name = Name(longest=300)


class CompanyRestore(Input):
    """`release_taken` gives up the domains that another company has meanwhile."""

    release_taken = fields.Boolean(load_default=False)
