"""What an operation says of itself in OpenAPI, made from the same declaration that guards it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import INCLUDE, Schema, fields

from portico.kernel.errors import REFUSALS
from portico.kernel.listing import MAX_LIMIT, Listing

if TYPE_CHECKING:
    from portico.web.api import Operation


class FieldProblem(Schema):
    pointer = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    """Every error (RFC 9457). Some codes add members of their own, such as `required_scopes`."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(allow_none=True)
    errors = fields.List(fields.Nested(FieldProblem))


class PageInfo(Schema):
    next_cursor = fields.String(allow_none=True, required=True)
    has_more = fields.Boolean(required=True)
    total = fields.Integer()


def _text(name: str, where: str, description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "description": description, "schema": schema}


def _list_parameters(listing: Listing) -> list[dict[str, Any]]:
    sorts = [sign + key for key in sorted(listing.sorts) for sign in ("", "-")]
    found = [
        _text("limit", "query", "Rows on a page.", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
        _text("cursor", "query", "`next_cursor` of the page before.", {"type": "string"}),
        _text("sort", "query", "Sort key; `-` in front for falling.", {"type": "string", "enum": sorts}),
        _text(
            "fields",
            "query",
            "Only these fields and `id`, separated by commas; rows lack the others.",
            {"type": "string"},
        ),
        _text("count", "query", "Ask for `page.total`.", {"type": "string", "enum": ["exact", "estimate"]}),
    ]
    if listing.search_kind:
        found.append(_text("q", "query", "Beginnings of words, or a whole identifier.", {"type": "string"}))
    for name, known in sorted(listing.filters.items()):
        note = f"Also `filter[{name}][op]` with op one of {', '.join(known.operators)}."
        schema: dict[str, Any] = {"type": "string"}
        if known.choices:
            schema["enum"] = list(known.choices)
        found.append(_text(f"filter[{name}]", "query", note, schema))
    return found


_ONE_FILE = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
    "additionalProperties": False,
}


def _answer_schema(operation: Operation) -> Any:
    if operation.listing is None or operation.answer is None:
        return operation.answer
    return {
        "type": "object",
        "required": ["data", "page"],
        "properties": {"data": {"type": "array", "items": operation.answer}, "page": PageInfo},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done"}
    if operation.answer is not None:
        success["content"] = {"application/json": {"schema": _answer_schema(operation)}}
    if operation.file:
        binary = {"schema": {"type": "string", "format": "binary"}}
        success["content"] = dict.fromkeys(operation.file, binary)
    codes = {401, 403, 404, 429, 503, 400, 422}
    if operation.write:
        codes |= {409, 412, 413, 415}
    if operation.must_match:
        codes.add(428)
    codes |= {REFUSALS[code].status for code in operation.refusals}
    problem = {"application/problem+json": {"schema": Problem}}
    answers: dict[str, Any] = {str(code): {"description": "Refused", "content": problem} for code in sorted(codes)}
    return {**{str(status): success for status in (operation.status, *operation.also)}, **answers}


def _alternatives(operation: Operation) -> list[tuple[str, ...]]:
    return [(scope,) for scope in operation.any_scope] or [()]


def document(operation: Operation, docstring: str | None) -> dict[str, Any]:
    """The OpenAPI operation object."""
    parameters: list[dict[str, Any]] = []
    if operation.listing is not None:
        parameters += _list_parameters(operation.listing)
    for name, required in operation.parameters.items():
        parameters.append(_text(name, "query", "", {"type": "string"}, required))
    if operation.method == "POST" and not operation.upload:
        note = "Makes a retry safe for 24 hours."
        parameters.append(_text("Idempotency-Key", "header", note, {"type": "string", "maxLength": 255}))
    if operation.versioned:
        parameters.append(_text("If-Match", "header", "The ETag that you have read.", {"type": "string"}))
    about: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": _responses(operation),
        "security": [{"bearer": [*operation.scope, *one]} for one in _alternatives(operation)],
    }
    if docstring:
        about["description"] = docstring
    if operation.upload:
        about["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _ONE_FILE}}}
    if operation.body is not None:
        content = {"application/json": {"schema": operation.body}}
        about["requestBody"] = {"required": not operation.optional_body, "content": content}
    return about
