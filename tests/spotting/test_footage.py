"""Annotated matches as videos with their events, in splits."""

from pathlib import Path

import pytest

from match_videos import draw_game
from match_world import annotation, draw_release_of_2023, write_game, write_split
from touchline.errors import UsageError
from touchline.spotting import footage
from touchline.spotting.footage import Footage, gather_footage, labelled_footage, length_of
from video_world import cut_off, write_video

EVENTS = [annotation(1.0, "PASS", team="left"), annotation(2.0, "SHOT", team="right")]
LENGTH = 60.0


@pytest.fixture
def unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty files pass for videos of a minute."""
    monkeypatch.setattr(footage, "length_of", lambda _: LENGTH)


def write_games(root: Path, count: int) -> Path:
    for number in range(count):
        write_game(root / f"game {number}", EVENTS)
    return root


def test_every_match_lies_in_its_split(matches: Path) -> None:
    found = gather_footage(matches, seed=0, height=48)
    names = [[piece.match for piece in part] for part in (found.train, found.valid, found.test)]
    assert names == [["game a", "game b"], ["game c"], ["game d"]]
    assert (found.classes, found.has_teams, found.faults) == (("PASS", "SHOT"), True, ())
    (piece,) = found.test
    assert (piece.half, piece.video, piece.seconds) == (1, matches / "game d" / "224p.mp4", 12.0)
    assert [event.label for event in piece.events].count("PASS") == 1
    assert found.describe().splitlines() == [
        "train: 2 videos, 14 events, 0.4 min",
        "valid: 1 videos, 7 events, 0.2 min",
        "test: 1 videos, 7 events, 0.2 min",
        "2 classes: PASS, SHOT",
    ]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(2, (1, 1, 0)), (3, (1, 1, 1)), (5, (3, 1, 1)), (10, (6, 2, 2)), (13, (7, 3, 3))],
)
@pytest.mark.usefixtures("unopened")
def test_splits_are_dealt_where_there_are_none(
    count: int, sizes: tuple[int, int, int], tmp_path: Path
) -> None:
    root = write_games(tmp_path, count)
    found = gather_footage(root, seed=1, height=224)
    assert (len(found.train), len(found.valid), len(found.test)) == sizes
    dealt = {piece.match for part in (found.train, found.valid, found.test) for piece in part}
    assert len(dealt) == count
    assert gather_footage(root, seed=1, height=224) == found


@pytest.mark.usefixtures("unopened")
def test_another_seed_deals_otherwise(tmp_path: Path) -> None:
    root = write_games(tmp_path, 10)
    dealt = {gather_footage(root, seed, 224).test for seed in range(5)}
    assert len(dealt) > 1


@pytest.mark.usefixtures("unopened")
def test_without_a_seed_nothing_is_dealt(tmp_path: Path) -> None:
    assert labelled_footage(write_games(tmp_path, 3), 224).splits == ("", "", "")


@pytest.mark.usefixtures("unopened")
def test_where_some_have_a_split_the_others_are_of_none(tmp_path: Path) -> None:
    root = write_games(tmp_path, 3)
    write_split(root, "train", ["game 2"])
    write_split(root, "valid", ["game 0"])
    found = gather_footage(root, seed=0, height=224)
    assert [p.match for p in (*found.train, *found.valid, *found.test)] == ["game 2", "game 0"]


@pytest.mark.usefixtures("unopened")
def test_each_half_has_its_own_events(tmp_path: Path) -> None:
    found = labelled_footage(draw_release_of_2023(tmp_path), 224)
    assert [(piece.half, piece.video.name, len(piece.events)) for piece in found.footage] == [
        (1, "1_224p.mkv", 2), (2, "2_224p.mkv", 1),
    ]  # fmt: skip
    assert [e.half for piece in found.footage for e in piece.events] == [1, 1, 2]
    assert labelled_footage(tmp_path, 720).footage[0].video.name == "1_720p.mkv"


@pytest.mark.usefixtures("unopened")
def test_matches_nobody_annotated_are_no_footage(tmp_path: Path) -> None:
    write_games(tmp_path, 2)
    write_game(tmp_path / "game z", None)
    assert {piece.match for piece in labelled_footage(tmp_path, 224).footage} == {
        "game 0",
        "game 1",
    }


@pytest.mark.usefixtures("unopened")
def test_without_sides_no_team_is_learnt(tmp_path: Path) -> None:
    for number in range(3):
        write_game(tmp_path / f"game {number}", [annotation(1.0, "PASS")])
    assert not gather_footage(tmp_path, 0, 224).has_teams


def test_a_broken_video_is_left_out_and_said(tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw_game(tmp_path / name, seed=1, seconds=3)
    cut_off(draw_game(tmp_path / "c", seed=1, seconds=3) / "224p.mp4", 0.5)
    found = labelled_footage(tmp_path, 48)
    assert [piece.match for piece in found.footage] == ["a", "b"]
    (fault,) = found.faults
    assert fault.path == tmp_path / "c" / "224p.mp4"
    assert fault.reason.startswith("left out: ")
    assert fault.reason.endswith("of which not one picture can be decoded")


def test_events_after_the_end_are_left_out_and_said(tmp_path: Path) -> None:
    game = tmp_path / "game"
    write_game(game, [annotation(s, "PASS") for s in (0.5, 2.0, 2.04, 9.0)], ())
    write_video(game / "224p.mp4", 50)
    found = labelled_footage(tmp_path, 48)
    assert [event.seconds for event in found.footage[0].events] == [0.5, 2.0]
    (fault,) = found.faults
    assert "annotations beyond its end, up to 9.0 s, left out: 2" in fault.reason


def test_of_two_halves_one_may_be_broken(tmp_path: Path) -> None:
    game = tmp_path / "game"
    write_game(game, [annotation(0.5, "PASS"), annotation(1.0, "PASS", half=2)], ("1_224p.mp4",))
    write_video(game / "2_224p.mp4", 50)
    found = labelled_footage(tmp_path, 48)
    assert [(piece.half, len(piece.events)) for piece in found.footage] == [(2, 1)]
    assert "an empty file" in found.faults[0].reason


@pytest.mark.usefixtures("unopened")
def test_one_match_is_too_few(tmp_path: Path) -> None:
    write_games(tmp_path, 1)
    with pytest.raises(
        UsageError, match=r"to choose the epoch by; found 1 to learn from and 0 .* at least two"
    ):
        gather_footage(tmp_path, 0, 224)


def test_what_is_broken_is_part_of_the_refusal(tmp_path: Path) -> None:
    write_games(tmp_path, 2)
    with pytest.raises(UsageError, match=r"found 0 to learn from and 0 .*224p\.mp4: left out: "):
        gather_footage(tmp_path, 0, 224)


@pytest.mark.usefixtures("unopened")
def test_matches_in_which_nothing_happens_teach_nothing(tmp_path: Path) -> None:
    write_game(tmp_path / "a", EVENTS)
    write_game(tmp_path / "b", [])
    for valid, train in ("ab", "ba"):
        write_split(tmp_path, "train", [train])
        write_split(tmp_path, "valid", [valid])
        with pytest.raises(UsageError, match=r"events to learn from and to choose the epoch by"):
            gather_footage(tmp_path, 0, 224)


@pytest.mark.parametrize(("seconds", "steps"), [(0.0, 1), (0.01, 1), (4.0, 50), (4.01, 51)])
def test_steps_are_rounded_up_and_at_least_one(seconds: float, steps: int) -> None:
    assert Footage("m", 1, Path("v"), (), seconds).steps(12.5) == steps


def test_a_video_that_does_not_say_its_length_is_counted(tmp_path: Path) -> None:
    assert length_of(write_video(tmp_path / "raw.h264", 50)) == pytest.approx(2.0)
    assert length_of(write_video(tmp_path / "whole.mp4", 50)) == 2.0
