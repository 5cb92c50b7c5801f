"""words that begin where a script has no blanks, and readings of Chinese names

What a record is found by holds its words whole, so that the further ones are made of them alone.
"""

import sqlalchemy as sa
from alembic import op

from portico.kernel import unspaced

revision = "words_without_blanks"
down_revision = "late_receipts"

_AT_ONCE = 1000
_word = sa.table("search_word", *(sa.column(name) for name in ("workspace_id", "kind", "word", "object_id")))
_listing = sa.table("listing", sa.column("id"), sa.column("search_words"))
_ADD = sa.text(
    "INSERT INTO search_word (workspace_id, kind, word, object_id) VALUES (:workspace_id, :kind, :word, :object_id) ON CONFLICT DO NOTHING"
)
_BEYOND_ASCII = {
    "postgresql": "word ~ '[^\\x01-\\x7f]'",
    "sqlite": "word GLOB '*[^' || char(1) || '-' || char(127) || ']*'",
}


def upgrade() -> None:
    work = op.get_bind()
    postgres = work.dialect.name == "postgresql"
    if postgres:  # an owner who is no superuser is held by the policies too, and would find no words
        op.execute("ALTER TABLE search_word NO FORCE ROW LEVEL SECURITY")
    _fill(work)
    if postgres:
        op.execute("ALTER TABLE search_word FORCE ROW LEVEL SECURITY")
    for listing_id, words in work.execute(sa.select(_listing.c.id, _listing.c.search_words)).all():
        more = {one for word in words.split() for one in unspaced.words(word)}
        if more:
            all_of_them = f" {' '.join(sorted({*words.split(), *more}))} "
            work.execute(sa.update(_listing).where(_listing.c.id == listing_id).values(search_words=all_of_them))


def _fill(work: sa.Connection) -> None:
    found = work.execute(sa.select(_word).where(sa.text(_BEYOND_ASCII[work.dialect.name]))).all()
    more = [{**row._mapping, "word": word} for row in found for word in unspaced.words(row.word)]
    for start in range(0, len(more), _AT_ONCE):
        work.execute(_ADD, more[start : start + _AT_ONCE])


def downgrade() -> None:
    """What was added cannot be told from what was there, and finds nothing wrong."""
