"""Names that were there before their readings were kept are found by them after the migration."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa

from portico.kernel import text

_PATH = Path(__file__).parents[2] / "migrations/versions/2026_11_27_1230_words_without_blanks.py"


def test_words_that_are_there_get_the_further_ones_once() -> None:
    spec = spec_from_file_location("words_without_blanks", _PATH)
    assert spec is not None
    assert spec.loader is not None
    migration = module_from_spec(spec)
    spec.loader.exec_module(migration)
    engine = sa.create_engine("sqlite://")
    names = ("workspace_id", "kind", "word", "object_id")
    columns = [sa.Column(name, sa.String, primary_key=True) for name in names]
    table = sa.Table("search_word", sa.MetaData(), *columns)
    with engine.begin() as work:
        table.create(work)
        for word in ("北京分公司", "李雷", "zoe"):
            work.execute(sa.insert(table).values(workspace_id="w", kind="contact", word=word, object_id="one"))
        for _ in range(2):
            migration._fill(work)
        found = work.execute(sa.select(table.c.word, table.c.object_id)).all()
    engine.dispose()
    assert sorted(row.word for row in found) == sorted(text.search_words("北京分公司 李雷 Zoë"))
    assert {row.object_id for row in found} == {"one"}
