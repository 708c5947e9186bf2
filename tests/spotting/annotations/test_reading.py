"""Every known layout, recognised by itself."""

import json
from pathlib import Path

import pytest

from match_world import (
    CLASSES,
    LEAGUE,
    annotation,
    draw_release_of_2023,
    draw_release_of_2025,
    frame_row,
    shared_data,
    write_frame_list,
    write_game,
    write_labels,
    write_split,
)
from touchline.errors import UsageError
from touchline.spotting.annotations.classes import BALL_CLASSES
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.events import Event

GAME = f"{LEAGUE}/game a"


def test_the_release_of_2023_has_a_video_a_half(tmp_path: Path) -> None:
    data = read_matches(draw_release_of_2023(tmp_path))
    (match,) = data.matches
    assert match.name == GAME
    assert [video.name for video in match.videos] == ["1_224p.mkv", "2_224p.mkv"]
    assert match.events_of_half(1) == (Event(1.5, "PASS"), Event(4.0, "DRIVE"))
    assert match.events_of_half(2) == (Event(0.5, "PASS", half=2),)
    assert (data.classes, data.faults, match.split) == (("PASS", "DRIVE"), (), "")


def test_the_release_of_2025_has_teams_splits_and_classes(tmp_path: Path) -> None:
    data = read_matches(draw_release_of_2025(tmp_path))
    assert [(match.name[-1], match.split) for match in data.matches] == [
        ("b", "train"), ("a", "valid"), ("c", "test"), ("d", "challenge"),
    ]  # fmt: skip
    assert data.classes == CLASSES
    assert data.faults == ()
    assert [event.team for event in data.matches[0].events] == ["left", "right", "left", "right"]
    assert [match.labelled for match in data.matches] == [True, True, True, False]
    assert data.split("challenge")[0].videos[0].name == "224p.mp4"


def test_another_resolution_on_request(tmp_path: Path) -> None:
    data = read_matches(draw_release_of_2025(tmp_path), height=700)
    assert data.matches[0].videos[0].name == "720p.mp4"


