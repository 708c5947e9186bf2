"""What is unlike anything learnt."""

from pathlib import Path

import numpy as np
import pytest

from touchline.photos.scope import NEIGHBOURS, Scope, learn_scope, unit


def cloud(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=(n, 16)) * 0.3
    values[:, 0] += 3.0 - shift
    return values.astype(np.float32)


def slow_distance(point: np.ndarray, references: np.ndarray) -> float:
    """The definition, one photo at a time."""
    cosines = [
        1 - float(point @ other / (np.linalg.norm(point) * np.linalg.norm(other)))
        for other in references
    ]
    return sorted(cosines)[min(NEIGHBOURS, len(cosines)) - 1]


@pytest.mark.parametrize("references", [1, 3, 5, 50])
def test_the_distance_is_that_to_the_fifth_nearest(references: int) -> None:
    learnt, asked = cloud(references, 0), cloud(7, 1)
    found = Scope(unit(learnt), 1.0).distances(asked)
    expected = [slow_distance(point, learnt) for point in asked]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_nearly_all_like_the_learnt_are_in_scope_and_strangers_are_not() -> None:
    scope = learn_scope(cloud(400, 0), np.arange(400))
    assert (scope.distances(cloud(400, 1)) <= scope.threshold).mean() > 0.95
    assert (scope.distances(cloud(400, 2, shift=6.0)) > scope.threshold).all()


def test_the_length_of_an_embedding_does_not_matter() -> None:
    scope, asked = learn_scope(cloud(50, 0), np.arange(50)), cloud(5, 1)
    np.testing.assert_allclose(scope.distances(asked), scope.distances(asked * 100), atol=1e-6)


def test_bursts_do_not_make_everything_look_familiar() -> None:
    burst = np.repeat(cloud(20, 0), 10, axis=0)  # twenty photos, each ten times
    groups = np.repeat(np.arange(20), 10)
    assert learn_scope(burst, groups).threshold > learn_scope(burst, np.arange(200)).threshold


def test_photos_of_one_group_only_leave_nothing_out_of_scope() -> None:
    assert learn_scope(cloud(5, 0), np.zeros(5)).threshold == np.inf


def test_a_zero_vector_has_a_distance() -> None:
    scope = learn_scope(cloud(10, 0), np.arange(10))
    assert scope.distances(np.zeros((1, 16), np.float32)) == pytest.approx(1.0)


def test_it_goes_to_a_file_and_back(tmp_path: Path) -> None:
    scope = learn_scope(cloud(20, 0), np.arange(20))
    scope.save(tmp_path / "s.safetensors")
    back = Scope.load(tmp_path / "s.safetensors")
    assert back.threshold == pytest.approx(scope.threshold)
    np.testing.assert_allclose(back.references, scope.references, atol=1e-3)
