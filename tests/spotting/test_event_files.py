from pathlib import Path

import pytest

from touchline.spotting.event_files import event_files_beside, videos_of


@pytest.mark.parametrize(
    ("file", "videos", "found"),
    [
        ("/a/x.json", ["/a/x.mp4", "/a/y.mp4"], ["/a/x.mp4"]),
        ("/a/z.json", ["/a/x.mp4"], ["/a/x.mp4"]),
        ("/a/z.json", ["/a/x.mp4", "/a/y.mp4"], []),
        ("/a/L.json", ["/a/1_224p.mkv", "/a/2_224p.mkv"], ["/a/1_224p.mkv", "/a/2_224p.mkv"]),
        ("/b/z.json", ["/a/x.mp4"], ["/a/x.mp4"]),
        ("/b/y.json", ["/a/x.mp4", "/a/y.mp4"], ["/a/y.mp4"]),
        ("/runs/y/results_spotting.json", ["/a/x.mp4", "/a/y.mp4"], ["/a/y.mp4"]),
        ("/runs/g/results_spotting.json", ["/f/x.mp4", "/g/y.mp4"], ["/g/y.mp4"]),
        ("/b/z.json", [], []),
    ],
)  # fmt: skip
def test_the_videos_that_a_file_speaks_of(file: str, videos: list[str], found: list[str]) -> None:
    assert videos_of(Path(file), [Path(video) for video in videos]) == [Path(f) for f in found]


def test_files_beside_a_video(tmp_path: Path) -> None:
    for name in ("game.mp4", "game.json", "game.csv", "Labels-ball.json", "results_spotting.json",
                 "other.json", "game.txt", "Labels.csv"):  # fmt: skip
        (tmp_path / name).touch()
    found = [path.name for path in event_files_beside(tmp_path / "game.mp4")]
    assert found == ["Labels-ball.json", "game.csv", "game.json", "results_spotting.json"]
    (tmp_path / "second.mp4").touch()
    assert [path.name for path in event_files_beside(tmp_path / "game.mp4")] == [
        "game.csv", "game.json"
    ]  # fmt: skip


def test_beside_a_video_whose_folder_is_gone_lies_nothing(tmp_path: Path) -> None:
    assert event_files_beside(tmp_path / "gone" / "game.mp4") == []