def test_split_folders(tmp_path: Path) -> None:
    for split in ("train", "val", "test"):
        write_game(tmp_path / split / LEAGUE / f"of {split}", [annotation(1, "PASS")])
    data = read_matches(tmp_path)
    assert {match.name: match.split for match in data.matches} == {
        f"{LEAGUE}/of train": "train", f"{LEAGUE}/of val": "valid", f"{LEAGUE}/of test": "test",
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        [GAME], [{"video": GAME, "num_frames": 3}], {"england_efl": {"2019-2020": ["game a"]}},
        [f"{GAME}/"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["test.json", "BallTest.json"])
def test_split_files_of_all_kinds(tmp_path: Path, content: object, file: str) -> None:
    write_game(tmp_path / GAME, [annotation(1, "PASS")])
    (tmp_path / file).write_text(json.dumps(content))
    data = read_matches(tmp_path)
    assert [(match.name, match.split) for match in data.matches] == [(GAME, "test")]
    assert data.faults == ()


def test_a_split_file_alone_gives_its_matches_alone(tmp_path: Path) -> None:
    root = draw_release_of_2025(tmp_path)
    (root / GAME / "Labels-ball.json").write_text("broken, but of another split")
    data = read_matches(root / "test.json")
    assert [(match.name[-1], match.split) for match in data.matches] == [("c", "test")]
    assert (data.classes, data.faults) == (CLASSES, ())


def test_what_tests_does_not_teach(tmp_path: Path) -> None:
    write_game(tmp_path / "game a", [annotation(1, "PASS")])
    write_split(tmp_path, "train", ["game a"])
    write_split(tmp_path, "test", ["game a"])
    data = read_matches(tmp_path)
    assert [match.split for match in data.matches] == ["test"]
    assert data.faults[0].reason == "lists game a, which test.json lists too; it counts for test"


def test_a_game_in_two_split_folders_counts_once(tmp_path: Path) -> None:
    for split in ("test", "train"):
        write_game(tmp_path / split / "game a", [annotation(1, "PASS")])
    data = read_matches(tmp_path)
    assert [match.split for match in data.matches] == ["test"]
    assert data.faults[0].path == tmp_path / "train" / "game a"
    assert data.faults[0].reason == "lies in test/game a too; that one counts"


def test_a_listed_game_that_is_not_there_is_named(tmp_path: Path) -> None:
    write_game(tmp_path / "game a", [annotation(1, "PASS")])
    write_split(tmp_path, "train", ["game a", "game z"])
    (fault,) = read_matches(tmp_path).faults
    assert fault.path.name == "train.json"
    assert fault.reason == "lists game z, but no folder of that game is there; left out"


def test_odd_rows_of_a_split_file_are_named(tmp_path: Path) -> None:
    write_game(tmp_path / "game a", [annotation(1, "PASS")])
    (tmp_path / "train.json").write_text(json.dumps(["game a", 3, {"num_frames": 2}]))
    data = read_matches(tmp_path)
    assert [match.split for match in data.matches] == ["train"]
    assert [fault.place for fault in data.faults] == ["row 2", "row 3"]


def test_a_broken_split_file_is_named(tmp_path: Path) -> None:
    write_game(tmp_path / "game a", [annotation(1, "PASS")])
    (tmp_path / "train.json").write_text("[")
    data = read_matches(tmp_path)
    assert len(data.matches) == 1
    assert data.faults[0].reason.endswith("; not used")


def test_one_broken_game_does_not_stop_the_others(tmp_path: Path) -> None:
    root = draw_release_of_2025(tmp_path)
    broken = root / LEAGUE / "game b" / "Labels-ball.json"
    broken.write_text('{"annotations": [{')
    data = read_matches(root)
    assert [match.labelled for match in data.matches] == [False, True, True, False]
    (fault,) = data.faults
    assert fault.path == broken
    assert "is not valid JSON" in fault.reason
    assert fault.reason.endswith("its annotations are left out")


def test_a_second_half_without_a_video_of_its_own_is_named(tmp_path: Path) -> None:
    items = [annotation(1, "PASS"), annotation(2, "PASS", half=2)]
    write_game(tmp_path / "game a", items)
    data = read_matches(tmp_path)
    assert data.matches[0].events == (Event(1.0, "PASS"),)
    assert data.faults[0].reason == (
        "speaks of a second half, but 224p.mp4 is one video of the whole match; "
        "annotations of the second half left out: 1"
    )


@pytest.mark.parametrize(
    ("video", "reason"),
    [
        ("1_224p.mkv", "holds a video of the first half and none of the second"),
        ("2_224p.mkv", "holds a video of the second half and none of the first; it is not used"),
    ],
)
def test_a_missing_half_is_named(tmp_path: Path, video: str, reason: str) -> None:
    items = [annotation(1, "PASS"), annotation(2, "PASS", half=2)]
    write_game(tmp_path / "game a", items, [video])
    data = read_matches(tmp_path)
    assert len(data.matches[0].events) == 2
    assert [fault.reason for fault in data.faults] == [reason]


def test_one_game_is_called_by_its_annotations_or_its_folder(tmp_path: Path) -> None:
    folder = write_game(tmp_path / "game a", [annotation(1, "PASS")])
    assert read_matches(folder).matches[0].name == "game a"
    write_labels(folder / "Labels-ball.json", [annotation(1, "PASS")], name=f"{LEAGUE}/game a/")
    for path in (folder, folder / "Labels-ball.json"):
        (match,) = read_matches(path).matches
        assert match.name == GAME
        assert match.events == (Event(1.0, "PASS"),)
        assert [video.name for video in match.videos] == ["224p.mp4"]


def test_a_labels_file_of_any_name(tmp_path: Path) -> None:
    path = write_labels(tmp_path / "mine.json", [annotation(1, "SAVE")])
    (tmp_path / "mine.mov").touch()
    (match,) = read_matches(path).matches
    assert (match.name, match.videos) == ("mine", (tmp_path / "mine.mov",))


def test_the_ball_actions_come_before_the_other_labels(tmp_path: Path) -> None:
    folder = write_game(tmp_path / "game a", [annotation(1, "PASS")])
    write_labels(folder / "Labels-v2.json", [annotation(1, "Goal")])
    assert read_matches(folder).classes == ("PASS",)
    assert read_matches(folder / "Labels-v2.json").classes == ("Goal",)


def test_frame_lists(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    rows = [frame_row("a", [(50, "PASS"), (25, "OUT")]), frame_row("b", [], fps=None)]
    write_frame_list(tmp_path / "train.json", rows)
    write_frame_list(tmp_path / "val.json", [frame_row("c", [(3, "PASS")], fps=2.5)])
    data = read_matches(tmp_path)
    assert [(match.name, match.split) for match in data.matches] == [
        ("a", "train"), ("b", "train"), ("c", "valid"),
    ]  # fmt: skip
    assert data.matches[0].events == (Event(1.0, "OUT"), Event(2.0, "PASS"))
    assert data.matches[0].videos == (tmp_path / "a.mp4",)
    assert data.matches[2].events == (Event(1.2, "PASS"),)
    assert data.faults == ()
    assert read_matches(tmp_path / "train.json").matches == data.split("train")


def test_a_video_in_two_frame_lists_is_of_the_stricter_split(tmp_path: Path) -> None:
    for split in ("test", "train"):
        write_frame_list(tmp_path / f"{split}.json", [frame_row("a", [(1, "PASS")])])
    data = read_matches(tmp_path)
    assert [match.split for match in data.matches] == ["test"]
    assert "it counts for this one" in data.faults[0].reason
    assert data.faults[0].path.name == "test.json"


def test_a_folder_with_one_table_of_events(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("video,seconds,label\na.mp4,1.5,PASS\n")
    (tmp_path / "prices.csv").write_text("what,how much\n")
    (match,) = read_matches(tmp_path).matches
    assert match.events == (Event(1.5, "PASS"),)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("notes.txt", "hello", r"found the file .*notes\.txt\. Name one of these: a tree"),
        ("x.json", "{", r"x\.json, which is not valid JSON"),
        ("x.json", '{"a": 1}', "a JSON file of another kind"),
        ("x.json", "[]", "a JSON file of another kind"),
        ("test.json", '["game q"]', "no folder of any of them in"),
        ("x.csv", "a,b\n1,2\n", "a table with the columns video, seconds, label; found 'a,b'"),
    ],
)
def test_files_of_no_known_kind_are_refused(
    tmp_path: Path, file: str, content: str, message: str
) -> None:
    (tmp_path / file).write_text(content)
    with pytest.raises(UsageError, match=message):
        read_matches(tmp_path / file)


def test_a_folder_of_nothing_is_refused_with_the_known_layouts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"found none of them in .*SoccerNet.*E2E-Spot.*CSV"):
        read_matches(tmp_path)


