"""Which of a game's files are its videos."""

from pathlib import Path

import pytest

from touchline.spotting.annotations.videos import game_videos, videos_named


def folder_of(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


@pytest.mark.parametrize(
    ("files", "height", "chosen"),
    [
        (["720p.mp4", "224p.mp4", "1080p.mkv"], None, ["224p.mp4"]),
        (["720p.mp4", "224p.mp4", "1080p.mkv"], 800, ["720p.mp4"]),
        (["720p.mp4", "224p.mp4", "1080p.mkv"], 5000, ["1080p.mkv"]),
        (["300p.mp4", "500p.mp4"], 400, ["300p.mp4"]),
        (["1_224p.mkv", "2_720p.mkv"], None, ["1_224p.mkv", "2_720p.mkv"]),
        (["1_720p.mkv", "1_224p.mkv", "2_720p.mkv"], 720, ["1_720p.mkv", "2_720p.mkv"]),
        (["1_224p.mkv", "2_224p.mkv", "720p.mp4"], None, ["720p.mp4"]),
        (["1_224p.mkv"], None, ["1_224p.mkv"]),
        (["2_224p.mkv"], None, []),
        (["my match.mov"], None, ["my match.mov"]),
        (["a.mp4", "b.mp4"], None, []),
        (["notes.txt", "frame0.jpg"], None, []),
        ([], None, []),
    ],
)  # fmt: skip
def test_videos_of_a_game(
    tmp_path: Path, files: list[str], height: int | None, chosen: list[str]
) -> None:
    found = game_videos(folder_of(tmp_path, *files), height)
    assert [path.name for path in found] == chosen


def test_halves_are_taken_where_annotations_speak_of_two(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "224p.mp4", "1_224p.mkv", "2_224p.mkv")
    assert [path.name for path in game_videos(folder, in_halves=True)] == [
        "1_224p.mkv", "2_224p.mkv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "name", "found"),
    [
        (["a.mp4"], "a", ["a.mp4"]),
        (["a.mkv"], "a.mkv", ["a.mkv"]),
        (["videos/clips/a.mp4"], "clips/a", ["videos/clips/a.mp4"]),
        (["a.b.mp4"], "a.b", ["a.b.mp4"]),
        (["g/224p.mp4", "g/720p.mp4"], "g", ["g/224p.mp4"]),
        (["g/1_224p.mkv", "g/2_224p.mkv"], "g/2", ["g/2_224p.mkv"]),
        (["g/224p.mp4"], "g/2", []),
        (["other.mp4"], "a", []),
    ],
)
def test_videos_are_found_by_name(
    tmp_path: Path, files: list[str], name: str, found: list[str]
) -> None:
    videos = videos_named(folder_of(tmp_path, *files), name)
    assert [path.relative_to(tmp_path).as_posix() for path in videos] == found
