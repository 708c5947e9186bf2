"""Batches of clips and their targets."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from random_spotters import small_config
from touchline.errors import UsageError
from touchline.spotting.clips import ClipPlace
from touchline.spotting.config import SpottingConfig
from touchline.spotting.events import Event
from touchline.spotting.examples import (
    Batch,
    Clip,
    Examples,
    augmentation_of,
    cut,
    features_of_clips,
    mixed,
    pixels_of_clips,
    stacked,
)
from touchline.spotting.footage import Footage
from touchline.spotting.targets import clip_targets
from touchline.spotting.tracks.features import FEATURE_NAMES, mirror_features
from video_world import number_of, write_video

CLASSES = (("PASS", "SHOT"),)
STILL = (
    "augment.brightness=0", "augment.contrast=0", "augment.saturation=0", "augment.hue=0",
    "clips.steps=6", "clips.batch_size=2", "clips.per_epoch=8", "clips.dilation=0",
)  # fmt: skip
EVENTS = (Event(0.4, "PASS", team="left"), Event(1.6, "SHOT", team="right"))
FRAMES = 50


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> list[Footage]:
    """Two seconds at 25 frames a second, every frame of which carries its number."""
    path = write_video(tmp_path_factory.mktemp("numbers") / "v.mp4", FRAMES, size=(48, 80))
    return [Footage("m", 1, path, EVENTS, 2.0)]


def config_for(*words: str) -> SpottingConfig:
    return small_config(*STILL, "frames.height=48", "frames.width=80", *words)


def place(first: int, *, mirrored: bool = False) -> ClipPlace:
    return ClipPlace(0, first, mirrored, (0,))


def numbers_in(clip: Tensor) -> list[int]:
    return [number_of(picture) for picture in clip]


def examples_of(footage: Sequence[Footage], config: SpottingConfig) -> Examples:
    show = pixels_of_clips(footage, None, config, "rgb")
    return Examples(footage, CLASSES, (0,) * len(footage), config, show, config.augment.mirror)


def test_a_clip_shows_the_frames_of_its_place(footage: list[Footage]) -> None:
    show = pixels_of_clips(footage, None, config_for(), "rgb")
    pixels, tracks = show(place(17))
    assert numbers_in(pixels) == [17, 18, 19, 20, 21, 22]
    assert (pixels.dtype, pixels.shape, tracks) == (torch.uint8, (6, 3, 48, 80), None)
    assert pixels_of_clips(footage, None, config_for(), "gray")(place(0))[0].shape[1] == 1


def test_beyond_the_end_of_a_video_it_is_black(footage: list[Footage]) -> None:
    pixels, _ = pixels_of_clips(footage, None, config_for(), "rgb")(place(FRAMES - 2))
    assert numbers_in(pixels[:2]) == [48, 49]
    assert pixels[2:].max() == 0


def test_mirrored_clips_swap_pixels_tracks_and_sides(footage: list[Footage]) -> None:
    tracks = torch.randn(FRAMES, len(FEATURE_NAMES))
    config = config_for()
    show = pixels_of_clips(footage, [tracks], config, "rgb")
    pixels, followed = show(place(5))
    mirrored, turned = show(place(5, mirrored=True))
    assert torch.equal(mirrored, pixels.flip(-1))
    assert turned is not None
    assert followed is not None
    assert torch.equal(followed, tracks[5:11])
    assert torch.equal(turned, mirror_features(tracks[5:11]))
    assert not torch.equal(turned, followed)


def test_the_targets_are_those_of_the_frames_shown(footage: list[Footage]) -> None:
    """Step 10 is a pass of the left team, step 40 a shot of the right one."""
    config = config_for("clips.per_epoch=40", "augment.mirror=true", "clips.event_share=1")
    seen = set()
    for batch in examples_of(footage, config).batches(0):
        for clip, classes, team in zip(
            batch.shown, batch.targets.classes, batch.targets.team, strict=True
        ):
            numbers = numbers_in(clip)
            turned = numbers[0] >= FRAMES
            if turned:
                numbers = numbers_in(clip.flip(-1))
            steps = {10: (1, "left"), 40: (2, "right")}
            for row, number in enumerate(numbers):
                label, side = steps.get(number, (0, ""))
                assert classes[row].argmax() == label
                expected = {"left": [1.0, 0.0], "right": [0.0, 1.0], "": [0.0, 0.0]}[side]
                assert team[row].tolist() == (expected[::-1] if turned else expected)
                seen.add((label, turned))
    assert seen == {(label, turned) for label in (0, 1, 2) for turned in (False, True)}


def test_an_epoch_is_the_same_again_and_the_next_another(footage: list[Footage]) -> None:
    config = config_for("augment.brightness=0.5", "augment.camera_motion=0.1")
    examples = examples_of(footage, config)
    first, again, other = (list(examples.batches(epoch)) for epoch in (0, 0, 1))
    assert len(first) == examples.steps_per_epoch == 4
    assert all(torch.equal(a.shown, b.shown) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a.shown, b.shown) for a, b in zip(first, other, strict=True))
    assert {batch.shown.shape for batch in first} == {(2, 6, 3, 48, 80)}


def test_features_of_clips_are_cut_and_parted() -> None:
    plain, turned = torch.arange(40.0).reshape(10, 4), -torch.arange(40.0).reshape(10, 4)
    show = features_of_clips([plain], [turned], steps=3, width=3)
    features, tracks = show(place(8))
    assert features.tolist() == [[32, 33, 34], [36, 37, 38], [36, 37, 38]]
    assert tracks is not None
    assert tracks.tolist() == [[35], [39], [39]]
    assert torch.equal(show(place(2, mirrored=True))[0], turned[2:5, :3])
    assert features_of_clips([plain], [], steps=3, width=4)(place(0))[1] is None


@pytest.mark.parametrize(
    ("first", "expected"), [(0, [0, 1, 2]), (3, [3, 4, 4]), (9, [4, 4, 4]), (-2, [0, 0, 0])]
)
def test_beyond_their_ends_rows_are_repeated(first: int, expected: list[int]) -> None:
    assert cut(torch.arange(5), first, 3).tolist() == expected


def batch_of_two(*, tracks: bool = True) -> Batch:
    clips = [
        Clip(
            torch.full((4, 3, 2, 2), 100 * number, dtype=torch.uint8),
            torch.full((4, 5), float(number)) if tracks else None,
            clip_targets([event], 0, 4, 1.0, CLASSES, 0, 0, 1),
        )
        for number, event in enumerate(
            (Event(1.0, "PASS", team="left"), Event(2.0, "SHOT", team="right")), start=1
        )
    ]  # fmt: skip
    return stacked(clips)


def test_mixup_mixes_frames_tracks_and_every_target_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "touchline.spotting.examples.draw_mix", lambda _count, _alpha: (0.75, torch.tensor([1, 0]))
    )
    batch = batch_of_two()
    found = mixed(batch, 0.2)
    assert found.shown.dtype == torch.uint8
    assert found.shown[:, 0, 0, 0, 0].tolist() == [125, 175]
    assert found.tracks is not None
    assert found.tracks[:, 0, 0].tolist() == [1.25, 1.75]
    targets = found.targets
    assert targets.classes[0].tolist() == [[1, 0, 0], [0.25, 0.75, 0], [0.75, 0, 0.25], [1, 0, 0]]
    assert targets.team[0].tolist() == [[0, 0], [0.75, 0], [0, 0.25], [0, 0]]
    # Step 0 is near the pass alone, step 1 is the pass and the step before the shot.
    assert targets.near[0].tolist() == [0.75, 1, 1, 0.25]
    assert targets.offset[0].tolist() == [1, 0.25, -0.75, -1]


def test_mixed_features_stay_fractions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "touchline.spotting.examples.draw_mix", lambda _count, _alpha: (0.5, torch.tensor([1, 0]))
    )
    batch = batch_of_two(tracks=False)
    features = Batch(torch.tensor([[[1.0]], [[2.0]]]), None, batch.targets)
    found = mixed(features, 1.0)
    assert (found.shown.flatten().tolist(), found.tracks) == ([1.5, 1.5], None)


def test_without_mixup_a_batch_stays_as_it_is() -> None:
    batch = batch_of_two()
    assert mixed(batch, 0.0) is batch


def test_gray_frames_have_no_colours_to_change() -> None:
    settings = small_config("augment.hue=0.1", "augment.saturation=0.2", "augment.blur=1").augment
    gray, rgb = augmentation_of(settings, "gray"), augmentation_of(settings, "rgb")
    assert (gray.hue, gray.saturation) == (0, 0)
    assert (rgb.hue, rgb.saturation) == (0.1, 0.2)
    assert gray.brightness == rgb.brightness == 0.25
    assert gray.blur == rgb.blur == 1


def test_a_video_that_cannot_be_read_ends_the_epoch_with_its_name(tmp_path: Path) -> None:
    footage = [Footage("m", 1, tmp_path / "gone.mp4", EVENTS, 2.0)]
    with pytest.raises(UsageError, match=r"no file .*gone\.mp4"):
        list(examples_of(footage, config_for()).batches(0))
