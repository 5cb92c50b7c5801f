"""Reading requests: JSON bodies within their limits, list queries, and `If-Match`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from portico.kernel.errors import FieldError, Invalid, Malformed, Refusal, Stale
from portico.kernel.listing import DEFAULT_LIMIT, MAX_LIMIT, Condition, Listing, ListQuery, parse_condition

MAX_DEPTH = 32
_FILTER = re.compile(r"filter\[([^\]\[]{1,100})\](?:\[([a-z]{1,10})\])?")
_LIST_NAMES = {"limit", "cursor", "q", "sort", "fields", "count"}


class PreconditionRequired(Refusal):
    code, status, title = "precondition_required", 428, "Send If-Match with the version that you have read."


def _depth_within(value: Any, left: int) -> bool:
    if left < 0:
        return False
    if isinstance(value, dict):
        return all(_depth_within(item, left - 1) for item in value.values())
    if isinstance(value, list):
        return all(_depth_within(item, left - 1) for item in value)
    return True


def _holds_nul(value: Any) -> bool:
    """PostgreSQL stores no NUL. A body is walked only when its bytes look like one: `\\\\u0000` is harmless text."""
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value


def json_body(*, required: bool = True) -> Any:
    """The JSON body. Raises Malformed, 415 and 413 (the limit of the application)."""
    raw = request.get_data(cache=True)
    if not raw and not required:
        return {}
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType("Send JSON: Content-Type: application/json.")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error}.") from None
    if not _depth_within(body, MAX_DEPTH):
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if b"\\u0000" in raw and _holds_nul(body):
        raise Malformed("The body holds a NUL character.")
    if not isinstance(body, dict):
        raise Malformed("The body must be a JSON object.")
    return body


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= MAX_LIMIT:
        message = f"limit is a whole number from 1 to {MAX_LIMIT}."
        raise Invalid(message, errors=[FieldError("/query/limit", "invalid", message)])
    return int(text)


def _conditions(listing: Listing, pairs: Iterable[tuple[str, str]]) -> Iterable[Condition]:
    for name, value in pairs:
        found = _FILTER.fullmatch(name)
        if found:
            yield parse_condition(listing, found[1], found[2] or "eq", value)


def list_query(listing: Listing, also: frozenset[str] = frozenset()) -> ListQuery:
    """The query string of a list. Raises Invalid for unknown names and wrong values."""
    args = request.args
    for name in args:
        if name not in _LIST_NAMES and name not in also and not _FILTER.fullmatch(name):
            message = f"There is no parameter {name[:100]!r}."
            raise Invalid(message, errors=[FieldError(f"/query/{name[:100]}", "unknown", message)])
    if "\x00" in "".join(args.values()):
        raise Malformed("The query holds a NUL character.")
    count = args.get("count")
    if count not in (None, "exact", "estimate"):
        message = "count is exact or estimate."
        raise Invalid(message, errors=[FieldError("/query/count", "invalid", message)])
    if args.get("sort") == "":
        message = "sort names a sort key; leave it out for the usual order."
        raise Invalid(message, errors=[FieldError("/query/sort", "invalid", message)])
    return ListQuery(
        limit=_limit(args["limit"]) if "limit" in args else DEFAULT_LIMIT,
        cursor=args.get("cursor") or None,
        q=(args.get("q") or "")[:200].strip() or None,
        conditions=tuple(_conditions(listing, args.items(multi=True))),
        sort=args.get("sort"),
        fields=tuple(part for part in args.get("fields", "").split(",") if part),
        count=count,
    )


def plain_query(names: dict[str, bool]) -> dict[str, str]:
    """Simple query parameters: name → required. Raises Invalid for unknown and missing ones."""
    if not names and not request.query_string:
        return {}
    errors = [FieldError(f"/query/{n[:100]}", "unknown", "Unknown parameter.") for n in request.args if n not in names]
    errors += [
        FieldError(f"/query/{n}", "required", "This parameter is required.")
        for n, needed in names.items()
        if needed and not request.args.get(n)
    ]
    if errors:
        raise Invalid(errors=errors)
    if "\x00" in "".join(request.args.values()):
        raise Malformed("The query holds a NUL character.")
    return dict(request.args.items())


def expected_version(*, required: bool = False) -> int | None:
    """The version of `If-Match` (RFC 9110 section 13.1.1). Raises Stale for what was never a version of ours."""
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise PreconditionRequired()
        return None
    if header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Stale("If-Match must be the ETag of an earlier answer.")
    return int(text)
