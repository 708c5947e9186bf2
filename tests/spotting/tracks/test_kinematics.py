import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.tracks.kinematics import means, velocities

rows = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), unique=True, max_size=20).map(
    lambda pairs: np.array(pairs, int).reshape(-1, 2)
)


@given(rows, st.integers(0, 100))
def test_velocities_by_looking_up_neighbours(pairs: np.ndarray, seed: int) -> None:
    places = np.random.default_rng(seed).random((len(pairs), 2))
    where = {(step, who): place for (step, who), place in zip(pairs.tolist(), places, strict=True)}
    expected = np.full((len(pairs), 2), np.nan)
    for row, (step, who) in enumerate(pairs.tolist()):
        here = where[step, who]
        ways = [here - where[step - 1, who]] if (step - 1, who) in where else []
        ways += [where[step + 1, who] - here] if (step + 1, who) in where else []
        if ways:
            expected[row] = 4.0 * np.mean(ways, axis=0)
    np.testing.assert_allclose(velocities(pairs[:, 0], pairs[:, 1], places, 4.0), expected)


@given(st.lists(st.integers(0, 4), max_size=12))
def test_means_step_by_step(steps: list[int]) -> None:
    step = np.array(steps, int)
    values = np.random.default_rng(0).random((len(step), 2))
    found = means(step, values, 5)
    for number in range(5):
        here = values[step == number]
        expected = here.mean(axis=0) if len(here) else np.full(2, np.nan)
        np.testing.assert_allclose(found[number], expected)
