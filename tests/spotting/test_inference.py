"""Rows do not depend on batches, on where windows lie, on where one begins, or on being live."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from random_spotters import (
    CPU,
    FINITE,
    KINDS,
    random_frames,
    random_network,
    random_spotter,
    remuxed,
    small_config,
    without_confidence,
)
from touchline.media.video import streaming
from touchline.spotting import inference
from touchline.spotting.events import Event
from touchline.spotting.inference import Columns, prepare_scorer, score_rows
from touchline.spotting.model import TrainedSpotter
from touchline.spotting.networks.heads import Outputs
from touchline.spotting.networks.spotter import Spotter
from touchline.spotting.peaks.picking import pick_events
from touchline.spotting.peaks.streaming import StreamingPeaks
from touchline.spotting.predict import blocks_of_rows, push
from video_world import write_video

STEPS = 100
CLOSE = {"atol": 1e-5, "rtol": 0}
Offline = Callable[[str], np.ndarray]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred frames, 25 a second."""
    return write_video(tmp_path_factory.mktemp("video") / "numbers.mp4", STEPS, size=(32, 48))


def rows_of(spotter: TrainedSpotter, video: Path, first: int = 0, **how: bool) -> np.ndarray:
    blocks = list(blocks_of_rows(spotter, video, first, **how))
    return np.concatenate([np.zeros((0, spotter.scorer.columns.count), np.float32), *blocks])


@pytest.fixture(scope="module")
def offline(video: Path) -> Offline:
    """The rows of the video by the spotter of a kind, worked out once."""
    return cache(lambda kind: rows_of(random_spotter(kind), video))


def events_in(spotter: TrainedSpotter, rows: np.ndarray) -> list[Event]:
    columns = spotter.scorer.columns.split(rows)
    return list(pick_events(*columns, spotter.classes, spotter.frames.rate, spotter.peaks))


def assert_same_events(spotter: TrainedSpotter, one: np.ndarray, other: np.ndarray) -> None:
    np.testing.assert_allclose(one, other, **CLOSE)
    ours, theirs = events_in(spotter, one), events_in(spotter, other)
    assert len(ours) >= 3
    assert without_confidence(ours) == without_confidence(theirs)


@EVERY_KIND
@pytest.mark.parametrize("encoded_at_once", [7, 1000])
def test_the_encoders_batch_changes_no_event(
    kind: str, encoded_at_once: int, video: Path, offline: Offline
) -> None:
    spotter, expected = random_spotter(kind), offline(kind)
    assert expected.shape == (STEPS, spotter.scorer.columns.count)
    found = rows_of(random_spotter(kind, encoded_at_once), video)
    assert_same_events(spotter, found, expected)


