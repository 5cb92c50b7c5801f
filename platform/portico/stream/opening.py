"""Who asks for a stream, and for what. Synchronous: it runs in the threads that may read the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from werkzeug.http import parse_cookie

from portico.domains.webhooks import streaming
from portico.domains.webhooks.streaming import Wish
from portico.kernel import authn, secrets
from portico.kernel.actor import Actor
from portico.kernel.authn import Credential, TokenMissing
from portico.kernel.errors import FieldError, Forbidden, Invalid, Refusal
from portico.settings import Settings
from portico.web.limits import Limits
from portico.web.pages import session_cookie

MOST_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that may listen, and from where."""

    wish: Wish
    actor: Actor
    position: int


class Doors:
    def __init__(self, here: Settings) -> None:
        self._cookie = session_cookie(here)
        self._limits = Limits(here)
        parts = urlsplit(here.public_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def events(self, headers: Mapping[str, str], query: str) -> Opened:
        """For whoever has a token; cookies are not read here. Raises what `GET /events` raises."""
        authorization = headers.get("authorization")
        credential, actor = authn.credential(authorization), authn.authenticate(authorization)
        self._limits.spend(actor, "read")
        asked = _parameters(query, ("after", "types"))
        after = headers.get("last-event-id") or asked.get("after")
        wish = Wish(actor.workspace_id, credential, streaming.wanted_types(asked.get("types")))
        return Opened(wish, actor, streaming.place(actor.workspace_id, after))

    def live(self, headers: Mapping[str, str], query: str) -> Opened:
        """For our own pages: who is signed in, in the workspace that is on screen. Raises Forbidden for any other
        origin, TokenMissing without a session, and Invalid."""
        self.refuse_foreign(headers)
        asked = _parameters(query, ("workspace", "types", "resource", "also", "after"), ("workspace",))
        credential = self._session(headers.get("cookie", ""), asked["workspace"])
        found = authn.look_again([credential])[credential]
        if isinstance(found, Refusal):
            raise found
        self._limits.spend(found, "read")
        types = streaming.wanted_types(asked.get("types"))
        also = streaming.wanted_types(asked.get("also")) or frozenset()
        wish = Wish(found.workspace_id, credential, types, _records(asked.get("resource")), also, brief=True)
        after = headers.get("last-event-id") or asked.get("after")
        return Opened(wish, found, streaming.place(found.workspace_id, after))

    def refuse_foreign(self, headers: Mapping[str, str]) -> None:
        """The cookie comes along with whatever a browser asks, so the page that asks must be ours. Browsers name its
        origin except where it is the stream's own; then the fetch metadata say so. Raises Forbidden."""
        origin = headers.get("origin")
        if origin is None and headers.get("sec-fetch-site") == "same-origin":
            return
        if origin != self.origin:
            raise Forbidden("This stream is for the pages of this server alone.")

    def _session(self, cookies: str, slug: str) -> Credential:
        token = parse_cookie(cookies).get(self._cookie, "")
        if not token.startswith("pts_") or not secrets.well_formed(token):
            raise TokenMissing("Sign in first.")
        return Credential("pts_", secrets.digest(token), slug)


def _records(text: str | None) -> frozenset[str] | None:
    """The records that the pages of a browser show; none of them when it is empty. Raises Invalid."""
    if text is None:
        return None
    found = frozenset(part for part in text.split(",") if part)
    if len(found) > MOST_RECORDS:
        raise Invalid(errors=[FieldError("/query/resource", "invalid", f"At most {MOST_RECORDS} records.")])
    return found


def _parameters(query: str, known: tuple[str, ...], required: tuple[str, ...] = ()) -> dict[str, str]:
    """Raises Invalid for unknown and missing names."""
    given = dict(reversed(parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")))
    errors = [FieldError(f"/query/{n[:100]}", "unknown", "Unknown parameter.") for n in given if n not in known]
    errors += [FieldError(f"/query/{n}", "required", "This parameter is needed.") for n in required if not given.get(n)]
    errors += [FieldError(f"/query/{n[:100]}", "invalid", "No NUL.") for n, value in given.items() if "\0" in value]
    if errors:
        raise Invalid(errors=errors)
    return given
