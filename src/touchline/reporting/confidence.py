"""How far a score can be trusted: the score, the count it rests on and its 95 % interval.

`wilson` is for shares (so many of so many), `bootstrap` for everything else that is computed from
a sample of photos, clips or queries. Where the sample comes in groups (bursts, players, matches),
whole groups are drawn, for photos of one burst are not as many independent witnesses.
"""

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Unit = Literal["share", "points", "number"]
Numbers: TypeAlias = NDArray[np.float64]
Statistic: TypeAlias = Callable[[Numbers], Numbers]

LEVEL = 0.95
NORMAL_QUANTILE = 1.959963984540054  # half of 5 % of a normal distribution lies above it
RESAMPLES = 2000
BLOCK_BYTES = 32 << 20


@dataclass(frozen=True)
class Score:
    """A measured number, the count it rests on, and the ends of its 95 % interval.

    Attributes:
        value: the score itself; NaN where nothing was measured.
        n: how many items it was measured on (the denominator of a share).
        low, high: ends of the interval; NaN where none can be given.
        unit: `share` in [0, 1] and shown as per cent, `points` for a difference of two shares,
            `number` for anything else (a loss, an error in probabilities).
    """

    value: float
    n: int
    low: float
    high: float
    unit: Unit = "share"

    def as_dict(self) -> dict[str, Any]:
        """The score for JSON, which knows no NaN: what is not a finite number is null.

        >>> Score(math.nan, 0, 0.0, 1.0).as_dict()
        {'value': None, 'n': 0, 'low': 0.0, 'high': 1.0}
        """
        return {
            "value": _finite(self.value), "n": self.n,
            "low": _finite(self.low), "high": _finite(self.high),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], unit: Unit = "share") -> "Score":
        """The inverse of `as_dict`: where JSON has null, there is no number.

        >>> Score.from_dict({"value": None, "n": 0, "low": 0.0, "high": 1.0})
        Score(value=nan, n=0, low=0.0, high=1.0, unit='share')
        """
        value, low, high = (
            math.nan if values[name] is None else values[name] for name in ("value", "low", "high")
        )
        return cls(value, values["n"], low, high, unit)


