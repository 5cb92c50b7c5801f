"""Calls of the matrix: publishers, apps on their machines, and what people say about apps."""

from __future__ import annotations

from typing import Any

from tests.support.world import World

Parts = tuple[str, str, Any, dict[str, Any]]
"""Path, who may, body, and what else the call says of itself."""


def _of_publisher(path: str, by: str = "developer", json: Any = None, **more: Any) -> Any:
    return lambda world: (path.format(world.publisher()["id"]), by, json, more)


def _own(json: Any, noun: str, **more: Any) -> Any:
    def make(world: World) -> Parts:
        return f"/catalogue/{getattr(world, noun)()['key']}/ratings/mine", "employee", json, more

    return make


def _rating(path: str, by: str, json: Any, **more: Any) -> Any:
    def make(world: World) -> Parts:
        rating = world.rating()
        return f"/catalogue/{rating['app_key']}/ratings/{rating['id']}/{path}", by, json, more

    return make


def _installed(json: Any) -> Any:
    def make(world: World) -> Parts:
        return f"/apps/{world.installed_app()['id']}/dev-sessions", "developer", json, {}

    return make


def _dev_session(path: str = "") -> Any:
    def make(world: World) -> Parts:
        made = world.dev_session()
        return f"/apps/{made['app_id']}/dev-sessions/{made['id']}{path}", "developer", None, {}

    return make


def _logged(path: str) -> Any:
    def make(world: World) -> Parts:
        logged = world.logged_request()
        return path.format(**logged), "developer", None, {}

    return make


def _all(world: World) -> Parts:
    return f"/catalogue/{world.rated_app()['key']}/ratings", "developer", None, {}


PUBLISHERS: dict[str, Any] = {
    "list_app_requests": _logged("/apps/{app_id}/requests"),
    "get_app_request": _logged("/apps/{app_id}/requests/{id}"),
    "create_dev_session": _installed({"local_url": "http://localhost:5000"}),
    "renew_dev_session": _dev_session("/renew"),
    "delete_dev_session": _dev_session(),
    "list_publishers": _of_publisher("/publishers"),
    "get_publisher": _of_publisher("/publishers/{}"),
    "get_own_publisher": _of_publisher("/publishers/me"),
    "update_own_publisher": _of_publisher("/publishers/me", json={"description": "We make tools"}),
    "put_own_publisher_domain": _of_publisher("/publishers/me/domain", json={"domain": "else.example"}),
    "delete_own_publisher_domain": _of_publisher("/publishers/me/domain"),
    "check_own_publisher_domain": _of_publisher("/publishers/me/domain/check"),
    "list_ratings": _all,
    "get_own_rating": _own(None, "rated_app", stranger=404),
    "put_own_rating": _own({"stars": 5, "text": "Good"}, "foreign_app", stranger=403),
    "delete_own_rating": _own(None, "rated_app", stranger=404),
    "put_rating_answer": _rating("answer", "developer", {"text": "Thank you"}),
    "delete_rating_answer": _rating("answer", "developer", None),
    "report_rating": _rating("report", "employee", {"reason": "It is rude"}, stranger=204),
}
