from dataclasses import replace

import pytest

from archive_on_disk import picture_of, write_photo
from touchline.archive.sort.apply import apply_plan
from touchline.archive.sort.edits import placements_of
from touchline.archive.sort.plan_table import read_plan
from touchline.errors import InterruptedRunError, UsageError


def asked_for(world):
    """Where the plan, as edited, sends each file: names below the archive to names below out."""
    return {
        str(each.source.relative_to(world.base / "in")): str(
            each.destination.relative_to(world.root)
        )
        for each in placements_of(read_plan(world.plan))
    }


def changed(name, **cells):
    """An edit of the cells of one file's row."""

    def change(rows):
        assert any(row.source.endswith(name) for row in rows)
        return [replace(row, **cells) if row.source.endswith(name) else row for row in rows]

    return change


def test_a_plan_left_alone_is_as_planned(world):
    planned = {row.source: row.destination for row in world.rows()}
    assert asked_for(world) == {
        source.partition("/in/")[2]: place for source, place in planned.items()
    }


@pytest.mark.parametrize(
    ("name", "cells", "place"),
    [
        ("a/2.jpg", {"label": "Kick-l"}, "Kick-l/2.jpg"),  # another class that is known
        ("a/2.jpg", {"label": "Keeper"}, "Keeper/2.jpg"),  # a class of the person's own
        ("a/2.jpg", {"label": "kick-l"}, "kick-l (2)/2.jpg"),  # distinct even where case is not
        ("a/2.jpg", {"label": "../up"}, "_.._up/2.jpg"),
        ("a/2.jpg", {"label": ""}, "review/2.jpg"),
        ("a/2.jpg", {"label": "review"}, "review/2.jpg"),
        ("a/3.jpg", {"label": "Kick-r"}, "Kick-r/3.jpg"),  # a doubtful one, judged
        ("b/1.jpg", {"label": "Kick-r"}, "Kick-r/1.jpg"),  # its number was for the other folder
        ("a/2.jpg", {"destination": "best/of/all.jpg"}, "best/of/all.jpg"),
        ("a/2.jpg", {"destination": "x/2.jpg", "label": "Kick-l"}, "x/2.jpg"),  # the place wins
    ],
)
def test_an_edit_is_honoured(world, edit, name, cells, place):
    before = asked_for(world)
    edit(changed(name, **cells))
    assert asked_for(world) == {**before, name: place}


def test_a_label_that_leads_to_a_taken_name_gets_a_number(world, edit):
    write_photo(world.root / "Kick-r/1.jpg")
    edit(lambda rows: changed("a/1.jpg", label="Kick-r")(changed("b/1.jpg", label="Kick-r")(rows)))
    places = asked_for(world)
    assert {places["a/1.jpg"], places["b/1.jpg"]} == {"Kick-r/1 (2).jpg", "Kick-r/1 (3).jpg"}


@pytest.mark.parametrize(
    ("cells", "place"),
    [({"label": "Kick-l"}, "Kick-l/4.jpg"), ({"destination": "x/y.jpg"}, "x/y.jpg")],
)
def test_a_sidecar_follows_its_photo(world, edit, cells, place):
    edit(changed("b/4.jpg", **cells))
    assert asked_for(world)["b/4.jpg.xmp"] == f"{place}.xmp"


def test_a_sidecar_with_a_place_of_its_own_goes_there(world, edit):
    edit(changed("b/4.jpg.xmp", destination="notes/4.xmp"))
    assert asked_for(world)["b/4.jpg.xmp"] == "notes/4.xmp"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [row for row in rows if not row.source.endswith("4.jpg")],
        changed("b/4.jpg", action="leave"),
    ],
    ids=["deleted", "left"],
)
def test_a_photo_taken_out_stays_with_its_sidecar(world, edit, change):
    edit(change)
    assert asked_for(world).keys().isdisjoint({"b/4.jpg", "b/4.jpg.xmp"})
    assert apply_plan(world.plan, "move").placed == 5
    assert (world.base / "in/b/4.jpg.xmp").exists()


def test_rows_in_another_order_mean_the_same(world, edit):
    before = asked_for(world)
    edit(lambda rows: rows[::-1])
    assert asked_for(world) == before
    assert apply_plan(world.plan, "move").placed == 7


