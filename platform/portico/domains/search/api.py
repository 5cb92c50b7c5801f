"""Search over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.identity import queries as identity
from portico.domains.search import queries, schemas
from portico.domains.search.kinds import KINDS, Hit
from portico.domains.search.queries import Group
from portico.kernel import public
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import invalid
from portico.web import navigation
from portico.web.api import ApiBlueprint

blp = ApiBlueprint("search", "Search", "One search over what you may see.")
_LONGEST = 200


def _types(actor: Actor, asked: str | None) -> tuple[list[str], list[str]]:
    """Which kinds are looked through, and which the token may not find. Raises Invalid, and InsufficientScope for what
    was asked for by name."""
    names = list(dict.fromkeys(name for name in (asked or "").split(",") if name))
    for name in names:
        if name not in schemas.TYPES:
            raise invalid("/query/types", "choice", f"{name[:100]!r} is none of {', '.join(schemas.TYPES)}.")
    for name in names:
        if name in KINDS and not actor.may(KINDS[name].scope):
            scope = KINDS[name].scope
            raise InsufficientScope(f"Finding {name} needs {scope}.", extra={"required_scopes": [scope]})
    wanted = names or schemas.TYPES
    barred = [name for name in wanted if not _is_open(actor, name)]
    return [name for name in wanted if name not in barred], barred


def _is_open(actor: Actor, name: str) -> bool:
    return KINDS[name].open_to(actor) if name in KINDS else actor.kind == "employee"


def _limit(text: str | None) -> int:
    if text is None:
        return schemas.USUAL
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= schemas.MOST:
        raise invalid("/query/limit", "invalid", f"limit is a whole number from 1 to {schemas.MOST}.")
    return int(text)


@blp.get(
    "/search",
    any_scope=tuple(sorted({kind.scope for kind in KINDS.values()})),
    parameters={"q": True, "types": False, "limit": False},
    answer=schemas.SearchAnswer,
    summary="Search",
    is_search=True,
)
def search(actor: Actor, q: str, types: str | None = None, limit: str | None = None) -> Any:
    """Each word of `q` is the beginning of a word of what is found: of names, titles, addresses and numbers, in any
    script; Chinese names also by pinyin and initials. `types` are kinds, with commas between them; without it, all that
    your token may find. `limit` is the most of each kind, 5 unless you say so, at most 20."""
    wanted, left_out = _types(actor, types)
    most = _limit(limit)
    q = q[:_LONGEST]
    found = queries.search(actor, q, [name for name in wanted if name in KINDS], most)
    groups = [*found.groups, *(_pages(actor, q, most) if schemas.PAGE in wanted else ())]
    base = public.url(f"/w/{identity.workspace(actor.workspace_id).slug}")
    data = [
        {"type": each.type, "has_more": each.has_more, "items": [_shown(hit, q, base) for hit in each.hits]}
        for each in groups
    ]
    return {"data": data, "corrected": found.corrected, "left_out": left_out}


def _shown(hit: Hit, q: str, base: str) -> dict[str, Any]:
    about = {name: getattr(hit, name) for name in ("type", "id", "title", "subtitle")}
    return {**about, "url": base + hit.path, "highlight": queries.highlights(hit.title, q)}


def _pages(actor: Actor, q: str, limit: int) -> list[Group]:
    found = [Hit(schemas.PAGE, one.id, one.label, one.face, one.path) for one in navigation.pages_named(actor, q)]
    return [Group(schemas.PAGE, found[:limit], len(found) > limit)] if found else []
