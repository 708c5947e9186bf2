import json
from pathlib import Path

import pytest

from archive_on_disk import World, small_world
from catalog_worlds import rows
from touchline.archive.catalog.indexing.journals import LARGEST_BYTES, index_journals
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import journals
from touchline.archive.journal import read_journal
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.history import journal_path
from touchline.archive.sort.undo import undo_plan
from touchline.archive.tags.history import tag_history_of, tag_journal_path
from touchline.archive.tags.tag import tag_photos
from touchline.archive.tags.targets import Tagging
from touchline.archive.tags.untag import untag_photos


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small archive that is planned."""
    small = small_world(tmp_path / "w")
    small.planned()
    return small


def told(catalog: Catalog, folder: Path) -> list[tuple[str, str, int]]:
    index_journals(catalog, folder)
    return [(row.kind, row.state, row.files) for row in rows(catalog, journals)]


def cut_before(path: Path, step: str) -> None:
    """Leave the journal as a process that died before its first entry of a step would."""
    lines = path.read_text().splitlines(keepends=True)
    place = [json.loads(line)["step"] for line in lines].index(step)
    path.write_text("".join(lines[:place]))


def test_a_sort_is_applied_and_undone(catalog: Catalog, world: World, tmp_path: Path) -> None:
    assert told(catalog, tmp_path) == []
    apply_plan(world.plan, "move")
    assert told(catalog, tmp_path) == [("sort", "applied", 7)]
    (row,) = rows(catalog, journals)
    assert row.path == str(journal_path(world.plan).resolve())
    assert row.begun_at == pytest.approx(row.indexed_at, abs=60)
    undo_plan(world.plan)
    assert told(catalog, tmp_path) == [("sort", "undone", 0)]
    assert [(again.id, again.begun_at) for again in rows(catalog, journals)] == [
        (row.id, row.begun_at)
    ]


@pytest.mark.parametrize(("step", "is_undo"), [("done", False), ("undone", True)])
def test_a_sort_that_was_stopped_is_unfinished(
    catalog: Catalog, world: World, tmp_path: Path, step: str, is_undo: bool
) -> None:
    apply_plan(world.plan, "move")
    if is_undo:
        undo_plan(world.plan)
    cut_before(journal_path(world.plan), step)
    ((kind, state, _),) = told(catalog, tmp_path)
    assert (kind, state) == ("sort", "unfinished")


def test_a_tagging_is_applied_stopped_and_undone(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    journal = tag_journal_path(tmp_path / "labels.csv")
    tag_photos(world.photos, Tagging(), journal)
    assert told(catalog, tmp_path) == [("tag", "applied", 4)]
    sidecar = next(iter(tag_history_of(read_journal(journal)).sidecars.values()))
    sidecar.unfinished.write_text("half")
    assert told(catalog, tmp_path) == [("tag", "unfinished", 4)]
    sidecar.unfinished.unlink()
    untag_photos(journal)
    assert told(catalog, tmp_path) == [("tag", "undone", 0)]
    journal.unlink()
    assert told(catalog, tmp_path) == []


def test_journals_of_others_are_passed_over_and_damaged_ones_named(
    catalog: Catalog, world: World, tmp_path: Path
) -> None:
    (tmp_path / "study.journal").write_text('{"op_code": 0}\n')
    (tmp_path / "empty.journal").write_text("")
    (tmp_path / "x.tags.journal").write_text('{"step": "write"}\n')
    (tmp_path / "y.journal").write_text('{"step": "begin"}\n{"step": "done"}\n')
    apply_plan(world.plan, "copy")
    journal = journal_path(world.plan)
    journal.write_text("damage\n" + journal.read_text() + '{"step": "synced"}\n')
    done = index_journals(catalog, tmp_path)
    assert (done.found, rows(catalog, journals)) == (0, [])
    ours = "not a journal of ours, though it looks like one"
    assert {fault.path.name: fault.reason.split(" in ")[0] for fault in done.refused} == {
        journal.name: "a damaged line 1", "x.tags.journal": ours, "y.journal": ours,
    }  # fmt: skip


def test_what_is_too_large_for_a_journal_is_named_and_not_read(
    catalog: Catalog, tmp_path: Path
) -> None:
    with (tmp_path / "sparse.journal").open("wb") as stream:
        stream.truncate(LARGEST_BYTES + 1)
    (fault,) = index_journals(catalog, tmp_path).refused
    assert fault.reason == "larger than any journal of ours; not read"
