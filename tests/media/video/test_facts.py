"""What a header says, how the picture is shown, and the truth."""

from fractions import Fraction
from pathlib import Path

import pytest

from touchline.media.video.facts import count_frames, probe
from video_world import cut_off, write_video

CLIPS = Path(__file__).parents[4] / "shared" / "data" / "clips"


def test_the_facts_of_a_plain_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", rate=Fraction(30000, 1001))
    facts = probe(path)
    assert (facts.path, facts.width, facts.height, facts.codec) == (path, 80, 48, "h264")
    assert facts.rate == pytest.approx(29.97002997)
    assert facts.seconds == pytest.approx(50 * 1001 / 30000, abs=1e-3)
    assert (facts.claimed_frames, facts.rotation, facts.varies) == (50, 0, False)
    assert count_frames(path) == 50


@pytest.mark.parametrize(("degrees", "rotation", "shape"), [
    (90, 270, (48, 80)), (180, 180, (80, 48)), (-90, 90, (48, 80)),
])  # fmt: skip
def test_a_turned_phone_video_is_measured_upright(
    tmp_path: Path, degrees: int, rotation: int, shape: tuple[int, int]
) -> None:
    facts = probe(write_video(tmp_path / "a.mov", 3, degrees=degrees))
    assert (facts.rotation, (facts.width, facts.height)) == (rotation, shape)


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 3, options={"x264-params": "sar=16/11"})
    assert (probe(path).width, probe(path).height) == (round(80 * 16 / 11), 48)


def test_a_varying_rate_is_seen_where_the_file_has_an_index(tmp_path: Path) -> None:
    times = [0, 40, 80, 200, 220, 240, 260, 500]
    assert probe(write_video(tmp_path / "a.mp4", 8, milliseconds=times)).varies is True
    assert probe(write_video(tmp_path / "a.mkv", 8, milliseconds=times)).varies is None


def test_what_a_raw_stream_does_not_say(tmp_path: Path) -> None:
    facts = probe(write_video(tmp_path / "a.h264"))
    assert (facts.seconds, facts.claimed_frames, facts.varies) == (None, 0, None)
    assert facts.rate == 25


def test_a_cut_file_claims_more_than_it_holds(tmp_path: Path) -> None:
    fast_start = {"movflags": "+faststart"}
    path = write_video(tmp_path / "a.mp4", 100, container_options=fast_start)
    cut_off(path, 0.8)
    assert probe(path).claimed_frames == 100
    assert 10 < count_frames(path) < 95


@pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared broadcast clips are not here")
@pytest.mark.parametrize(("name", "shape", "rate", "claimed", "held"), [
    ("broadcast-a.mp4", (540, 960), 25, 149, 149),
    ("broadcast-b.mp4", (848, 478), 25.0247, 169, 169),
    ("broadcast-c.mp4", (1280, 720), 29.97, 772, 630),
])  # fmt: skip
def test_real_broadcast(
    name: str, shape: tuple[int, int], rate: float, claimed: int, held: int
) -> None:
    facts = probe(CLIPS / name)
    assert (facts.width, facts.height) == shape
    assert facts.rate == pytest.approx(rate, abs=1e-3)
    assert (facts.claimed_frames, count_frames(CLIPS / name)) == (claimed, held)