def wilson(successes: int, n: int) -> Score:
    """The share `successes / n` with the Wilson score interval.

    Unlike the textbook interval it stays inside [0, 1] and does not shrink to nothing when every
    photo is right (Wilson, 1927; Brown, Cai and DasGupta, 2001). With n = 0 the value is NaN and
    the interval is all of [0, 1].

    Raises:
        ValueError: when not 0 <= successes <= n.

    >>> score = wilson(61, 62)
    >>> f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]"
    '0.984 [0.914, 0.997]'
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return Score(math.nan, 0, 0.0, 1.0)
    share, spread = successes / n, NORMAL_QUANTILE**2 / n
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    # At the very ends the formula gives 0 and 1 but for the last binary digit.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Score(share, n, low, high)


def bootstrap(
    statistic: Statistic,
    n: int,
    *,
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    unit: Unit = "share",
) -> Score:
    """A statistic of n items with its percentile bootstrap interval (Efron, 1979).

    Args:
        statistic: from weights, shape (rows, n), how often each item was drawn in each resample,
            to values, shape (rows,) or (rows, 1). A mean is `weights @ x / weights.sum(axis=1)`.
        n: the number of items; with none, the value is NaN.
        groups: one key an item; items of equal key are drawn together (cluster bootstrap), so that
            the interval speaks of new groups, not of more items of the same ones.
        resamples: how many samples are drawn with replacement.
        seed: of the generator; the same seed gives the same interval.
        unit: what the value means (see `Score`).

    Returns:
        The score; its bounds are NaN where fewer than two items, or two groups, can be drawn from.

    >>> heights = np.array([1.0, 2.0, 3.0, 4.0])
    >>> bootstrap(lambda w: w @ heights / w.sum(axis=1), 4, unit="number")
    Score(value=2.5, n=4, low=1.5, high=3.5, unit='number')
    """
    if n == 0:
        return Score(math.nan, 0, math.nan, math.nan, unit)
    value = float(statistic(np.ones((1, n))).reshape(()))
    if _units(n, groups) < 2:
        return Score(value, n, math.nan, math.nan, unit)
    values = _resampled(statistic, n, groups, resamples, seed)
    (low,), (high,) = _percentiles(values)
    return Score(value, n, low, high, unit)


def centred_bootstrap(
    statistic: Statistic,
    n: int,
    *,
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    unit: Unit = "share",
) -> list[Score]:
    """Statistics in [0, 1] that drawing again pushes to one side, with intervals shifted back.

    A resample repeats some photos and misses others, so a mean of precisions over classes, or a
    calibration error, is systematically off in it. Each column of resamples is moved so that its
    mean is the value measured, and cut at 0 and 1.

    Arguments as for `bootstrap`, but for n >= 1 and a statistic of several columns, which share
    their resamples: values of shape (rows, columns), NaN where a resample says nothing.

    Returns:
        One score a column.
    """
    centre = statistic(np.ones((1, n))).reshape(-1)
    if _units(n, groups) < 2:
        return [Score(value, n, math.nan, math.nan, unit) for value in centre.tolist()]
    values = _resampled(statistic, n, groups, resamples, seed)
    bounds = _percentiles(np.clip(values - np.nanmean(values, axis=0) + centre, 0, 1))
    columns = zip(centre.tolist(), *bounds, strict=True)
    return [Score(value, n, low, high, unit) for value, low, high in columns]


def mean(
    values: Numbers,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
    unit: Unit = "number",
) -> Score:
    """The mean of values, shape (n,), with its bootstrap interval; arguments as for `bootstrap`."""

    def statistic(weights: Numbers) -> Numbers:
        means: Numbers = weights @ values / weights.sum(axis=1)
        return means

    return bootstrap(statistic, len(values), groups=groups, seed=seed, unit=unit)


def share(
    hits: NDArray[np.bool_], *, groups: Sequence[Hashable] | None = None, seed: int = 0
) -> Score:
    """The share of hits, shape (n,), with its Wilson interval.

    With groups the interval is no narrower than that of a bootstrap which draws whole groups.

    >>> share(np.array([True, True, False, False])).value
    0.5
    """
    score = wilson(int(hits.sum()), len(hits))
    if groups is None:
        return score
    return wider(score, mean(hits.astype(np.float64), groups=groups, seed=seed, unit="share"))


def wider(first: Score, second: Score) -> Score:
    """`first` with its interval stretched to cover that of `second`; a NaN end stretches nothing.

    >>> wider(Score(0.5, 10, 0.4, 0.6), Score(0.5, 10, 0.3, 0.55))
    Score(value=0.5, n=10, low=0.3, high=0.6, unit='share')
    """
    low, high = np.fmin(first.low, second.low), np.fmax(first.high, second.high)
    return Score(first.value, first.n, float(low), float(high), first.unit)


def never_certain(score: Score) -> Score:
    """Where all items are right, or all wrong, no resample differs; then Wilson's bounds hold.

    >>> never_certain(Score(1.0, 5, 1.0, 1.0)).low < 0.6
    True
    """
    if score.value not in (0.0, 1.0):
        return score
    return wider(score, wilson(round(score.value * score.n), score.n))


def _units(n: int, groups: Sequence[Hashable] | None) -> int:
    """How many things can be drawn independently."""
    return n if groups is None else len(set(groups))


def _resampled(
    statistic: Statistic, n: int, groups: Sequence[Hashable] | None, resamples: int, seed: int
) -> Numbers:
    """The statistic of each resample, shape (resamples, columns)."""
    blocks = [statistic(weights) for weights in _draws(n, groups, resamples, seed)]
    return np.concatenate([block.reshape(len(block), -1) for block in blocks])


def _draws(
    n: int, groups: Sequence[Hashable] | None, resamples: int, seed: int
) -> Iterator[Numbers]:
    """Weights of the resamples in blocks of rows, each (rows, n)."""
    member_of: NDArray[np.intp] = np.arange(n)
    if groups is not None:
        numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        member_of = np.array([numbers[group] for group in groups])
    units = _units(n, groups)
    generator = np.random.default_rng(seed)
    rows_a_block = max(1, BLOCK_BYTES // (8 * n))
    for start in range(0, resamples, rows_a_block):
        rows = min(rows_a_block, resamples - start)
        drawn = generator.integers(0, units, (rows, units))
        # One count over all rows at once: each row's numbers are shifted into a range of its own.
        drawn += np.arange(rows)[:, None] * units
        counts = np.bincount(drawn.ravel(), minlength=rows * units).reshape(rows, units)
        yield counts[:, member_of].astype(np.float64)


def _percentiles(values: Numbers) -> tuple[list[float], list[float]]:
    """The ends of the central 95 % of each column, NaN left out."""
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return low.tolist(), high.tolist()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
