"""KID: how far the generated photos lie from real ones, as two clouds of features.

Bińkowski et al., "Demystifying MMD GANs", ICLR 2018: the squared maximum mean discrepancy under the
kernel (x . y / d + 1)^3, estimated without bias, so that it is 0 on average where the photos come
from one source, however few they are. FID has no such estimate: it shrinks with the number.

The interval is that of a jackknife which leaves out one group of photos at a time. A bootstrap
would not do: a photo that is drawn twice is a pair at distance nothing, as unlike chance as any.
The jackknife's variance is on average no smaller than the true one (Efron and Stein, 1981).
Measured on 12 to 200 photos a side (Gaussian clouds and features of drawn photos, noisy and
recompressed, 300 trials each), its 95 % intervals held the truth 93 to 99.7 times in 100; in groups
(6 to 20, of 4 to 30 photos) 97 to 98, where taking photos for independent held it 0 to 77 times.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from touchline.reporting.confidence import LEVEL, Numbers, Score
from touchline.synth.scores.scored_photos import require_two

LARGEST_SUBSET, SUBSETS = 1000, 100
ROWS_A_BLOCK = 512
ROUNDING = 1e-12


@dataclass(frozen=True)
class SubsetKid:
    """KID as most papers print it: over random subsets of both sets.

    Attributes:
        mean: of the subsets' estimates.
        spread: their standard deviation. It is no error of the mean: the subsets overlap.
        size: photos of each set in a subset.
        subsets: how many.
    """

    mean: float
    spread: float
    size: int
    subsets: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Sums:
    """The kernel summed over the pairs of each group with photos outside it, and their number."""

    sums: Numbers
    pairs: Numbers
    photos: Numbers

    @property
    def mean(self) -> float:
        return float(self.sums.sum() / self.pairs.sum())

    @property
    def means_without(self) -> Numbers:
        """`(groups,)` the mean once a group is left out; a pair counts for both its groups."""
        means: Numbers = (self.sums.sum() - 2 * self.sums) / (self.pairs.sum() - 2 * self.pairs)
        return means


def kid(
    real: np.ndarray,
    generated: np.ndarray,
    real_groups: np.ndarray | None = None,
    generated_groups: np.ndarray | None = None,
) -> Score:
    """The estimate from all pairs of photos, with the jackknife's interval.

    Pairs of one group are left out, as a photo's pair with itself always is: shots of one burst
    would make real photos look more alike than two of them are. Where all photos of a side are of
    one group, each counts as its own.

    Args:
        real: features `(n, d)`.
        generated: features `(m, d)`.
        real_groups: `(n,)` keys of photos that belong together; None has each stand alone.
        generated_groups: `(m,)` likewise.

    Returns:
        The score; its n is the number of photos of the smaller set. It may be below 0. The interval
        speaks of new groups and new generated photos; it is NaN with fewer than three groups on a
        side, or where leaving out any changes nothing.

    Raises:
        UsageError: fewer than two photos on a side.

    >>> real, made = np.array([[1.0], [1.0], [0.0]]), np.array([[0.0], [0.0]])
    >>> round(kid(real, made).value, 4)  # (8 + 1 + 1) / 3 + 1 - 2 * 1
    2.3333
    """
    require_two(real, "real photos")
    require_two(generated, "generated photos")
    left, left_codes = _within(real, real_groups)
    right, right_codes = _within(generated, generated_groups)
    across = np.zeros((len(left.sums), len(right.sums)))
    for start in range(0, len(real), ROWS_A_BLOCK):
        block = _kernel(real[start : start + ROWS_A_BLOCK], generated)
        columns = np.stack([np.bincount(right_codes, row, len(right.sums)) for row in block])
        np.add.at(across, left_codes[start : start + ROWS_A_BLOCK], columns)
    total, n, m = across.sum(), len(real), len(generated)
    value = left.mean + right.mean - 2 * total / (n * m)
    if min(len(left.sums), len(right.sums)) < 3:
        return Score(float(value), min(n, m), math.nan, math.nan, "number")
    crossed_left = (total - across.sum(axis=1)) / ((n - left.photos) * m)
    crossed_right = (total - across.sum(axis=0)) / (n * (m - right.photos))
    variances = [
        _jackknife(value, left.means_without + right.mean - 2 * crossed_left, left.photos),
        _jackknife(value, left.mean + right.means_without - 2 * crossed_right, right.photos),
    ]
    counts = [len(left.sums), len(right.sums)]
    half = _half_width(variances, counts, abs(left.mean) + abs(right.mean))
    return Score(float(value), min(n, m), float(value - half), float(value + half), "number")


def kid_by_subsets(real: np.ndarray, generated: np.ndarray, seed: int = 0) -> SubsetKid:
    """The mean over random subsets, each of half the smaller set, of 2 to 1000 photos.

    Raises:
        UsageError: fewer than two photos on a side.
    """
    require_two(real, "real photos")
    require_two(generated, "generated photos")
    size = min(LARGEST_SUBSET, max(2, min(len(real), len(generated)) // 2))
    generator = np.random.default_rng(seed)
    values = [
        kid(
            real[generator.choice(len(real), size, replace=False)],
            generated[generator.choice(len(generated), size, replace=False)],
        ).value
        for _ in range(SUBSETS)
    ]
    return SubsetKid(float(np.mean(values)), float(np.std(values, ddof=1)), size, SUBSETS)


def _kernel(first: np.ndarray, second: np.ndarray) -> Numbers:
    wide = first.astype(np.float64) @ second.astype(np.float64).T
    return np.asarray((wide / first.shape[1] + 1) ** 3)


def _within(features: np.ndarray, groups: np.ndarray | None) -> tuple[_Sums, np.ndarray]:
    """The sums of one side, and the number of each photo's group."""
    codes = np.arange(len(features))
    if groups is not None:
        names, found = np.unique(groups, return_inverse=True)
        codes = found if len(names) > 1 else codes
    sizes = np.bincount(codes).astype(np.float64)
    sums = np.zeros(len(sizes))
    for start in range(0, len(features), ROWS_A_BLOCK):
        rows = slice(start, start + ROWS_A_BLOCK)
        block = _kernel(features[rows], features)
        block[codes[rows, None] == codes[None, :]] = 0
        sums += np.bincount(codes[rows], block.sum(axis=1), len(sizes))
    return _Sums(sums, sizes * (len(codes) - sizes), sizes), codes


def _jackknife(value: float, without: Numbers, photos: Numbers) -> float:
    """The variance by leaving out groups of any sizes (Busing, Meijer and Van der Leeden, 1999).

    Args:
        value: of all photos.
        without: `(groups,)` the value once a group is left out.
        photos: `(groups,)` the photos of each.
    """
    times = photos.sum() / photos
    pseudo = times * value - (times - 1) * without
    centre = len(photos) * value - ((1 - 1 / times) * without).sum()
    return float(np.mean((pseudo - centre) ** 2 / (times - 1)))


def _half_width(variances: list[float], groups: list[int], size: float) -> float:
    """Half the interval of a sum of two jackknives, by Welch and Satterthwaite's freedom.

    NaN where the variance is nothing but the rounding of terms of this `size`.
    """
    total = sum(variances)
    if math.sqrt(total) <= ROUNDING * size:
        return math.nan
    spent = sum(v * v / (count - 1) for v, count in zip(variances, groups, strict=True))
    return float(student.ppf((1 + LEVEL) / 2, total * total / spent) * math.sqrt(total))
