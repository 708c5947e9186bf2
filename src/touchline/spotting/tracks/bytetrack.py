"""ByteTrack: who is who from frame to frame, faint detections included.

After Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box"
(arXiv:2110.06864): sure detections are matched with the tracks first; faint ones then only
continue tracks that are left over, and never begin one. Boxes may be grown before they are
compared (Yang et al., "Hard to Track Objects with Irregular Motions and Similar Appearances?
Make It Easier by Buffering the Matching Space", arXiv:2211.14317), without which a small player
leaves his own box within one step of a panning camera.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from pydantic import Field
from scipy.optimize import linear_sum_assignment

from touchline.settings import Settings
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.motion import Motion, begin, correct, predict

NOBODY = -1
"""The id of a detection that belongs to no track."""


class ByteTrackSettings(Settings):
    """How detections become tracks."""

    sure: float = Field(default=0.2, ge=0, le=1)
    """Detections at least this confident begin tracks; fainter ones only continue them."""
    overlap: float = Field(default=0.2, gt=0, le=1)
    """Least overlap (IoU) of a sure detection with where its track is expected."""
    faint_overlap: float = Field(default=0.5, gt=0, le=1)
    """Least overlap of a faint detection with where its track is expected."""
    newborn_overlap: float = Field(default=0.3, gt=0, le=1)
    """Least overlap for a track's second detection, without which it is given up."""
    margin: float = Field(default=0.5, ge=0)
    """Boxes are grown on each side by this share of their size before they are compared."""
    memory: float = Field(default=1.0, ge=0)
    """Seconds for which a track that is not seen is kept."""


class ByteTrack:
    """Gives detections ids, frame by frame in order of time; players never become balls.

    Args:
        settings: how detections become tracks.
        rate: frames a second.
    """

    def __init__(self, settings: ByteTrackSettings, rate: float) -> None:
        self._settings = settings
        self._patience = round(settings.memory * rate)
        self._motion = begin(np.zeros((0, 4)))
        self._ids = np.zeros(0, np.int64)
        self._balls = np.zeros(0, bool)
        self._newborn = np.zeros(0, bool)
        self._missed = np.zeros(0, np.int64)
        self._next = 0

    def update(self, detections: Detections) -> np.ndarray:
        """Ids `(n,)` int64 of a frame's detections, counted from 0; -1 for those of no track."""
        motion = predict(self._motion, unseen=self._missed > 0)
        matched = self._match(motion, detections)
        tracks = np.flatnonzero(matched >= 0)
        self._motion = correct(motion, tracks, detections.boxes[matched[tracks]])
        ids = np.full(len(detections), NOBODY, np.int64)
        ids[matched[tracks]] = self._ids[tracks]
        self._age(seen=matched >= 0)
        self._begin(detections, ids)
        return ids

    def _match(self, motion: Motion, detections: Detections) -> np.ndarray:
        """For every track the place of its detection in this frame, or -1, `(tracks,)`."""
        how = self._settings
        overlap = overlaps(motion.boxes(), detections.boxes, how.margin)
        overlap[self._balls[:, None] != detections.balls] = 0
        sure = detections.confidence >= how.sure
        rounds = (
            (~self._newborn, sure, how.overlap),
            (~self._newborn & (self._missed == 0), ~sure, how.faint_overlap),
            (self._newborn, sure, how.newborn_overlap),
        )
        matched = np.full(len(self._ids), NOBODY)
        free = np.ones(len(detections), bool)
        for among_tracks, among_detections, least in rounds:
            rows = np.flatnonzero(among_tracks & (matched == NOBODY))
            columns = np.flatnonzero(among_detections & free)
            for row, column in assign(overlap[np.ix_(rows, columns)], least):
                matched[rows[row]] = columns[column]
                free[columns[column]] = False
        return matched

    def _age(self, seen: np.ndarray) -> None:
        """Forget tracks not seen for too long, and newborn ones not seen again at once."""
        self._missed = np.where(seen, 0, self._missed + 1)
        kept = seen | (~self._newborn & (self._missed <= self._patience))
        self._motion = self._motion.take(kept)
        self._ids, self._balls, self._missed = (
            self._ids[kept],
            self._balls[kept],
            self._missed[kept],
        )
        self._newborn = np.zeros(len(self._ids), bool)

    def _begin(self, detections: Detections, ids: np.ndarray) -> None:
        """Begin a track with every sure detection that has none, and write down its id."""
        new = (ids == NOBODY) & (detections.confidence >= self._settings.sure)
        count = int(new.sum())
        ids[new] = np.arange(self._next, self._next + count)
        self._next += count
        self._motion = self._motion.join(begin(detections.boxes[new]))
        self._ids = np.concatenate([self._ids, ids[new]])
        self._balls = np.concatenate([self._balls, detections.balls[new]])
        self._newborn = np.concatenate([self._newborn, np.ones(count, bool)])
        self._missed = np.concatenate([self._missed, np.zeros(count, np.int64)])


def track(
    frames: Iterable[Detections], rate: float, settings: ByteTrackSettings | None = None
) -> Iterator[np.ndarray]:
    """Ids `(n,)` for the detections of every frame; see `ByteTrack`.

    >>> box = np.array([[10, 10, 20, 30]], np.float32)
    >>> frame = Detections(box, np.array([0.9], np.float32), np.array([False]))
    >>> [ids.tolist() for ids in track([frame, frame], rate=25)]
    [[0], [0]]
    """
    tracker = ByteTrack(settings or ByteTrackSettings(), rate)
    for detections in frames:
        yield tracker.update(detections)


def overlaps(some: np.ndarray, others: np.ndarray, margin: float = 0.0) -> np.ndarray:
    """Intersection over union of boxes `(n, 4)` with boxes `(m, 4)`, as `(n, m)` in [0, 1].

    Args:
        some: left, top, right, bottom.
        others: the same.
        margin: the boxes are grown on each side by this share of their size.

    >>> overlaps(np.array([[0, 0, 2, 1]]), np.array([[1, 0, 3, 1], [5, 0, 6, 1]])).round(3).tolist()
    [[0.333, 0.0]]
    """
    grown = []
    for boxes in (some.astype(np.float64), others.astype(np.float64)):
        growth = margin * (boxes[:, 2:] - boxes[:, :2])
        grown.append(np.concatenate([boxes[:, :2] - growth, boxes[:, 2:] + growth], axis=1))
    left, right = grown[0][:, None], grown[1][None]
    sides = np.minimum(left[..., 2:], right[..., 2:]) - np.maximum(left[..., :2], right[..., :2])
    shared = sides.clip(min=0).prod(axis=-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).clip(min=0).prod(axis=-1) for boxes in (left, right)]
    total = areas[0] + areas[1] - shared
    result: np.ndarray = np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)
    return result


def assign(overlap: np.ndarray, least: float) -> list[tuple[int, int]]:
    """The pairs (row, column) with the largest sum of overlaps, none of a pair below `least`."""
    rows, columns = linear_sum_assignment(np.where(overlap >= least, overlap, 0), maximize=True)
    good = overlap[rows, columns] >= least
    return list(zip(rows[good].tolist(), columns[good].tolist(), strict=True))
