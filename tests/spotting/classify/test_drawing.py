from collections import Counter
from pathlib import Path

import pytest

from clip_worlds import classify_config, footage_with
from touchline.spotting.classify.clips import LabelledClip, clips_of
from touchline.spotting.classify.drawing import ClipDraw

FOOTAGE = [
    footage_with([(0.5 * place, "PASS") for place in range(1, 31)], video="a.mp4"),
    footage_with([(2.0, "SHOT"), (9.0, "SHOT")], video="b.mp4"),
]


def draw_of(*words: str) -> ClipDraw:
    return ClipDraw(FOOTAGE, classify_config(Path("data"), *words))


def place_of(clip: LabelledClip) -> tuple[str, int]:
    return clip.footage.match, clip.first


@pytest.mark.parametrize("kind", ["windows", "events"])
def test_an_epoch_is_whole_batches_and_its_own(kind: str) -> None:
    draw = draw_of(f"clips.kind={kind}", "clips.per_epoch=22", "clips.batch_size=4")
    first = draw.draw(0)
    assert draw.steps_per_epoch == 5
    assert len(first) == 20
    assert first == draw.draw(0)
    assert first != draw.draw(1)
    assert first != draw_of(f"clips.kind={kind}", "clips.per_epoch=22", "seed=1").draw(0)
    assert len({each.seed for each in first}) == 20


def test_windows_to_learn_from_are_labelled_by_what_is_inside() -> None:
    draw = draw_of("clips.event_share=1", "clips.rare_power=1", "clips.per_epoch=200")
    clips = [each.clip for each in draw.draw(0)]
    assert {clip.length for clip in clips} == {50}
    assert all(clip.labels for clip in clips)
    shots = sum("SHOT" in clip.labels for clip in clips)
    assert 70 < shots < 130  # drawn alike though 15 times rarer


def test_every_event_clip_is_learnt_from_once_an_epoch() -> None:
    draw = draw_of("clips.kind=events", "clips.rare_power=0", "clips.batch_size=2")
    every = clips_of(FOOTAGE, draw.config.clips, draw.config.frames.rate)
    drawn = [each.clip for each in draw.draw(3)]
    assert sorted(map(place_of, drawn)) == sorted(map(place_of, every))
    assert list(map(place_of, drawn)) != list(map(place_of, every))


def test_rare_events_can_be_drawn_as_often_as_common_ones() -> None:
    draw = draw_of("clips.kind=events", "clips.rare_power=1", "clips.per_epoch=120")
    counts = Counter(place_of(each.clip) for each in draw.draw(0))
    assert [counts[place] for place in (("b", 25), ("b", 112))] == [30, 30]
    assert {count for (match, _), count in counts.items() if match == "a"} == {2}


def test_a_batch_larger_than_the_clips_repeats_some() -> None:
    draw = draw_of("clips.kind=events", "clips.batch_size=40")
    assert draw.steps_per_epoch == 1
    assert len(draw.draw(0)) == 40


@pytest.mark.parametrize("kind", ["windows", "events"])
def test_every_other_clip_is_mirrored_or_none(kind: str) -> None:
    words = (f"clips.kind={kind}", "clips.per_epoch=400")
    mirrored = sum(each.mirrored for each in draw_of(*words).draw(0))
    assert 150 < mirrored < 250
    assert not any(each.mirrored for each in draw_of(*words, "augment.mirror=false").draw(0))
