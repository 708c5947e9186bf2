"""Where the clips of an epoch lie."""

from collections import Counter
from pathlib import Path

import pytest

from touchline.media.video.grid import frame_of
from touchline.spotting.clips import ClipPlace, clips_per_epoch, draw_clips
from touchline.spotting.config import ClipSettings
from touchline.spotting.events import Event
from touchline.spotting.footage import Footage

RATE = 12.5


def piece(seconds: float, *events: tuple[float, str]) -> Footage:
    return Footage("m", 1, Path("v"), tuple(Event(*event) for event in events), seconds)


def settings(**values: float) -> ClipSettings:
    return ClipSettings(**{"steps": 20, "per_epoch": 2000, **values})


def clips_of(
    footage: list[Footage],
    how: ClipSettings,
    *,
    mirror: bool = False,
    seed: int = 0,
    epoch: int = 0,
) -> list[ClipPlace]:
    return draw_clips(footage, how, RATE, mirror, seed, epoch)


MATCHES = [piece(60, (10, "PASS"), (30, "SHOT")), piece(120, (50, "PASS"), (119.9, "PASS"))]


def test_the_same_seed_and_epoch_give_the_same_clips() -> None:
    first = clips_of(MATCHES, settings(), mirror=True, seed=3, epoch=4)
    assert clips_of(MATCHES, settings(), mirror=True, seed=3, epoch=4) == first
    assert clips_of(MATCHES, settings(), mirror=True, seed=3, epoch=5) != first
    assert clips_of(MATCHES, settings(), mirror=True, seed=4, epoch=4) != first
    assert len({place.seed for place in first}) == len(first)


def test_every_clip_lies_within_its_video() -> None:
    for place in clips_of(MATCHES, settings()):
        assert 0 <= place.first <= MATCHES[place.footage].steps(RATE) - 20


def test_at_a_share_of_one_every_clip_holds_an_event() -> None:
    for place in clips_of(MATCHES, settings(event_share=1)):
        steps = [frame_of(e.seconds, RATE) for e in MATCHES[place.footage].events]
        assert any(place.first <= step < place.first + 20 for step in steps)


def test_an_event_lies_anywhere_in_its_clips() -> None:
    # 10.05 s are step 125.6, which is shown as 126.
    footage = [piece(60, (10.05, "PASS"))]
    places = Counter(126 - place.first for place in clips_of(footage, settings(event_share=1)))
    assert sorted(places) == list(range(20))
    assert max(places.values()) < 2 * min(places.values())


def test_at_a_share_of_nothing_clips_begin_anywhere() -> None:
    footage = [piece(8, (1, "PASS"))]  # 100 steps
    places = Counter(place.first for place in clips_of(footage, settings(event_share=0)))
    assert sorted(places) == list(range(81))


def test_the_share_is_kept_to() -> None:
    footage = [piece(8000, (4000, "PASS"))]
    clips = clips_of(footage, settings(event_share=0.7))
    near = sum(abs(place.first - 50000) <= 20 for place in clips)
    assert near / len(clips) == pytest.approx(0.7, abs=0.04)


def test_longer_videos_have_more_clips_that_begin_anywhere() -> None:
    counts = Counter(p.footage for p in clips_of(MATCHES, settings(event_share=0)))
    assert counts[1] / counts[0] == pytest.approx(2, rel=0.15)


@pytest.mark.parametrize(("power", "share"), [(0, 0.1), (0.5, 0.25), (1, 0.5)])
def test_rare_classes_are_preferred_by_the_power(power: float, share: float) -> None:
    """One event of ten: weights 1 against 9 x 9^-power."""
    often = [(float(10 * place), "PASS") for place in range(1, 10)]
    footage = [piece(200, *often, (150.0, "GOAL"))]
    clips = clips_of(footage, settings(event_share=1, rare_power=power))
    rare = sum(place.first > 1500 for place in clips)
    assert rare / len(clips) == pytest.approx(share, abs=0.04)


def test_events_at_the_very_ends_are_reached() -> None:
    footage = [piece(60, (0.0, "PASS"), (60.0, "PASS"))]
    clips = clips_of(footage, settings(event_share=1))
    assert {place.first for place in clips} == {0, 750 - 20}


def test_footage_shorter_than_a_clip_is_taken_whole() -> None:
    footage = [piece(1.0, (0.9, "PASS")), piece(0.0)]
    assert {place.first for place in clips_of(footage, settings())} == {0}


def test_without_any_event_clips_begin_anywhere() -> None:
    assert len(clips_of([piece(60)], settings(event_share=1))) == 2000


def test_half_of_the_clips_are_mirrored_or_none() -> None:
    mirrored = [place.mirrored for place in clips_of(MATCHES, settings(), mirror=True)]
    assert sum(mirrored) / len(mirrored) == pytest.approx(0.5, abs=0.04)
    assert not any(place.mirrored for place in clips_of(MATCHES, settings()))


@pytest.mark.parametrize(
    ("per_epoch", "batch", "expected"),
    [(None, 4, 112), (None, 100, 100), (None, 500, 500), (10, 4, 8), (3, 4, 4), (12, 4, 12)],
)
def test_an_epoch_is_whole_batches(per_epoch: int | None, batch: int, expected: int) -> None:
    how = ClipSettings(steps=20, per_epoch=per_epoch, batch_size=batch)
    assert clips_per_epoch(MATCHES, how, RATE) == expected  # 2250 steps are 112 clips