@pytest.mark.parametrize("kind", FINITE)
@pytest.mark.parametrize("decided_at_once", [17, 64])
def test_where_the_windows_of_the_time_model_lie_changes_no_event(
    kind: str, decided_at_once: int, video: Path, offline: Offline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    spotter, expected = random_spotter(kind), offline(kind)  # in one window
    monkeypatch.setattr(inference, "STEPS_OF_A_FILE", decided_at_once)
    assert_same_events(spotter, rows_of(spotter, video), expected)


@EVERY_KIND
def test_the_rows_are_those_of_the_whole_video_at_once(kind: str) -> None:
    """What nothing cuts up: every frame encoded together, every step decided together."""
    spotter = random_spotter(kind)
    frames, network = random_frames(spotter, 40), random_network(small_config(*KINDS[kind]))
    with torch.no_grad():
        expected = score_rows(network(frames[None]))[0]
    scorer = spotter.scorer
    features = list(scorer.features(frames))
    with torch.no_grad():
        encoded = network.encode(frames[None])[0]
    scale = encoded.abs().max()
    torch.testing.assert_close(torch.stack(features) / scale, encoded / scale, atol=1e-5, rtol=0)
    if kind in FINITE:
        torch.testing.assert_close(torch.stack(list(scorer.rows(features))), expected, **CLOSE)


@EVERY_KIND
@pytest.mark.parametrize("first", [23, 50, 300])
def test_begun_anywhere_the_rows_are_the_same_bits(
    kind: str, first: int, video: Path, offline: Offline
) -> None:
    found = rows_of(random_spotter(kind), video, first)
    assert np.array_equal(found, offline(kind)[first:])


@EVERY_KIND
def test_a_live_video_has_the_events_of_its_recording(
    kind: str, video: Path, offline: Offline
) -> None:
    spotter = random_spotter(kind)
    assert_same_events(spotter, rows_of(spotter, video, live=True), offline(kind))


@EVERY_KIND
def test_live_rows_come_within_the_delay_that_is_stated(kind: str) -> None:
    spotter = random_spotter(kind)
    scorer, shown = spotter.scorer, 0

    def arriving() -> object:
        nonlocal shown
        for frame in random_frames(spotter, STEPS):
            shown += 1
            yield frame

    longest = 0
    rows = scorer.rows(scorer.features(arriving()), live=True)
    for number, _ in enumerate(rows):
        longest = max(longest, shown - 1 - number)
    assert number == STEPS - 1
    assert longest <= scorer.live_delay
    assert scorer.live_delay < 4 * STEPS


@pytest.mark.parametrize("kind", ["lstm", "stacks-sgp"])
def test_an_open_pipe_has_the_rows_of_the_file(kind: str, video: Path, tmp_path: Path) -> None:
    spotter = random_spotter(kind)
    streamable = remuxed(video, tmp_path / "live.mkv")
    reading, writing = os.pipe()

    def send() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(streamable.read_bytes())

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(reading, "rb") as pipe:
        found = np.concatenate(list(blocks_of_rows(spotter, pipe, live=True)))
    sender.join()
    assert np.array_equal(found, rows_of(spotter, streamable, live=True))


@pytest.mark.parametrize("kind", ["lstm", "tcn-displacement", "sgp-relative"])
def test_each_frame_is_decoded_once_and_encoded_once(
    kind: str, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    spotter = random_spotter(kind)
    encode, picture = Spotter.encode, streaming.Scaler.picture

    def counting_encode(self: Spotter, frames: torch.Tensor) -> torch.Tensor:
        counted["encoded"] += frames.shape[0] * frames.shape[1]
        return encode(self, frames)

    def counting_picture(self: streaming.Scaler, frame: object) -> torch.Tensor:
        counted["pictures"] += 1
        return picture(self, frame)

    monkeypatch.setattr(Spotter, "encode", counting_encode)
    monkeypatch.setattr(streaming.Scaler, "picture", counting_picture)
    assert len(rows_of(spotter, video)) == STEPS
    assert counted == {"encoded": STEPS, "pictures": STEPS}


@pytest.mark.parametrize("kind", ["stacked-colour", "gate-shift", "stacks-lstm"])
def test_encoders_that_see_neighbours_take_them_along_and_no_more(kind: str, video: Path) -> None:
    spotter = random_spotter(kind)
    seen: list[int] = []
    encoder = spotter.scorer.network.encoder
    hook = encoder.register_forward_hook(lambda _, given, __: seen.append(given[0].shape[1]))
    rows_of(spotter, video)
    hook.remove()
    assert max(seen) <= spotter.scorer.encoded_at_once + 2 * (encoder.reach + encoder.multiple)
    assert sum(seen) <= 2.2 * STEPS


@pytest.mark.parametrize("length", [1, 2, 4, 100])
@pytest.mark.parametrize("kind", ["stacks-lstm", "stacks-sgp", "sgp-relative"])
def test_videos_need_not_be_of_whole_blocks(kind: str, length: int) -> None:
    spotter = random_spotter(kind)
    scorer = spotter.scorer
    rows = list(scorer.rows(scorer.features(random_frames(spotter, length))))
    assert len(rows) == length
    assert torch.isfinite(torch.stack(rows)).all()


def test_the_last_frame_fills_the_last_block() -> None:
    spotter = random_spotter("stacks-lstm")
    network, frames = spotter.scorer.network, random_frames(spotter, 5)
    filled = torch.cat([frames, frames[-1:]])
    with torch.no_grad():
        assert torch.equal(network.encode(frames[None]), network.encode(filled[None])[:, :5])


def test_a_block_is_one_row_where_live_and_many_in_a_file(video: Path) -> None:
    spotter = random_spotter("none")
    assert {len(block) for block in blocks_of_rows(spotter, video, live=True)} == {1}
    assert [len(block) for block in blocks_of_rows(spotter, video)] == [STEPS]


def test_pushed_in_blocks_the_events_are_those_of_the_whole(video: Path) -> None:
    spotter = random_spotter("lstm-displacement")
    rows = rows_of(spotter, video)
    peaks = StreamingPeaks(spotter.classes, spotter.frames.rate, spotter.peaks)
    parts = [
        event for block in np.split(rows, [3, 40, 41]) for event in push(spotter, peaks, block)
    ]
    assert [*parts, *peaks.finish()] == events_in(spotter, rows)


def test_the_network_given_is_left_as_it_is() -> None:
    config = small_config()
    network = random_network(config).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    prepare_scorer(network, config, CPU, torch.bfloat16)
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_in_bf16_only_the_encoder_is_rounded() -> None:
    config = small_config()
    network = random_network(config)
    scorer = prepare_scorer(network, config, CPU, torch.bfloat16)
    assert {p.dtype for p in scorer.network.encoder.parameters()} == {torch.bfloat16}
    assert {p.dtype for p in scorer.network.time.parameters()} == {torch.float32}
    spotter = random_spotter("lstm")
    feature = next(iter(scorer.features(random_frames(spotter, 3))))
    assert feature.dtype == torch.float32


def test_columns_are_classes_then_offset_then_team() -> None:
    rows = np.arange(12.0).reshape(2, 6)
    classes, offset, team = Columns(3, offset=True, team=True).split(rows)
    assert classes.tolist() == [[0, 1, 2], [6, 7, 8]]
    assert offset is not None
    assert team is not None
    assert (offset.tolist(), team.tolist()) == ([3, 9], [[4, 5], [10, 11]])
    assert Columns(6, offset=False, team=False).split(rows)[1:] == (None, None)
    assert Columns(4, offset=False, team=True).split(rows)[1] is None
    assert Columns(2, offset=False, team=False).count == 2
    assert Columns(2, offset=True, team=True).count == 5


def test_rows_are_probabilities_without_the_background() -> None:
    logits = torch.tensor([[[0.0, np.log(3.0), 0.0]]])
    outputs = Outputs(logits, torch.tensor([[1.5]]), torch.tensor([[[0.0, np.log(4.0)]]]))
    torch.testing.assert_close(score_rows(outputs), torch.tensor([[[0.6, 0.2, 1.5, 0.2, 0.8]]]))
    assert score_rows(Outputs(logits)).shape == (1, 1, 2)
