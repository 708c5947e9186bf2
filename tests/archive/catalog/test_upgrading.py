import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from catalog_worlds import rows
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import METADATA
from touchline.errors import EnvironmentMissingError, UsageError


def test_the_steps_lead_to_the_tables_of_this_version(catalog: Catalog) -> None:
    with catalog.reading() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_the_comparison_sees_a_column_that_is_missing(place: str) -> None:
    catalog = open_catalog(place, create=True)
    with catalog.writing() as connection:
        connection.execute(text("ALTER TABLE roots DROP COLUMN indexed_at"))
    with catalog.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA)
    catalog.close()


def test_every_table_can_be_read(catalog: Catalog) -> None:
    assert [rows(catalog, table) for table in METADATA.sorted_tables if "id" in table.c] == [
        [] for table in METADATA.sorted_tables if "id" in table.c
    ]


def test_a_catalog_that_is_up_to_date_is_opened_without_writing(place: str) -> None:
    open_catalog(place, create=True).close()
    catalog = open_catalog(place)
    with catalog.writing() as connection:  # held: whoever wrote would wait
        connection.execute(text("SELECT 1"))
        open_catalog(place).close()
    catalog.close()


def test_a_catalog_of_a_newer_version_is_refused(place: str) -> None:
    catalog = open_catalog(place, create=True)
    with catalog.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalog.close()
    newer = (
        r"understands \(up to 0\d+\); found one of a newer version, 9999, at .*Install the newer"
    )
    with pytest.raises(EnvironmentMissingError, match=newer):
        open_catalog(place)


def test_a_database_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    link = sqlite3.connect(file)
    link.execute("CREATE TABLE songs (name TEXT)")
    link.commit()
    link.close()
    before = file.read_bytes()
    for as_it_is in (True, False):
        with pytest.raises(UsageError, match=r"a database of something else at .*left as"):
            open_catalog(file, as_it_is=as_it_is)
    assert file.read_bytes() == before  # its header says how its own program writes
    link = sqlite3.connect(file)
    assert link.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    link.close()


def test_a_step_that_fails_leaves_an_empty_database(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", fail)
        with pytest.raises(RuntimeError, match="a fault"):
            open_catalog(place, create=True)
    open_catalog(place, create=True).close()


def test_a_dry_run_makes_and_upgrades_no_table(place: str) -> None:
    if "://" not in place:
        Path(place).touch()
    for _ in range(2):
        with pytest.raises(UsageError, match=r"an older or an empty one at .*A dry run leaves it"):
            open_catalog(place, as_it_is=True)
    assert "://" in place or Path(place).read_bytes() == b""
    open_catalog(place, create=True).close()
    open_catalog(place, as_it_is=True).close()
