"""Precision, recall, density and coverage against their definitions and by hand."""

import numpy as np
import pytest

from touchline.errors import UsageError
from touchline.synth.scores.precision_recall import precision_recall


def cloud(n: int, seed: int, spread: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, 6)) * spread).astype(np.float32)


def values(real: np.ndarray, made: np.ndarray, k: int = 3, dense: int = 5) -> list[float]:
    found = precision_recall(real, made, neighbours=k, density_neighbours=dense)
    return [score.value for score in (found.precision, found.recall, found.density, found.coverage)]


def slow(real: np.ndarray, made: np.ndarray, k: int, dense: int) -> list[float]:
    """The definitions, a photo at a time."""

    def apart(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.linalg.norm(x.astype(float) - y.astype(float)))

    def reach(photos: np.ndarray, count: int) -> list[float]:
        return [
            sorted(apart(x, y) for j, y in enumerate(photos) if j != i)[
                min(count, len(photos) - 1) - 1
            ]
            for i, x in enumerate(photos)
        ]

    def within(point: np.ndarray, photos: np.ndarray, reaches: list[float]) -> list[bool]:
        return [apart(point, x) <= r * (1 + 1e-6) for x, r in zip(photos, reaches, strict=True)]

    near, wide, made_near = reach(real, k), reach(real, dense), reach(made, k)
    inside = np.array([within(y, real, wide) for y in made])
    return [
        float(np.mean([any(within(y, real, near)) for y in made])),
        float(np.mean([any(within(x, made, made_near)) for x in real])),
        float(inside.sum() / min(dense, len(real) - 1) / len(made)),
        float(inside.any(axis=0).mean()),
    ]


@pytest.mark.parametrize(("n", "m", "k"), [(30, 20, 3), (12, 40, 1), (3, 2, 3), (2, 2, 5)])
def test_they_are_what_the_papers_define(n: int, m: int, k: int) -> None:
    real, made = cloud(n, 0), cloud(m, 1, spread=1.2)
    np.testing.assert_allclose(values(real, made, k, 5), slow(real, made, k, 5))


def test_by_hand() -> None:
    real = np.array([[0.0], [1.0], [2.0], [10.0]])
    made = np.array([[1.5], [2.0], [50.0]])
    found = precision_recall(real, made, neighbours=1, density_neighbours=1)
    assert found.precision.value == pytest.approx(2 / 3)  # 50 is in nobody's ball
    # The balls of 1.5 and 2 reach half a step, that of 50 back to 2: only 0 is in none.
    assert found.recall.value == pytest.approx(3 / 4)
    # 1.5 lies in the balls of 1 and 2; 2 in those of 1, 2 and, at the very edge, 10.
    assert found.density.value == pytest.approx(5 / 3)
    assert found.coverage.value == pytest.approx(3 / 4)
    assert (found.precision.n, found.recall.n, found.density.n, found.coverage.n) == (3, 4, 3, 4)


def test_copies_are_precise_even_of_photos_that_are_there_many_times() -> None:
    real = np.repeat(cloud(4, 0), 6, axis=0)  # every ball has shrunk to a point
    assert values(real, real[::6])[0] == 1.0
    assert values(real, cloud(4, 9))[0] == 0.0


def test_one_photo_made_again_and_again_is_precise_and_shows_little() -> None:
    real = cloud(40, 0)
    precision, recall, _, coverage = values(real, np.repeat(real[:1], 40, axis=0))
    assert precision == 1.0
    assert recall <= 0.05
    assert coverage < 0.5


def test_all_over_the_place_shows_all_and_looks_unreal() -> None:
    precision, recall, _, _ = values(cloud(40, 0), cloud(40, 1, spread=6.0))
    assert precision < 0.3
    assert recall > 0.7


def test_order_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made = cloud(23, 0), cloud(17, 1)
    whole = values(real, made)
    order = np.random.default_rng(0).permutation(23)
    assert values(real[order], made[::-1].copy()) == pytest.approx(whole)
    monkeypatch.setattr("touchline.synth.scores.precision_recall.ROWS_A_BLOCK", 5)
    assert values(real, made) == pytest.approx(whole)


def test_groups_widen_the_interval_of_recall() -> None:
    centres = np.repeat(10 * cloud(6, 0), 8, axis=0)
    real, made = centres + cloud(48, 2), (centres + cloud(48, 3))[:24]  # half the players
    alone = precision_recall(real, made)
    grouped = precision_recall(real, made, np.repeat(np.arange(6), 8))
    assert 0.3 < alone.recall.value == grouped.recall.value < 0.7
    assert grouped.recall.high - grouped.recall.low > alone.recall.high - alone.recall.low


@pytest.mark.parametrize(("n", "m", "side"), [(1, 4, "real"), (4, 1, "generated")])
def test_a_single_photo_is_refused(n: int, m: int, side: str) -> None:
    with pytest.raises(UsageError, match=f"Wanted at least 2 {side} photos; found 1"):
        precision_recall(cloud(n, 0), cloud(m, 1))
