"""Lists on pages: the same listings as the API's, asked by the plain parameters of a GET form.

query = page_query(queries.CONTACTS, {"tags": args.get("tag")}, sort=args.get("sort"))
found = queries.page_of_contacts(actor, query)
return render_template(…, found=found, links=page_links(found))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import format_decimal

from portico.kernel.listing import COUNTED, Condition, Listing, ListQuery, Page, parse_condition

SHOWN = 25
_OPERATORS = {"in", "ne", "exists", "lt", "lte", "gt", "gte"}


def _condition(listing: Listing, name: str, text: str) -> Condition:
    field, _, operator = name.rpartition("__")
    # The key of a property may hold two underscores itself.
    field, operator = (field, operator) if operator in _OPERATORS else (name, "eq")
    return parse_condition(listing, field, operator, text)


def page_query(
    listing: Listing, filters: Mapping[str, str | None] | None = None, *, sort: str | None = None, limit: int = SHOWN
) -> ListQuery:
    """What the page's address asks of the list: `q`, `cursor`, and the given filters, of which empty ones are left out.

    A filter's name may carry its operator: `{"status__in": "new,open"}`. A sort that the list does not know is its
    usual one. Raises Invalid for values that the list does not know.
    """
    known_sort = sort if sort and sort.removeprefix("-") in listing.sorts else None
    return ListQuery(
        limit=limit,
        cursor=request.args.get("cursor") or None,
        q=(request.args.get("q") or "").replace("\x00", "")[:200].strip() or None,
        conditions=tuple(_condition(listing, name, text) for name, text in (filters or {}).items() if text),
        sort=known_sort,
    )


def counted(total: int | None) -> str:
    """How many, as people read it, of a bounded count: from there on it is 1,000+."""
    return f"{format_decimal(min(total or 0, COUNTED))}{'+' if (total or 0) > COUNTED else ''}"


def _here(**changes: str | None) -> str:
    """The address of this page with some parameters changed, and begun at its first page."""
    args: dict[str, Any] = {**request.args.to_dict(), "cursor": None, **changes}
    values = {**(request.view_args or {}), **{name: value for name, value in args.items() if value}}
    return url_for(request.endpoint or "", **values)


def page_links(found: Page) -> dict[str, str | None]:
    """`next_url` and `first_url` for the pagination macro."""
    return {
        "next_url": _here(cursor=found.next_cursor) if found.next_cursor else None,
        "first_url": _here() if request.args.get("cursor") else None,
    }


def sort_link(name: str, current: str | None) -> dict[str, str | None]:
    """`sort` of a column for the data_table macro: one more click turns it round."""
    state = None if current is None or current.removeprefix("-") != name else "desc" if current[0] == "-" else "asc"
    return {"url": _here(sort=f"-{name}" if state == "asc" else name), "state": state}


def tab_link(name: str, value: str | None) -> str:
    """The address of this page with one parameter set, for a tab."""
    return _here(**{name: value})
