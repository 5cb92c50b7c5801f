"""What was announced in the company: one that asks for acknowledgements, one that is over, and a draft."""

from __future__ import annotations

from typing import Any

from portico.domains.announcements import schemas, service
from portico.kernel import jobs
from portico.kernel.schemas import load
from tests.support.cast import Cast

ALL = {"include": [{"kind": "all"}], "exclude": []}
BODY = """Please use the **side door** until Friday.

1. Ring twice.
2. Wait for the light.

| Day | Hours |
| --- | --- |
| Monday | 8 to 17 |

[The plan](https://plan.example/) · <script>alert(1)</script>
"""


def seed_news(cast: Cast) -> dict[str, Any]:
    """Written by the admin; answers their ids."""
    author, made = cast.actor("admin"), {}
    with cast.writing():
        category = service.create_category(author, load(schemas.AnnouncementCategoryCreate(), {"name": "Building"}))
    asked = {"requires_ack": True, "ack_text": "I use the side door", "comments_enabled": True, "audience": ALL}
    for key, given in {
        "out": {"title": "The main door is being repaired", "summary": "Until Friday", **asked, "importance": "urgent"},
        "withdrawn": {"title": "The lift stands still", "audience": ALL},
        "draft": {"title": "The roof", "audience": {"include": [], "exclude": []}},
    }.items():
        values = load(schemas.AnnouncementCreate(), {"body": BODY, "category_id": category["id"], **given})
        with cast.writing():
            made[key] = service.create_announcement(author, values)["id"]
            if key != "draft":
                service.publish(author, made[key])
    while jobs.drain():
        pass
    with cast.writing():
        service.withdraw(author, made["withdrawn"], "It goes again")
        service.acknowledge(cast.actor("agent"), made["out"])
        service.add_comment(cast.actor("agent"), made["out"], "Is there a bell?")
    return {"news": made, "news_category": category["id"]}
