"""Alembic's environment: the models are those that `portico.app` gathers; the connection is handed over."""

from typing import Any

from alembic import context
from sqlalchemy import JSON

from portico.app import gather
from portico.kernel.db import Base, Instant

gather()


def _render(kind: str, item: Any, autogen: Any) -> str | bool:
    if kind == "type" and isinstance(item, Instant):
        autogen.imports.add("from portico.kernel.db import Instant")
        return "Instant()"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=_render,
    compare_type=True,
    render_as_batch=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