def test_two_tables_are_one_too_many(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("video,seconds,label\n")
    with pytest.raises(UsageError, match="found 2 tables of events in"):
        read_matches(tmp_path)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found nothing at"):
        read_matches(tmp_path / "absent")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\n \n", "names no class; not used"), (b"\xff\xfe", "cannot be read .*; not used")],
)
def test_a_useless_list_of_classes_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    write_game(tmp_path / "game a", [annotation(1, "ZOOM"), annotation(2, "PASS")])
    (tmp_path / "class.txt").write_bytes(content)
    data = read_matches(tmp_path)
    assert data.classes == ("PASS", "ZOOM")
    with pytest.raises(ValueError, match=reason):
        raise ValueError(data.faults[0].reason)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    write_game(tmp_path / "deep" / "game a", [annotation(1, "PASS")])
    (tmp_path / "deep" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(read_matches(tmp_path).matches) == 1


def test_hidden_and_service_folders_are_passed_over(tmp_path: Path) -> None:
    for folder in ("game a", ".trash/game b", "__MACOSX/game c"):
        write_game(tmp_path / folder, [annotation(1, "PASS")])
    assert [match.name for match in read_matches(tmp_path).matches] == ["game a"]


def test_the_rendered_matches() -> None:
    data = read_matches(shared_data("matches"))
    assert [len(data.split(split)) for split in ("train", "valid", "test")] == [10, 3, 3]
    assert (data.classes, data.faults) == (BALL_CLASSES, ())
    assert all(match.videos[0].name == "224p.mp4" for match in data.matches)
    teams = {event.team for match in data.matches for event in match.events}
    assert {"left", "right"} <= teams


def test_real_annotations() -> None:
    data = read_matches(shared_data("soccernet-ball"))
    (match,) = data.matches
    assert match.name.startswith("england_efl/2019-2020/2019-10-01 - Stoke City")
    assert (len(match.events), data.classes, data.faults) == (1844, BALL_CLASSES, ())
    assert match.events[-1] == Event(6102.92, "HIGH PASS")
    assert (match.videos, match.labelled) == ((), True)
