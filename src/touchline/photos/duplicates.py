"""Fingerprints in, the photos that belong together out: copies, mirrored twins, bursts.

Copies are found in two steps. The 256-bit hashes of all pairs are compared block by block (a
matrix product counts the bits that agree; no table of all pairs is ever held), and the few pairs
that are near are then judged by their likeness.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from touchline.photos.clusters import Cluster, Forest, Kind, Link
from touchline.photos.fingerprint import HASH_SIDE, Fingerprint
from touchline.photos.likeness import TinyCopies, likeness, tiny_copies

HASH_DISTANCE = 80
"""Hashes of copies differ in at most this many of 255 bits; those of two random photos in about
127. Crops of 3 % at each edge need as many; recompressed or resized copies differ in 10 or less."""
COPY_LIKENESS = 0.96
"""Copies are at least this alike. Measured on real photos in docs/audit.md."""
BURST_LIKENESS = 0.6
"""Photos of one burst are at least this alike; by itself this would mean little."""
BURST_SECONDS = 3.0
"""Photos of one burst follow each other within this time."""

_ROWS, _COLUMNS = 1024, 2048
_PAIRS_AT_ONCE = 4096
_NEIGHBOURS = 64
_BITS = HASH_SIDE * HASH_SIDE - 1
_ODD = np.tile(np.arange(HASH_SIDE) % 2 == 1, HASH_SIDE)

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Places of first photos, of second photos, and whether the first is mirrored."""


@dataclass(frozen=True)
class Duplicates:
    """Which photos belong together.

    Attributes:
        copies: clusters of the same picture: same bytes, recompressed, resized, brightened,
            cropped by up to 3 %, marked, or mirrored.
        bursts: clusters of pictures that are much alike and were taken within moments.
    """

    copies: tuple[Cluster, ...]
    bursts: tuple[Cluster, ...]

    @property
    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """The places of all clusters, copies first; a photo may be in one of each."""
        return tuple(cluster.photos for cluster in (*self.copies, *self.bursts))


def find_duplicates(
    fingerprints: Sequence[Fingerprint], burst_seconds: float = BURST_SECONDS
) -> Duplicates:
    """Find copies, mirrored twins and bursts among photos.

    A flat picture (`Fingerprint.flat`) has copies only of the same bytes. A burst needs time and
    likeness together; photos without EXIF time have none. Two photos of different times are a
    burst however alike they are, since no copy is taken a moment later. A photo is compared with
    the 64 that follow it in time at most, so that a wrong clock that gives all one time costs no
    more.

    Args:
        fingerprints: one a photo; places in the result count from 0 in this order.
        burst_seconds: the longest time between neighbours in a burst.
    """
    if not fingerprints:
        return Duplicates((), ())
    tiny = tiny_copies(fingerprints)
    times = np.array([np.nan if f.time is None else f.time for f in fingerprints])
    copies = _find_copies(fingerprints, tiny, times, burst_seconds)
    times[[f.flat for f in fingerprints]] = np.nan
    bursts = _find_bursts(copies.roots(), tiny, times, burst_seconds)
    return Duplicates(copies.clusters(), bursts.clusters())


def _find_copies(
    fingerprints: Sequence[Fingerprint], tiny: TinyCopies, times: np.ndarray, burst_seconds: float
) -> Forest:
    forest = Forest(len(fingerprints))
    first_of: dict[str, int] = {}
    for place, print_ in enumerate(fingerprints):
        if (original := first_of.setdefault(print_.sha256, place)) != place:
            forest.join(Link(original, place, "exact"))
    distinct = np.array([p for p in first_of.values() if not fingerprints[p].flat], dtype=int)
    hashes = np.array([np.frombuffer(fingerprints[p].hash, np.uint8) for p in distinct])
    for rows, columns, mirrored in _near_hashes(hashes):
        first, second = distinct[rows], distinct[columns]
        apart = np.abs(times[first] - times[second])
        copied = ~((apart > 0) & (apart <= burst_seconds))  # true where a time is not known
        _join(forest, tiny, (first[copied], second[copied], mirrored[copied]), COPY_LIKENESS)
    return forest


def _find_bursts(
    copy_of: np.ndarray, tiny: TinyCopies, times: np.ndarray, burst_seconds: float
) -> Forest:
    forest = Forest(len(times))
    for first, second in _near_times(times, burst_seconds):
        other = copy_of[first] != copy_of[second]
        pairs = first[other], second[other], np.zeros(other.sum(), bool)
        _join(forest, tiny, pairs, BURST_LIKENESS, "burst")
    return forest


def _join(
    forest: Forest, tiny: TinyCopies, pairs: Pairs, at_least: float, kind: Kind = "near"
) -> None:
    """Join the pairs that are alike enough, the most alike first."""
    while len(pairs[0]):
        roots = forest.roots()
        apart = roots[pairs[0]] != roots[pairs[1]]
        first, second, mirrored = (values[apart] for values in pairs)
        now, later = slice(None, _PAIRS_AT_ONCE), slice(_PAIRS_AT_ONCE, None)
        alike = likeness(tiny, first[now], second[now], mirrored[now])
        for number in np.argsort(-alike, kind="stable"):
            if alike[number] < at_least:
                break
            kind_here: Kind = "mirrored" if mirrored[number] else kind
            places = int(first[number]), int(second[number])
            forest.join(Link(*places, kind_here, float(alike[number])))
        pairs = first[later], second[later], mirrored[later]


def _near_hashes(hashes: np.ndarray) -> Iterator[Pairs]:
    """Pairs of near hashes, plain or mirrored, block by block; `hashes` is `(photos, 32)`, bytes.

    Mirroring inverts the bits of odd horizontal frequencies. With bits as -1 and +1 the agreement
    of two hashes is the sum of two products, over even and over odd frequencies; that with the
    mirrored hash is their difference.
    """
    if not len(hashes):
        return
    signs = np.unpackbits(hashes, axis=1).astype(np.float32) * 2 - 1
    signs[:, 0] = 0
    even, odd = signs[:, ~_ODD], signs[:, _ODD]
    agreement = _BITS - 2 * HASH_DISTANCE
    for top in range(0, len(signs), _ROWS):
        rows = slice(top, top + _ROWS)
        for left in range(top - top % _COLUMNS, len(signs), _COLUMNS):
            columns = slice(left, left + _COLUMNS)
            same, turned = even[rows] @ even[columns].T, odd[rows] @ odd[columns].T
            plain = np.nonzero(same + turned >= agreement)
            mirrored = np.nonzero(same - turned >= agreement)
            first = np.concatenate([plain[0], mirrored[0]]) + top
            second = np.concatenate([plain[1], mirrored[1]]) + left
            once = first < second
            is_mirrored = np.arange(len(first)) >= len(plain[0])
            yield first[once], second[once], is_mirrored[once]


def _near_times(times: np.ndarray, seconds: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of photos taken within `seconds`, neighbours in time first; NaN is no time."""
    places = np.argsort(times, kind="stable")[: np.count_nonzero(~np.isnan(times))]
    for step in range(1, min(_NEIGHBOURS, len(places) - 1) + 1):
        close = times[places[step:]] - times[places[:-step]] <= seconds
        yield places[:-step][close], places[step:][close]
