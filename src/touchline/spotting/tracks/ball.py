"""One ball a frame: the surest sighting, and its way through the short gaps between sightings."""

import numpy as np

from touchline.spotting.tracks.table import Tracks


def ball_sightings(tracks: Tracks, confidence: float) -> np.ndarray:
    """The rows of the surest ball of each frame that has one, in order of time, `(seen,)`.

    A ball flies too fast for boxes to overlap from step to step, hence the surest box and no
    track. Of two equally sure balls the first counts.

    Args:
        tracks: of one video.
        confidence: balls below it do not count.
    """
    rows = np.flatnonzero(tracks.balls & (tracks.confidence >= confidence))
    order = rows[np.lexsort((rows, -tracks.confidence[rows], tracks.step[rows]))]
    _, first = np.unique(tracks.step[order], return_index=True)
    found: np.ndarray = order[first]
    return found


def ball_path(seen: np.ndarray, longest_gap: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a straight line through gaps between sightings.

    Args:
        seen: `(steps, 2)`, NaN where the ball is not seen.
        longest_gap: so many steps without a ball are bridged, longer gaps are not.

    Returns:
        `(steps, 2)` with the short gaps filled in and NaN elsewhere; and `(steps,)` the steps
        since the ball was last seen as a share of `longest_gap`, at most 1, also before it is
        first seen.

    >>> path, age = ball_path(np.array([[1.0, 0], [np.nan] * 2, [3, 0], [np.nan] * 2]), 2)
    >>> path[:, 0].tolist(), age.tolist()
    ([1.0, 2.0, 3.0, nan], [0.0, 0.5, 0.0, 0.5])
    """
    steps = np.arange(len(seen))
    sightings = np.flatnonzero(~np.isnan(seen[:, 0]))
    if not len(sightings):
        return seen.copy(), np.ones(len(seen))
    after = np.searchsorted(sightings, steps)
    before = np.searchsorted(sightings, steps, side="right") - 1
    last = sightings[before.clip(min=0)]
    following = sightings[after.clip(max=len(sightings) - 1)]
    between = (before >= 0) & (after < len(sightings)) & (following - last - 1 <= longest_gap)
    path = np.column_stack([np.interp(steps, sightings, seen[sightings, axis]) for axis in (0, 1)])
    path[~between] = np.nan
    age = np.where(before >= 0, (steps - last) / longest_gap, 1.0).clip(max=1)
    return path, age
