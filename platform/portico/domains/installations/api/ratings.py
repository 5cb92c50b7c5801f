"""Operations of ratings: reading them, one's own, the publisher's answer, and telling the operator."""

from __future__ import annotations

from typing import Any

from portico.domains.catalogue import rating_schemas as schemas
from portico.domains.catalogue.queries import ratings
from portico.domains.installations.api.installations import blp
from portico.domains.installations.service import rating as service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery

_ALL = "/catalogue/<app_key>/ratings"
_OWN = f"{_ALL}/mine"
_ONE = f'{_ALL}/<id("rat"):rating_id>'


@blp.get(
    _ALL,
    any_scope=("catalogue:read", "ratings:write"),
    listing=ratings.RATINGS,
    answer=schemas.Rating,
    people_only=True,
    summary="List what people say about an app",
)
def list_ratings(actor: Actor, app_key: str, query: ListQuery) -> Any:
    return ratings.page_of_ratings(actor, app_key, query)


@blp.get(_OWN, scope="ratings:write", answer=schemas.Rating, people_only=True, summary="Read one's own rating")
def get_own_rating(actor: Actor, app_key: str) -> Any:
    return service.own(actor, app_key)


@blp.put(
    _OWN,
    scope="ratings:write",
    body=schemas.RatingInput,
    answer=schemas.Rating,
    people_only=True,
    refusals=("rating_needs_use", "rating_of_own_app"),
    summary="Rate an app that one uses",
)
def put_own_rating(actor: Actor, app_key: str, body: dict[str, Any]) -> Any:
    """One per person and app; a repeat replaces it. Who has not used the app in the last 30 days is told so: the
    problem names `missing`, `within_days` and `last_used_on`."""
    return service.rate(actor, app_key, body["stars"], body["text"])


@blp.delete(_OWN, scope="ratings:write", status=204, people_only=True, summary="Take one's own rating back")
def delete_own_rating(actor: Actor, app_key: str) -> None:
    service.take_back(actor, app_key)


@blp.put(
    f"{_ONE}/answer",
    scope="apps:write",
    body=schemas.RatingAnswerInput,
    answer=schemas.Rating,
    people_only=True,
    summary="Answer a rating as the publisher",
)
def put_rating_answer(actor: Actor, app_key: str, rating_id: str, body: dict[str, Any]) -> Any:
    return service.answer_rating(actor, app_key, rating_id, body["text"])


@blp.delete(f"{_ONE}/answer", scope="apps:write", status=204, people_only=True, summary="Take the answer back")
def delete_rating_answer(actor: Actor, app_key: str, rating_id: str) -> None:
    service.answer_rating(actor, app_key, rating_id, None)


@blp.post(
    f"{_ONE}/report",
    scope="ratings:write",
    body=schemas.RatingReportInput,
    status=204,
    people_only=True,
    summary="Tell the operator that a text is wrong",
)
def report_rating(actor: Actor, app_key: str, rating_id: str, body: dict[str, Any]) -> None:
    """Once per person until the operator decides; a repeat replaces the reason."""
    service.report_rating(actor, app_key, rating_id, body["reason"])