def test_names_come_out_the_same_when_a_stopped_run_goes_on(world, edit, monkeypatch):
    from touchline.archive.sort import steps

    edit(lambda rows: changed("a/1.jpg", label="New")(changed("b/1.jpg", label="New")(rows)))
    wanted = asked_for(world)
    monkeypatch.setattr(steps, "FILES_A_BATCH", 1)
    carry_out = steps.carry_out

    def once(transfers, mode):
        monkeypatch.setattr(steps, "carry_out", interrupted)
        return carry_out(transfers, mode)

    def interrupted(_transfers, _mode):
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "carry_out", once)
    with pytest.raises(InterruptedRunError):
        apply_plan(world.plan, "copy")
    monkeypatch.undo()
    apply_plan(world.plan, "copy")
    there = {str(p.relative_to(world.root)) for p in world.root.rglob("*.*")}
    assert there == set(wanted.values())


BROKEN = [
    # (file, cells, what is said of row 3)
    ("a/2.jpg", {"action": "srot"}, "row 3: the action 'srot', which is none of sort, sidecar"),
    ("a/2.jpg", {"destination": "../2.jpg"}, r"row 3: the destination .*outside"),
    ("a/2.jpg", {"destination": "x/../../2.jpg"}, r"row 3: the destination .*outside"),
    ("a/2.jpg", {"destination": "/etc/2.jpg"}, "row 3: the destination /etc/2.jpg, outside"),
    ("a/2.jpg", {"destination": ""}, r"row 3: the destination .*outside"),
    ("a/2.jpg", {"destination": "Kick-l\\2.jpg"}, r"row 3: a destination with \\ between"),
    ("a/2.jpg", {"destination": "Kick-l/1.jpg"}, "row 3: the destination of row 2 again"),
    ("a/2.jpg", {"destination": "kick-l/1.JPG"}, "row 3: the destination of row 2 again"),
    ("a/2.jpg", {"destination": "Kick-l/5.jpg/x"}, "row 3: a folder that is the dest"),
    ("a/2.jpg", {"destination": "there/file/2.jpg"}, r"row 3: .*/there/file is not a folder"),
    ("a/2.jpg", {"destination": "there/file"}, r"row 3: .*/there/file exists already"),
    ("a/2.jpg", {"destination": "away/2.jpg"}, r"row 3: .*/away leads outside"),
    ("a/2.jpg", {"source": "/nowhere/2.jpg"}, "row 3: no file at /nowhere/2.jpg"),
    ("a/2.jpg", {"source": "2.jpg"}, "row 3: the source '2.jpg', which is no absolute path"),
    ("a/2.jpg", {"destination": "Kick-l/\0.jpg"}, "row 3: the destination .*zero byte"),
    ("a/2.jpg", {"source": "/"}, "row 3: no file at /"),
    ("a/2.jpg", {"source": ""}, r"row 3: the source '\.', which is no absolute path"),
    ("a/2.jpg", {"sha256": ""}, "row 3: no hash in the column sha256"),
    ("a/2.jpg", {"sha256": "6.02E+23"}, "row 3: no hash in the column sha256"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cells", "message"), BROKEN, ids=[b[2] for b in BROKEN])
def test_a_broken_edit_is_refused_with_its_row_before_anything_is_touched(
    world, edit, name, cells, message
):
    write_photo(world.root / "there/file")
    (world.root / "away").symlink_to(world.base / "in")
    edit(changed(name, **cells))
    before = picture_of(world.base)
    with pytest.raises(UsageError, match=message):
        apply_plan(world.plan, "move")
    assert picture_of(world.base) == before
    assert not world.plan.with_name("w.csv.journal").exists()


def test_many_broken_rows_are_counted(world, edit):
    edit(lambda rows: [replace(row, action="?") for row in rows])
    with pytest.raises(UsageError, match=r"row 6: the action .*; and 2 more"):
        apply_plan(world.plan, "move")


def test_moving_one_file_twice_is_refused_and_linking_it_twice_is_fine(world, edit):
    edit(lambda rows: [*rows, replace(rows[0], destination="best/1.jpg")])
    with pytest.raises(UsageError, match="row 2 and row 9 moving the same file"):
        apply_plan(world.plan, "move")
    assert apply_plan(world.plan, "symlink").placed == 8


def test_a_root_that_is_a_link_is_fine(world, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    world.root.symlink_to(tmp_path / "elsewhere")
    assert apply_plan(world.plan, "copy").placed == 7
    assert (tmp_path / "elsewhere/Kick-l/1.jpg").exists()
