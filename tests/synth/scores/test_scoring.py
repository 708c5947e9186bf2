"""All scores together: they tell good photos, copies, noise and wrong sides apart."""

import json

import numpy as np
import pytest
import torch

from scored_worlds import POSES, PooledPixels, drawn, mirror
from touchline.errors import UsageError
from touchline.photos.mirror import MirrorMap
from touchline.synth.scores.baseline import STRENGTHS
from touchline.synth.scores.scored_photos import ScoredPhotos
from touchline.synth.scores.scoring import LEARNT, UNSEEN, SynthScores, score_samples

TRAINING, OTHERS, NEW = tuple(range(6)), tuple(range(20, 26)), tuple(range(40, 46))


def scored(pixels: torch.Tensor, labels: np.ndarray, unseen: bool = True) -> SynthScores:
    return score_samples(
        pixels, labels, drawn(TRAINING, 3), mirror(),
        reference=drawn(OTHERS, 2) if unseen else None,
        embedder=PooledPixels(), quiet=True,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def honest() -> SynthScores:
    """New real photos in the place of generated ones: what a perfect generator would score."""
    photos = drawn(NEW, 2)
    return scored(photos.pixels, photos.labels)


def test_a_perfect_generator_scores_as_real_photos_do(honest: SynthScores) -> None:
    assert honest.floor is not None
    assert honest.samples.kid.low < 0.01
    assert honest.samples.kid.value < honest.noise[0.4].kid.value
    assert honest.samples.copies.value <= 0.1
    assert honest.floor.copies.value <= 0.1
    assert honest.samples.verdict.right.value > 0.8
    assert honest.judge.right.n == 6 * 3 * 3 + 6 * 3 * 2


def test_a_generator_that_copies_is_found_out() -> None:
    photos = drawn(TRAINING, 3)
    scores = scored(photos.pixels[::2], photos.labels[::2])
    assert scores.samples.copies.value == 1.0
    assert scores.copies.nearest.tolist() == list(range(0, len(photos), 2))


def test_a_generator_that_mixes_up_the_sides_is_found_out(honest: SynthScores) -> None:
    photos = drawn(NEW, 2)
    scores = scored(photos.pixels, mirror().swap(photos.labels))
    assert scores.samples.verdict.side is not None
    assert honest.samples.verdict.side is not None
    assert scores.samples.verdict.side.value < 0.5 < honest.samples.verdict.side.value
    assert scores.samples.kid.value == honest.samples.kid.value  # which KID cannot see


def test_a_generator_of_plain_grounds_is_found_out(honest: SynthScores) -> None:
    chance = torch.Generator().manual_seed(0)
    plain = torch.randint(220, 256, (36, 3, 1, 1), dtype=torch.uint8, generator=chance)
    scores = scored(plain.expand(36, 3, 64, 64).contiguous(), np.arange(36) % 3)
    assert scores.samples.kid.low > honest.samples.kid.high
    assert scores.samples.neighbourhoods.precision.value == 0.0


def test_noisy_copies_are_scored_by_their_strength(honest: SynthScores) -> None:
    assert tuple(honest.noise) == STRENGTHS
    assert honest.noise[0.05].copies.value > 0.9
    assert honest.noise[0.4].kid.value > honest.noise[0.05].kid.value


def test_what_it_was_compared_with_is_said(honest: SynthScores) -> None:
    photos = drawn(NEW, 1)
    assert honest.reference == UNSEEN
    seen = scored(photos.pixels, photos.labels, unseen=False)
    assert seen.reference == LEARNT
    assert seen.counts == {"samples": 18, "training": 54, "reference": 54, "judge": 54}
    assert honest.counts == {"samples": 36, "training": 54, "reference": 36, "judge": 90}
    assert seen.floor is not None


def test_a_judge_of_its_own_photos() -> None:
    photos = drawn(NEW, 1)
    scores = score_samples(
        photos.pixels, photos.labels, drawn(TRAINING, 1), mirror(), judge_photos=drawn(OTHERS, 2),
        embedder=PooledPixels(), quiet=True,  # type: ignore[arg-type]
    )  # fmt: skip
    assert scores.counts["judge"] == scores.judge.right.n == 36


def test_the_same_seed_gives_the_same_scores(honest: SynthScores) -> None:
    photos = drawn(NEW, 2)
    assert scored(photos.pixels, photos.labels).as_dict() == honest.as_dict()


def test_they_go_into_json_without_loss_of_meaning(honest: SynthScores) -> None:
    values = json.loads(json.dumps(honest.as_dict(), allow_nan=False))
    assert set(values) == {
        "samples", "nearest", "floor", "noise", "judge", "reference", "photos",
    }  # fmt: skip
    assert set(values["noise"]) == {"0.05", "0.1", "0.2", "0.4"}
    assert values["samples"]["kid"]["value"] == honest.samples.kid.value
    assert set(values["judge"]["classes"]) == set(POSES)


def test_classes_without_sides_and_a_single_group_are_scored_as_far_as_can_be() -> None:
    photos = drawn((0,), 2)
    scores = score_samples(
        photos.pixels, photos.labels, photos, MirrorMap.plain(POSES),
        embedder=PooledPixels(), quiet=True,  # type: ignore[arg-type]
    )  # fmt: skip
    values = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert values["floor"] is None
    assert values["samples"]["verdict"]["side"] is None
    assert values["judge"]["right"]["n"] == 0


def test_photos_of_another_size_are_refused() -> None:
    photos = drawn(NEW, 1)
    with pytest.raises(UsageError, match=r"of one side; found sides of \[32, 64\] pixels"):
        scored(photos.pixels[..., ::2, ::2], photos.labels)


def test_a_single_sample_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 2 photos to score; found 1"):
        scored(drawn(NEW, 1).pixels[:1], np.zeros(1, int))


def test_lengths_that_differ_are_a_mistake_of_the_program() -> None:
    photos = drawn(NEW, 1)
    with pytest.raises(ValueError, match=r"lengths \[17, 18\]"):
        ScoredPhotos(photos.pixels, photos.labels[1:], photos.groups)


def test_photos_can_be_taken_by_place_or_mask() -> None:
    photos = drawn(NEW, 1)
    mask = photos.labels == 1
    assert photos.take(mask).groups.tolist() == photos.groups[mask].tolist()
    assert photos.take(np.array([3, 0])).twins.tolist() == photos.twins[[3, 0]].tolist()
    plain = ScoredPhotos(photos.pixels, photos.labels, photos.groups)
    assert plain.take(mask).bursts.tolist() == photos.groups[mask].tolist()
