"""search words by object, and statistics that know frequent words"""

from alembic import op

revision = "search_words_by_object"
down_revision = "tags"


def upgrade() -> None:
    op.create_index(
        op.f("ix_search_word_workspace_id_kind_object_id_word"),
        "search_word",
        ["workspace_id", "kind", "object_id", "word"],
    )
    op.drop_index(op.f("ix_search_word_workspace_id_object_id"), table_name="search_word")
    if op.get_bind().dialect.name == "postgresql":
        # Most words are of one object; only a long list of the frequent ones tells the planner how many a name has.
        op.execute("ALTER TABLE search_word ALTER COLUMN word SET STATISTICS 1000")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_word ALTER COLUMN word SET STATISTICS -1")
    op.create_index(op.f("ix_search_word_workspace_id_object_id"), "search_word", ["workspace_id", "object_id"])
    op.drop_index(op.f("ix_search_word_workspace_id_kind_object_id_word"), table_name="search_word")
