"""Screenshots of an app: held to what a catalogue can show, and linked to the app, so that later versions name them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portico.domains.catalogue import queries, screenshots
from portico.domains.files import queries as files
from portico.domains.files import service as attaching
from portico.domains.files.owners import owner
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.text import N_

LARGEST = 1024 * 1024
FLATTEST, TALLEST = 16 / 9 + 0.05, 2.4
"""Of the longer side to the shorter one: lying, up to a wide screen, and standing, up to a telephone."""
SHORTEST_SIDE = 320
NOT_YOURS = N_("There is no upload of yours with this id: upload the picture as an attachment first.")
NO_PICTURE = N_("A screenshot is a PNG, JPEG or WebP picture that does not move.")
TOO_LARGE = N_("A screenshot has at most 1 MiB.")
WRONG_SHAPE = N_("A screenshot is 4:3 to 16:9, or as a telephone shows it, and at least 320 pixels on each side.")


@owner(screenshots.KIND)
def readable(actor: Actor, app_ids: Collection[str]) -> set[str]:
    return queries.own_of(actor, app_ids)


def take_screenshots(actor: Actor, app_id: str, manifest: dict[str, Any]) -> None:
    """Link those that are new. Raises Invalid."""
    rows = screenshots.rows_of(manifest)
    if not rows:
        return
    had = {each["id"] for each in files.of_owners(actor, screenshots.KIND, [app_id]).get(app_id, [])}
    for place, row in enumerate(rows):
        if row["file"] not in had:
            _take(actor, app_id, f"/manifest/app/screenshots/{place}/file", row["file"])
            had.add(row["file"])


def _take(actor: Actor, app_id: str, pointer: str, attachment_id: str) -> None:
    try:
        attaching.link(actor, screenshots.KIND, app_id, [attachment_id])
    except Invalid as error:
        raise _refused(pointer, NOT_YOURS) from error
    found = files.linked(actor, screenshots.KIND, app_id, attachment_id)
    if found.small_place is None:
        raise _refused(pointer, NO_PICTURE)
    if found.size > LARGEST:
        raise _refused(pointer, TOO_LARGE)
    if not _fits(found.width, found.height):
        raise _refused(pointer, WRONG_SHAPE)


def _fits(width: int, height: int) -> bool:
    ratio = max(width, height) / min(width, height)
    shape = 1.3 <= ratio <= (FLATTEST if width > height else TALLEST)
    return shape and min(width, height) >= SHORTEST_SIDE


def _refused(pointer: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(pointer, "screenshot", message)])
