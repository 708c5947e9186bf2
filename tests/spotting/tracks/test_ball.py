import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.tracks.ball import ball_path, ball_sightings
from touchline.spotting.tracks.table import follow
from tracks_drawn import SIZE, around, seen


def test_the_surest_ball_of_each_frame_counts() -> None:
    ball = around(50, 50, 4, 4)
    frames = [
        seen((around(9, 9), 0.9), (ball, 0.3), (ball, 0.6), balls=(1, 2)),
        seen((around(9, 9), 0.9)),
        seen((ball, 0.2), (ball, 0.2), balls=(0, 1)),
        seen((ball, 0.1), balls=(0,)),
    ]
    tracks = follow(frames, 10, *SIZE)
    assert ball_sightings(tracks, 0.2).tolist() == [2, 4]
    assert ball_sightings(tracks, 0.7).tolist() == []


@given(
    st.lists(st.one_of(st.none(), st.tuples(st.floats(0, 1), st.floats(0, 1))), max_size=12),
    st.integers(1, 4),
)
def test_short_gaps_are_bridged_and_no_others(
    places: list[tuple[float, float] | None], longest: int
) -> None:
    seen_at = np.array([place or (np.nan, np.nan) for place in places], float).reshape(-1, 2)
    path, age = ball_path(seen_at, longest)
    known = [step for step, place in enumerate(places) if place]
    for step in range(len(places)):
        before = max((k for k in known if k <= step), default=None)
        after = min((k for k in known if k >= step), default=None)
        since = longest if before is None else step - before
        assert age[step] == pytest.approx(min(1, since / longest))
        if before is None or after is None or after - before - 1 > longest:
            assert np.isnan(path[step]).all()
        elif before == after:
            np.testing.assert_allclose(path[step], seen_at[step])
        else:
            share = (step - before) / (after - before)
            expected = (1 - share) * seen_at[before] + share * seen_at[after]
            np.testing.assert_allclose(path[step], expected, atol=1e-12)
