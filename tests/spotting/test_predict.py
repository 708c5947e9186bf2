"""A video in, its events out; with the tracks of players and ball where a spotter looks at them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from random_spotters import CPU, random_spotter, small_config
from touchline.errors import UsageError
from touchline.runs import open_run
from touchline.spotting.inference import prepare_scorer
from touchline.spotting.model import TrainedSpotter
from touchline.spotting.networks.spotter import build_spotter
from touchline.spotting.predict import blocks_of_rows, predict
from touchline.spotting.track_source import track_source
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.features import FEATURE_NAMES
from video_world import cut_off, write_video

STEPS = 30


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "v.mp4", STEPS, size=(32, 48))


class Walking:
    """Sees one player, who walks to the right, and never a ball."""

    fingerprint = "walking"

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        found = []
        for _ in frames:
            box = np.array([[self.seen, 8, self.seen + 8, 24]], np.float32)
            found.append(Detections(box, np.ones(1, np.float32), np.zeros(1, bool)))
            self.seen += 1
        return found


@pytest.fixture
def with_tracks(monkeypatch: pytest.MonkeyPatch) -> TrainedSpotter:
    monkeypatch.setattr("touchline.spotting.track_source._detector", lambda _settings: Walking())
    words = ("time.kind=tcn", "tracks.detector=yolox", "tracks.weights=a.onnx")
    config = small_config(*words)
    network = build_spotter(config, ("PASS", "SHOT"), team=True).eval()
    scorer = prepare_scorer(network, config, CPU, torch.float32)
    return replace(
        random_spotter("lstm"),
        scorer=scorer,
        config=config,
        tracks=track_source(config.tracks, config.frames.rate),
    )


def rows_of(spotter: TrainedSpotter, video: Any, first: int = 0) -> np.ndarray:
    return np.concatenate(list(blocks_of_rows(spotter, video, first)))


def test_tracks_stand_beside_the_frames_of_their_step(
    with_tracks: TrainedSpotter, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLINE_CACHE", str(tmp_path / "cache"))
    assert with_tracks.tracks is not None
    table = with_tracks.tracks.features(video)
    assert table.shape == (STEPS, len(FEATURE_NAMES))
    assert len(torch.unique(table[:, FEATURE_NAMES.index("mean_x")])) == STEPS
    network = with_tracks.scorer.network
    shown: list[Tensor] = []
    assert network.tracks is not None
    network.tracks.register_forward_hook(lambda _, given, __: shown.append(given[0][0]))
    rows = rows_of(with_tracks, video)
    assert torch.equal(torch.cat(shown), table)
    assert np.array_equal(rows_of(with_tracks, video, 20), rows[20:])


def test_beyond_the_last_track_it_is_repeated(with_tracks: TrainedSpotter) -> None:
    class Short:
        def features(self, _video: Path) -> Tensor:
            return torch.tensor([[1.0], [2.0]])

    spotter = replace(with_tracks, tracks=Short())  # type: ignore[arg-type]
    rows = spotter.with_tracks(iter(torch.zeros(3, 1)), Path("v"), 1)
    assert [row.tolist() for row in rows] == [[0, 2], [0, 2], [0, 2]]


def test_a_live_source_has_no_tracks(with_tracks: TrainedSpotter, video: Path) -> None:
    with (
        video.open("rb") as stream,
        pytest.raises(
            UsageError, match=r"this run looks at tracks of the whole video; .*Record it"
        ),
    ):
        rows_of(with_tracks, stream)


def test_a_cut_off_video_has_the_rows_of_what_is_there(tmp_path: Path) -> None:
    spotter, told = random_spotter("none"), list[str]()
    whole = write_video(tmp_path / "v.mkv", 100, size=(32, 48), options={"g": "5"})
    expected = rows_of(spotter, whole)
    blocks = blocks_of_rows(spotter, cut_off(whole, 0.6), tell=told.append)
    rows = np.concatenate(list(blocks))
    assert 5 < len(rows) < 70
    assert np.array_equal(rows[:-2], expected[: len(rows) - 2])
    assert len(told) == 1
    assert "s of the 4.0 s that its header claims" in told[0]


@pytest.mark.parametrize(("name", "found"), [("gone.mp4", "no file"), (".", "the folder")])
def test_what_is_no_video_is_refused_at_once(name: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"Wanted a video; found {found} {tmp_path}"):
        blocks_of_rows(random_spotter("none"), tmp_path / name)


def test_videos_are_predicted_one_by_one(spotter_run: Path, matches: Path) -> None:
    def videos() -> Iterator[Path]:
        yield matches / "game c" / "224p.mp4"
        asked.append("second")
        yield matches / "game d" / "224p.mp4"

    asked = list[str]()
    found = predict(open_run(spotter_run), videos())
    first = next(found)
    assert (first.video.parent.name, asked) == ("game c", [])
    assert [event.seconds for event in first.events] == sorted(e.seconds for e in first.events)
    assert next(found).events != first.events
    assert next(found, None) is None
