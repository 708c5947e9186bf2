"""What the network is shown of a clip."""

from pathlib import Path

import pytest
import torch

from clip_worlds import WINDOWS, classify_config
from match_videos import HEIGHT, WIDTH
from touchline.media.video.clips import read_clip
from touchline.spotting.classify.clips import LabelledClip, clips_of
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.drawing import DrawnClip
from touchline.spotting.classify.examples import ClipExamples, mixed, tracks_of
from touchline.spotting.classify.network import TRACK_FEATURES, build_clip_classifier
from touchline.spotting.footage import Footage, labelled_footage
from touchline.spotting.tracks.features import FEATURE_NAMES

CLASSES = ("PASS", "SHOT")
STILL = ("augment.brightness=0", "augment.contrast=0", "augment.saturation=0", "augment.hue=0")


@pytest.fixture(scope="module")
def piece(matches: Path) -> Footage:
    return labelled_footage(matches, HEIGHT).footage[0]


def examples_for(config: ClassifyConfig, tracks: dict[Path, torch.Tensor]) -> ClipExamples:
    return ClipExamples(config, build_clip_classifier(config, 2), CLASSES, tracks)


def test_a_clip_is_the_frames_of_its_video_and_black_beyond_its_end(piece: Footage) -> None:
    config = classify_config(Path("data"), *WINDOWS)
    last = clips_of([piece], config.clips, 12.5)[-1]
    assert last.first + last.length > piece.steps(12.5)
    shown = examples_for(config, {}).plain(last).shown
    expected = read_clip(piece.video, last.first, 8, 12.5, HEIGHT, WIDTH).frames
    assert torch.equal(shown, expected)
    assert not shown[-1].any()


def test_a_long_clip_is_sampled_evenly(piece: Footage) -> None:
    config = classify_config(Path("data"), *WINDOWS)
    clip = LabelledClip(piece, 20, 29, ("PASS",))
    example = examples_for(config, {}).plain(clip)
    expected = read_clip(piece.video, 20, 29, 12.5, HEIGHT, WIDTH).frames
    assert torch.equal(example.shown, expected[[0, 4, 8, 12, 16, 20, 24, 28]])
    assert example.targets.tolist() == [1.0, 0.0]


def test_the_middle_of_the_picture_can_be_shown_alone(piece: Footage) -> None:
    words = (*WINDOWS, "frames.height=24", "frames.width=32", "frames.crop=0.5")
    example = examples_for(classify_config(Path("data"), *words), {}).plain(
        LabelledClip(piece, 0, 8, ())
    )
    expected = read_clip(piece.video, 0, 8, 12.5, 48, 64).frames[..., 12:36, 16:48]
    assert torch.equal(example.shown, expected)


def test_mirroring_swaps_the_sides_of_pixels_and_tracks(piece: Footage) -> None:
    config = classify_config(Path("data"), *WINDOWS, *STILL)
    rows = torch.rand(piece.steps(12.5), len(FEATURE_NAMES))
    examples = examples_for(config, {piece.video: rows})
    clip = LabelledClip(piece, 10, 8, ())
    plain = examples.changed(DrawnClip(clip, False, (0,)))
    turned = examples.changed(DrawnClip(clip, True, (0,)))
    assert torch.equal(plain.shown, examples.plain(clip).shown)
    assert torch.equal(turned.shown, plain.shown.flip(-1))
    assert plain.tracks is not None
    assert turned.tracks is not None
    assert torch.equal(plain.tracks, rows[10:18])
    place = FEATURE_NAMES.index("mean_x")
    torch.testing.assert_close(turned.tracks[:, place], 1 - rows[10:18, place])


def test_tracks_of_the_last_step_go_on_beyond_the_end(piece: Footage) -> None:
    config = classify_config(Path("data"), *WINDOWS)
    rows = torch.rand(40, len(FEATURE_NAMES))
    examples = examples_for(config, {piece.video: rows})
    [batch] = examples.to_score([LabelledClip(piece, 36, 8, ())])
    assert batch["tracks"] is not None
    expected = rows[[36, 37, 38, 39, 39, 39, 39, 39], :TRACK_FEATURES]
    assert torch.equal(batch["tracks"][0], expected)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 8])
def test_every_clip_comes_once_and_in_order(piece: Footage, batch_size: int) -> None:
    config = classify_config(Path("data"), *WINDOWS, f"clips.batch_size={batch_size}")
    clips = clips_of([piece], config.clips, 12.5)[:5]
    examples = examples_for(config, {})
    batches = list(examples.to_score(clips))
    sizes = [len(batch["shown"]) for batch in batches if batch["shown"] is not None]
    assert sizes == [min(batch_size, 5 - done) for done in range(0, 5, batch_size)]
    together = torch.cat([batch["shown"] for batch in batches if batch["shown"] is not None])
    assert torch.equal(together, torch.stack([examples.plain(clip).shown for clip in clips]))


def test_colours_change_for_learning_alone_and_the_same_for_the_same_seed(piece: Footage) -> None:
    examples = examples_for(classify_config(Path("data"), *WINDOWS), {})
    clip = LabelledClip(piece, 0, 8, ())
    first = examples.changed(DrawnClip(clip, False, (1,))).shown
    assert torch.equal(first, examples.changed(DrawnClip(clip, False, (1,))).shown)
    assert not torch.equal(first, examples.changed(DrawnClip(clip, False, (2,))).shown)
    assert not torch.equal(first, examples.plain(clip).shown)


def test_mixup_mixes_pixels_tracks_and_labels_by_one_share() -> None:
    torch.manual_seed(0)
    pixels = torch.tensor([[0], [100]], dtype=torch.uint8)
    shares = []
    for _ in range(20):
        batch = {"shown": pixels, "tracks": pixels / 100, "targets": torch.eye(2)}
        found = mixed(batch, 0.4)
        assert found["shown"] is not None
        assert found["tracks"] is not None
        assert found["targets"] is not None
        share = found["targets"][1, 1]
        shares.append(float(share))
        torch.testing.assert_close(found["targets"].sum(dim=1), torch.ones(2))
        torch.testing.assert_close(found["shown"][1, 0], 100 * share)
        torch.testing.assert_close(found["tracks"][1, 0], share)
    assert min(shares) < 1
    batch = {"shown": pixels, "tracks": None, "targets": torch.eye(2)}
    assert mixed(batch, 0.0) is batch
    assert mixed(batch, 0.4)["tracks"] is None


def test_nobody_is_followed_where_nobody_looks(piece: Footage) -> None:
    assert tracks_of(classify_config(Path("data")), [piece]) == {}
