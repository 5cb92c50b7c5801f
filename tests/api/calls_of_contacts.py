"""Valid calls of companies, as `calls.at` takes them: name → (path, noun, by, body, more)."""

from __future__ import annotations

from typing import Any

OF_A_RECORD: dict[str, tuple[str, str, str, Any, dict[str, Any]]] = {
    "get_company": ("/companies/{}", "company", "agent", None, {}),
    "update_company": ("/companies/{}", "company", "agent", {"name": "Other"}, {}),
    "trash_company": ("/companies/{}", "company", "support_admin", None, {"barred": ("agent", "forbidden")}),
    "restore_company": (
        "/companies/{}/restore",
        "trashed_company",
        "support_admin",
        {},
        {"barred": ("agent", "forbidden")},
    ),
}
