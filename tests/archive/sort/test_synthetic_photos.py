"""Photos that a generator made are never sorted: not by a plan, and not by an edited one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from archive_on_disk import World, labelled, small_world, write_photo
from touchline.archive.label_files import write_labels
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.plan import plan_sort
from touchline.archive.sort.plan_table import SortPlan, write_plan
from touchline.cli import main
from touchline.media.provenance import Provenance, write_synthetic

REASON = "made by a generator (diffusion of runs/synth/b): synthetic photos are never sorted"
FACTS = Provenance("diffusion", "runs/synth/b", "Kick-l", 3)
PIXELS = np.zeros((9, 9, 3), np.uint8)


@pytest.fixture
def made(tmp_path: Path) -> tuple[World, Path]:
    """A small archive with one synthetic photo among the labelled ones, and a sidecar of it."""
    world = small_world(tmp_path / "w")
    path = world.base / "in/a/made.png"
    write_synthetic(path, PIXELS, FACTS)
    write_photo(path.with_name("made.png.xmp"), b"<sidecar/>")
    return replace(world, photos=[*world.photos, labelled(path)]), path


def test_a_plan_leaves_it_where_it_lies_and_says_why(made: tuple[World, Path]) -> None:
    world, path = made
    plan = plan_sort(world.photos, world.root)
    (row,) = plan.unusable
    assert (row.action, row.source, row.reason, row.destination) == ("leave", str(path), REASON, "")
    assert [row for row in plan.rows if "made.png" in row.source] == [row]
    assert len([row for row in plan.rows if row.action == "sort"]) == 6


def test_the_command_ends_as_partly_done(made: tuple[World, Path], tmp_path: Path, capsys) -> None:
    world, path = made
    labels = tmp_path / "labels.csv"
    write_labels(world.photos, labels)
    plan = ["--out", str(tmp_path / "plan.csv")]
    assert main(["archive", "sort", "plan", str(labels), str(world.root), *plan]) == 5
    assert f"{path}: {REASON}" in " ".join(capsys.readouterr().err.split())


def test_a_mark_in_a_sidecar_is_enough(tmp_path: Path) -> None:
    world = small_world(tmp_path / "w")
    marked = tmp_path / "marked.jpg"
    write_synthetic(marked, PIXELS, FACTS)
    content = marked.read_bytes()
    start, end = content.index(b"<x:xmpmeta"), content.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
    write_photo(world.base / "in/b/4.jpg.xmp", content[start:end])
    (row,) = plan_sort(world.photos, world.root).unusable
    assert (Path(row.source).name, row.reason) == ("4.jpg", REASON)


@pytest.mark.parametrize("mode", ["copy", "symlink", "hardlink", "move"])
def test_an_edited_plan_does_not_sort_it_either(made: tuple[World, Path], mode) -> None:
    world, path = made
    plan, place = plan_sort(world.photos, world.root), "Kick-l/made.png"
    edited = [
        replace(row, action="sort", label="Kick-l", destination=place, planned=place, reason="")
        if row.reason == REASON
        else row
        for row in plan.rows
    ]
    write_plan(SortPlan(plan.root, tuple(edited)), world.plan)
    applied = apply_plan(world.plan, mode)
    assert [(Path(each.path), each.reason) for each in applied.skipped] == [(path, REASON)]
    assert applied.placed == 7
    assert path.is_file()
    assert not (world.root / "Kick-l" / "made.png").exists()
