"""Actions and interactions over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.interactions import objects, queries, schemas, service
from portico.domains.interactions.objects import About
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import Nothing
from portico.kernel.slots import SLOTS
from portico.web.api import ApiBlueprint, Between

blp = ApiBlueprint("interactions", "Actions", "What apps offer to do, and what became of it.")
_ONE = '/interactions/<id("int"):interaction_id>'


def _about(actor: Actor, object_id: str | None) -> About | None:
    """The record that a query names, if the actor sees it. Raises Invalid."""
    if not object_id:
        return None
    kind = objects.kind_of(object_id)
    if kind is None or not objects.is_visible(actor, (kind.type, object_id)):
        raise invalid("/query/object_id", "unknown", "There is no such record that you can see.")
    return kind.type, object_id


@blp.get(
    "/actions",
    scope="actions:read",
    parameters={"place": False, "object_id": False},
    answer=schemas.ActionList,
    summary="List the actions that you may run",
)
def list_actions(actor: Actor, place: str | None = None, object_id: str | None = None) -> Any:
    """All of them; in one `place`, such as `command`; or on the record `object_id`. Apps see what is for programs."""
    if place and place not in SLOTS:
        raise invalid("/query/place", "unknown", "There is no such place.")
    found = queries.actions_for(actor, place or None, _about(actor, object_id))
    return {"data": [{**shown(each), "input": each.fields(actor.locale)} for each in found]}


def shown(action: queries.Action) -> dict[str, Any]:
    names = schemas.Action._declared_fields
    return {name: getattr(action, name) for name in names if name != "input"}


@blp.post(
    "/actions/<app_key>/<action_key>/runs",
    scope="actions:run",
    body=schemas.RunCreate,
    answer=schemas.Interaction,
    status=201,
    summary="Run an action",
    refusals=("action_needs_sign_in", "app_has_no_address", "app_busy"),
)
def run_action(actor: Actor, app_key: str, action_key: str, body: dict[str, Any]) -> Any:
    """The app has 10 seconds to answer. This call waits for three of them and answers the interaction as it stands:
    `answered`, `refused` by errors at fields, still `running`, or `waiting` for an answer that comes within 24 hours.
    """
    begun = service.run_action(actor, app_key, action_key, body)
    return _between(actor, begun)


def _between(actor: Actor, begun: service.Begun) -> Between:
    interaction_id = begun.row["id"]
    return Between(
        begun.row,
        f"/api/v1/interactions/{interaction_id}",
        begun.call,
        lambda: queries.interaction(actor, interaction_id),
    )


@blp.get(
    "/interactions",
    scope="actions:read",
    listing=queries.INTERACTIONS,
    parameters={"object_id": False},
    answer=schemas.Interaction,
    summary="List runs of actions",
)
def list_interactions(actor: Actor, query: ListQuery, object_id: str | None) -> Page:
    """Your own, or all of the workspace for who manages apps; with `object_id` those on a record that you see. An app
    lists the runs of its own actions."""
    return queries.page_of_interactions(actor, query, _about(actor, object_id))


@blp.get(_ONE, scope="actions:read", answer=schemas.Interaction, summary="Read a run of an action")
def get_interaction(actor: Actor, interaction_id: str) -> Any:
    return queries.interaction(actor, interaction_id)


@blp.patch(
    _ONE,
    apps_only=True,
    body=schemas.LateAnswer,
    answer=schemas.Interaction,
    summary="Answer late",
    refusals=("interaction_answered", "interaction_expired"),
)
def answer_interaction(actor: Actor, interaction_id: str, body: dict[str, Any]) -> Any:
    """The app that was called answers within 24 hours: any of `toast`, `card`, `open` and `errors`."""
    return service.answer_late(actor, interaction_id, body)


@blp.post(
    f"{_ONE}/retry",
    scope="actions:run",
    body=Nothing,
    optional_body=True,
    answer=schemas.Interaction,
    status=201,
    summary="Call the app again",
    refusals=("interaction_answered", "action_needs_sign_in", "app_has_no_address", "app_busy"),
)
def retry_interaction(actor: Actor, interaction_id: str, body: dict[str, Any]) -> Any:
    """For who ran it, when there is no answer. The app sees the same `interaction_id`, and so does nothing twice."""
    return _between(actor, service.retry(actor, interaction_id))
