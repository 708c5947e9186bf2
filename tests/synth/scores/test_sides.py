"""Verdicts on classes and sides, by hand."""

import numpy as np
import pytest

from touchline.photos.mirror import MirrorMap
from touchline.synth.scores.sides import verdict_of

MIRROR = MirrorMap(("hero", "kick-l", "kick-r"), (0, 2, 1))
LABELS = np.array([0, 0, 1, 1, 1, 2])
LOGITS = np.array([
    [5, 0, 0],  # hero, seen as hero
    [0, 5, 0],  # hero, seen as kick-l
    [0, 5, 1],  # kick-l, seen so
    [0, 1, 5],  # kick-l, seen as kick-r: mirrored
    [5, 2, 1],  # kick-l, seen as hero, yet on the right side
    [0, 5, 1],  # kick-r, seen as kick-l: mirrored
], float)  # fmt: skip


def test_shares_by_hand() -> None:
    verdict = verdict_of(LOGITS, LABELS, MIRROR)
    assert verdict.right.value == pytest.approx(2 / 6)
    assert verdict.mirrored is not None
    assert verdict.side is not None
    assert (verdict.mirrored.value, verdict.mirrored.n) == (0.5, 4)
    assert (verdict.side.value, verdict.side.n) == (0.5, 4)
    assert verdict.judged.tolist() == [0, 1, 1, 2, 0, 1]
    rows = {each.name: each for each in verdict.classes}
    assert [rows[name].right.value for name in MIRROR.classes] == pytest.approx([1 / 2, 1 / 3, 0])
    assert [rows[name].right.n for name in MIRROR.classes] == [2, 3, 1]
    assert rows["hero"].mirrored is None
    assert [rows[name].mirrored.value for name in MIRROR.classes[1:]] == pytest.approx([1 / 3, 1])


def test_without_sides_nothing_is_said_of_them() -> None:
    verdict = verdict_of(LOGITS, LABELS, MirrorMap.plain(MIRROR.classes))
    assert verdict.mirrored is None
    assert verdict.side is None
    assert verdict.as_dict()["side"] is None
    assert all(each.mirrored is None for each in verdict.classes)


def test_mirroring_everything_turns_the_figures_round() -> None:
    directional = LABELS != 0
    verdict = verdict_of(MIRROR.permute(LOGITS)[directional], LABELS[directional], MIRROR)
    before = verdict_of(LOGITS[directional], LABELS[directional], MIRROR)
    assert verdict.mirrored is not None
    assert before.mirrored is not None
    assert verdict.mirrored.value == before.right.value
    assert verdict.right.value == before.mirrored.value


def test_no_photos_have_no_shares() -> None:
    values = verdict_of(np.empty((0, 3)), np.empty(0, int), MIRROR).as_dict()
    assert values["right"] == {"value": None, "n": 0, "low": 0.0, "high": 1.0}
    assert values["side"]["value"] is None
    assert set(values["classes"]) == set(MIRROR.classes)


def test_groups_widen_the_interval() -> None:
    labels = np.repeat([1, 2], 20)
    logits = np.eye(3)[np.where(np.arange(40) % 20 < 10, labels, 0)]
    alone = verdict_of(logits, labels, MIRROR)
    grouped = verdict_of(logits, labels, MIRROR, (np.arange(40) // 10).tolist())
    assert grouped.right.high - grouped.right.low > alone.right.high - alone.right.low
