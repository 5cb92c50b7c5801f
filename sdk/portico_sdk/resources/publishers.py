from __future__ import annotations

from typing import Any

from portico_sdk._encoding import path
from portico_sdk.models import Publisher, Rating
from portico_sdk.pages import Results
from portico_sdk.resources._base import ResourceAPI


class Publishers(ResourceAPI):
    """Who publishes apps; what ends in `own` is about the publisher that the developer is."""

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Results[Publisher]:
        return self._list("/publishers", Publisher.parse, {"limit": limit, "cursor": cursor})

    def get(self, publisher_id: str) -> Publisher:
        return self._get(path("publishers", publisher_id), Publisher)

    def get_own(self) -> Publisher:
        return self._get("/publishers/me", Publisher)

    def update_own(self, *, if_match: str | None = None, **fields: Any) -> Publisher:
        """`name=`, `website=`, `support_email=`, `description=`. Another name loses the operator's verification."""
        return self._patch("/publishers/me", Publisher, fields, if_match=if_match)

    def name_domain(self, *, domain: str) -> Publisher:
        """The answer's `domain` says which line to put where."""
        return self._put("/publishers/me/domain", Publisher, {"domain": domain}, if_match=None)

    def check_domain(self) -> Publisher:
        """Looked at within seconds; read the publisher again for what was found."""
        return self._post("/publishers/me/domain/check", Publisher)

    def forget_domain(self) -> None:
        self._delete("/publishers/me/domain")


class Ratings(ResourceAPI):
    """What people say of an app; what ends in `own` is what the token's person says."""

    def list(
        self, app_key: str, *, limit: int | None = None, cursor: str | None = None, **filters: Any
    ) -> Results[Rating]:
        params = {"limit": limit, "cursor": cursor}
        return self._list(path("catalogue", app_key, "ratings"), Rating.parse, params, filters)

    def get_own(self, app_key: str) -> Rating:
        return self._get(path("catalogue", app_key, "ratings", "mine"), Rating)

    def put_own(self, app_key: str, *, stars: int, text: str | None = None) -> Rating:
        """One per person and app; a repeat replaces it."""
        where = path("catalogue", app_key, "ratings", "mine")
        return self._put(where, Rating, {"stars": stars, "text": text}, if_match=None)

    def delete_own(self, app_key: str) -> None:
        self._delete(path("catalogue", app_key, "ratings", "mine"))

    def answer(self, app_key: str, rating_id: str, *, text: str) -> Rating:
        """The publisher's one answer; a repeat replaces it."""
        return self._put(
            path("catalogue", app_key, "ratings", rating_id, "answer"), Rating, {"text": text}, if_match=None
        )

    def delete_answer(self, app_key: str, rating_id: str) -> None:
        self._delete(path("catalogue", app_key, "ratings", rating_id, "answer"))

    def report(self, app_key: str, rating_id: str, *, reason: str) -> None:
        """The operator decides about the text."""
        where = path("catalogue", app_key, "ratings", rating_id, "report")
        self._transport.request("POST", where, json={"reason": reason})
