"""`POST /things/batch`: up to 100 items, a savepoint each, one result each, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.exc import IntegrityError

from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.errors import Conflict, Refusal
from portico.kernel.schemas import Input, load
from portico.kernel.unit_of_work import session

MAX_ITEMS = 100


class Batch(Input):
    """An item with `id` updates, without it creates."""

    items = fields.List(fields.Dict(keys=fields.String()), required=True, validate=validate.Length(1, MAX_ITEMS))
    atomic = fields.Boolean(load_default=False)


class BatchError(Schema):
    code = fields.String(required=True)
    detail = fields.String()
    errors = fields.List(fields.Dict())


class BatchResult(Schema):
    status = fields.Integer(required=True)
    data = fields.Dict()
    error = fields.Nested(BatchError)


class BatchAnswer(Schema):
    results = fields.List(fields.Nested(BatchResult), required=True)


class _Undo(Exception):
    """Leaves the savepoint of an atomic batch."""


def _error(refusal: Refusal) -> dict[str, Any]:
    about: dict[str, Any] = {"code": refusal.code, "detail": refusal.detail}
    if refusal.errors:
        about["errors"] = [error.as_dict() for error in refusal.errors]
    return {"status": refusal.status, "error": about}


def _one(item: dict[str, Any], actor: Actor, changes: Changes) -> dict[str, Any]:
    try:
        with session().begin_nested():
            status, result = changes.apply(actor, dict(item))
            return {"status": status, "data": dumper(changes.answer)(result)}
    except Refusal as refusal:
        return _error(refusal)
    except IntegrityError:
        return _error(Conflict())


class Changes:
    """How one resource takes items: `create(actor, values)` and `update(actor, id, values)`."""

    def __init__(
        self,
        *,
        create_schema: type[Schema],
        update_schema: type[Schema],
        answer: type[Schema],
        create: Callable[[Actor, dict[str, Any]], Any],
        update: Callable[[Actor, str, dict[str, Any]], Any],
    ) -> None:
        self.answer = answer
        self._create_schema = create_schema()
        self._update_schema = update_schema()
        self._create = create
        self._update = update

    def apply(self, actor: Actor, item: dict[str, Any]) -> tuple[int, Any]:
        object_id = item.pop("id", None)
        if object_id is None:
            return 201, self._create(actor, load(self._create_schema, item))
        return 200, self._update(actor, str(object_id), load(self._update_schema, item))


def run(actor: Actor, body: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Work off a batch in the open unit. With `atomic`, one refusal undoes all and the others say so."""
    results: list[dict[str, Any]] = []
    try:
        with session().begin_nested():
            for item in body["items"]:
                results.append(_one(item, actor, changes))
                if body["atomic"] and "error" in results[-1]:
                    raise _Undo
    except _Undo:
        failed = len(results) - 1
        undone = {
            "status": 409,
            "error": {"code": "batch_undone", "detail": f"Item {failed} failed; all is undone."},
        }
        results = [results[failed] if place == failed else undone for place in range(len(body["items"]))]
    return {"results": results}
