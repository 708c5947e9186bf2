"""Proxies: the same grid, made once, made again when anything changed, never half made."""

import json
import os
from pathlib import Path

import pytest

from touchline.media.video.clips import read_clip
from touchline.media.video.facts import probe
from touchline.media.video.opening import UnreadableVideoError
from touchline.media.video.proxies import ProxySettings, prepare, proxy_path
from touchline.media.video.streaming import stream_frames
from touchline.media.video.writing import VideoWriter
from video_world import cut_off, number_of, write_video

SMALL = ProxySettings(height=24, width=40)


@pytest.fixture
def match(tmp_path: Path) -> Path:
    folder = tmp_path / "match-1"
    folder.mkdir()
    return write_video(folder / "224p.mp4", 61, options={"g": "250", "bf": "3"})


def test_a_proxy_has_the_frames_of_the_grid(match: Path, tmp_path: Path) -> None:
    proxy = prepare(match, tmp_path / "proxies", SMALL)
    assert (proxy.source, proxy.made, proxy.shortcomings) == (match, True, ())
    frames = list(stream_frames(proxy.path, 12.5, 24, 40))
    assert [number_of(frame.picture) for frame in frames] == list(range(0, 61, 2))
    clip = read_clip(proxy.path, 20, 15, 12.5, 24, 40)
    assert [number_of(picture) for picture in clip.frames[:11]] == list(range(40, 61, 2))
    assert clip.after == 4
    facts = probe(proxy.path)
    assert (facts.width, facts.height, facts.rate) == (40, 24, 12.5)


def test_its_width_follows_the_shape_of_the_video_as_shown(match: Path, tmp_path: Path) -> None:
    turned = write_video(tmp_path / "turned.mov", 3, degrees=90)
    for path, width in ((match, 40), (turned, 14)):
        facts = probe(prepare(path, tmp_path / "proxies", ProxySettings(height=24)).path)
        assert (facts.width, facts.height) == (width, 24)


def test_it_is_made_once(match: Path, tmp_path: Path) -> None:
    first = prepare(match, tmp_path / "proxies", SMALL)
    made = first.path.stat().st_mtime_ns
    again = prepare(match, tmp_path / "proxies", SMALL)
    assert (again.path, again.made) == (first.path, False)
    os.utime(match, ns=(1, 1))  # touched, not changed
    assert not prepare(match, tmp_path / "proxies", SMALL).made
    assert first.path.stat().st_mtime_ns == made


@pytest.mark.parametrize("change", ["settings", "video", "record", "nonsense", "list", "proxy"])
def test_it_is_made_again_when_anything_changed(match: Path, tmp_path: Path, change: str) -> None:
    proxy = prepare(match, tmp_path / "proxies", SMALL)
    record, wanted = proxy.path.with_suffix(".json"), SMALL
    if change == "settings":
        wanted = ProxySettings(height=24, width=40, gop=6)
    elif change == "video":
        write_video(match, 30)
    elif change == "record":
        record.unlink()
    elif change in ("nonsense", "list"):
        record.write_text({"nonsense": "{", "list": "[]"}[change])
    else:
        proxy.path.unlink()
    again = prepare(match, tmp_path / "proxies", wanted)
    assert again.made
    assert not prepare(match, tmp_path / "proxies", wanted).made


def test_a_video_changed_in_place_to_the_same_size_is_seen(match: Path, tmp_path: Path) -> None:
    proxy = prepare(match, tmp_path / "proxies", SMALL)
    content = bytearray(match.read_bytes())
    content[-1] ^= 1
    match.write_bytes(content)
    os.utime(match, ns=(1, 1))
    assert prepare(match, tmp_path / "proxies", SMALL).made
    assert json.loads(proxy.path.with_suffix(".json").read_text())["settings"]["height"] == 24


def test_an_interrupted_preparation_is_not_taken_for_a_finished_one(
    match: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = prepare(match, tmp_path / "proxies", SMALL)
    other = ProxySettings(height=24, width=40, gop=6)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(VideoWriter, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            prepare(match, tmp_path / "proxies", other)
    assert [path.name for path in (tmp_path / "proxies").iterdir()] == [proxy.path.name]
    assert prepare(match, tmp_path / "proxies", SMALL).made


def test_videos_of_one_name_have_proxies_of_their_own(tmp_path: Path) -> None:
    places = [tmp_path / "2019" / "m" / "224p.mp4", tmp_path / "2020" / "m" / "224p.mp4"]
    names = {proxy_path(place, tmp_path).name for place in places}
    assert len(names) == 2
    assert all(name.startswith("m-224p-") for name in names)


def test_a_broken_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(UnreadableVideoError, match=r"a\.mp4, which is no video"):
        prepare(tmp_path / "a.mp4", tmp_path / "proxies", ProxySettings(24))
    assert not (tmp_path / "proxies").exists()


def test_a_video_that_is_gone_is_refused_and_its_proxy_kept(match: Path, tmp_path: Path) -> None:
    proxy = prepare(match, tmp_path / "proxies", SMALL)
    match.rename(tmp_path / "elsewhere.mp4")
    with pytest.raises(UnreadableVideoError, match=r"no file .*224p\.mp4"):
        prepare(match, tmp_path / "proxies", SMALL)
    (tmp_path / "elsewhere.mp4").rename(match)
    assert not prepare(match, tmp_path / "proxies", SMALL).made
    assert proxy.path.is_file()


def test_the_shortcomings_of_a_video_are_kept(tmp_path: Path) -> None:
    path = cut_off(
        write_video(tmp_path / "b.mp4", 250, container_options={"movflags": "+faststart"}), 0.6
    )
    proxy = prepare(path, tmp_path / "proxies", SMALL)
    assert proxy.shortcomings[-1].startswith("It ends at ")
