"""Small copies of match videos, and what they gain."""

import json
from pathlib import Path

import pytest

from match_videos import draw_game
from match_world import write_game
from touchline.errors import UsageError
from touchline.spotting.config import FrameSettings
from touchline.spotting.preparing import prepare_videos, videos_in
from video_world import spoil, write_video

FRAMES = FrameSettings(height=32, width=48, rate=12.5)


def test_copies_are_made_once_and_measured_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for game in ("a", "b"):
        draw_game(data / game, seed=1, seconds=3)
    found = prepare_videos([data], tmp_path / "out", FRAMES, steps=10)
    assert [proxy.source.parent.name for proxy in found.proxies] == ["a", "b"]
    assert found.problems == ()
    assert found.speed is not None
    assert (found.speed.video > 0, found.speed.proxy > 0) == (True, True)
    first, second = found.describe().splitlines()
    assert first == "2 copies made, 0 were there already"
    assert second.startswith("random clips a second: ")
    facts = json.loads(json.dumps(found.as_dict()))
    assert set(facts["clips_per_second"]) == {"video", "proxy"}
    again = prepare_videos([data], tmp_path / "out", FRAMES, steps=10)
    assert again.describe() == "0 copies made, 2 were there already"
    assert again.as_dict()["clips_per_second"] is None
    assert again.as_dict()["proxies"] == facts["proxies"]


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = write_video(tmp_path / "good.mp4", 30)
    spoilt = spoil(write_video(tmp_path / "spoilt.mp4", 50), 0.5)
    (tmp_path / "text.mp4").write_text("no video")
    found = prepare_videos(
        [tmp_path / "text.mp4", good, spoilt, tmp_path / "gone.mkv"], tmp_path / "out", FRAMES, 5
    )
    assert [proxy.source for proxy in found.proxies] == [good, spoilt]
    reasons: dict[str, str] = {}
    for path, reason in found.problems:
        reasons.setdefault(path.name, reason)
    assert set(reasons) == {"text.mp4", "spoilt.mp4", "gone.mkv"}
    assert "which is no video" in reasons["text.mp4"]
    assert reasons["gone.mkv"].startswith("no file ")
    assert f"left out: {tmp_path / 'text.mp4'}: " in found.describe()


def test_odd_sides_are_rounded_up_for_the_codec(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", 10)
    found = prepare_videos([video], tmp_path / "out", FrameSettings(height=33, width=47), 5)
    assert found.problems == ()
    assert found.proxies[0].made


def test_videos_are_those_named_and_those_of_data(tmp_path: Path) -> None:
    write_game(tmp_path / "data" / "game a", [], ("1_224p.mkv", "2_224p.mkv"))
    write_game(tmp_path / "data" / "game b", None)
    found = videos_in([tmp_path / "own.MP4", tmp_path / "data"])
    assert [path.name for path in found] == ["own.MP4", "1_224p.mkv", "2_224p.mkv", "224p.mp4"]


def test_no_videos_are_refused(tmp_path: Path) -> None:
    write_game(tmp_path / "data" / "game a", [], ())
    with pytest.raises(UsageError, match=r"videos to copy; found none in .*Name video files"):
        videos_in([tmp_path / "data"])
    with pytest.raises(UsageError, match="nothing at"):
        videos_in([tmp_path / "nowhere"])
