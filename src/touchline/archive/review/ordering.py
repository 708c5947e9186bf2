"""Which photos a person looks at first: where most mistakes are to be expected, and no twins.

Doubtful photos come before sure ones, and one of each burst before the rest of it. With vectors the
first of the doubtful are spread: the next photo is always the one of most expected mistakes, times
one minus its nearness (cosine) to the nearest of those already placed. That is maximal marginal
relevance (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering
documents and producing summaries", SIGIR 1998) with the discount as a factor, so that no weight has
to be chosen between a number of mistakes and a cosine.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError

SPREAD_AT_MOST = 4000
"""So many of the doubtful are spread, more than a day's work; the rest follow by expected mistakes.

Their nearness to each other takes 64 MB and about a second."""

_BLOCK = 1024


@dataclass(frozen=True)
class Candidate:
    """A photo that waits for a person.

    Attributes:
        path: the photo; settles ties.
        label: the model's best class.
        confidence: its calibrated confidence, in [0, 1].
        is_doubtful: the model asks for a person.
        out_of_scope: it is unlike anything learnt.
        mirror_agrees: the mirrored photo gets the mirrored label; None when not asked.
        burst: names the photos taken together; empty for none.
        sha256: names what the photo looks like.
    """

    path: str
    label: str
    confidence: float
    is_doubtful: bool = True
    out_of_scope: bool = False
    mirror_agrees: bool | None = None
    burst: str = ""
    sha256: str = ""


def risk_of(candidate: Candidate) -> float:
    """How likely the label is wrong, in [0, 1].

    Calibrated confidence is measured on photos like those learnt. Out of scope, or where the mirror
    contradicts, less of it can be believed: each halves it.

    >>> risk_of(Candidate("a.jpg", "Kick-l", 0.8, mirror_agrees=False))
    0.6
    """
    doubts = candidate.out_of_scope + (candidate.mirror_agrees is False)
    return 1.0 - candidate.confidence * 0.5**doubts


def review_order(
    candidates: Sequence[Candidate], vectors: Mapping[str, NDArray[np.floating]] | None = None
) -> list[int]:
    """The places of `candidates` in the order in which a person should look at them.

    The order does not depend on the order of `candidates`; ties go by path.

    Args:
        candidates: the photos, each path once.
        vectors: what a photo looks like, `(dimensions,)`, by its SHA-256. A photo without one, or
            whose vector is zero or not finite, is near to nothing. None spreads nothing.

    Raises:
        UsageError: the vectors are not of one length.
    """
    by_path = sorted(range(len(candidates)), key=lambda place: candidates[place].path)
    risks = [risk_of(candidates[place]) for place in range(len(candidates))]
    mistakes = _expected_mistakes(candidates, risks)
    order: list[int] = []
    for doubtful in (True, False):
        chosen = [place for place in by_path if candidates[place].is_doubtful == doubtful]
        firsts, others = _first_of_each_burst(chosen, candidates, risks)
        firsts.sort(key=lambda place: -mistakes[place])
        if doubtful and vectors and firsts:
            spread = firsts[:SPREAD_AT_MOST]
            rows = _rows([candidates[place].sha256 for place in spread], vectors)
            turns = _spread([mistakes[place] for place in spread], rows)
            firsts[:SPREAD_AT_MOST] = [spread[turn] for turn in turns]
        order += [*firsts, *others]
    return order


def _expected_mistakes(candidates: Sequence[Candidate], risks: Sequence[float]) -> list[float]:
    """How many wrong labels a look may mend: a burst whose labels agree is mended at once."""
    bursts: dict[str, list[int]] = defaultdict(list)
    for place, candidate in enumerate(candidates):
        if candidate.burst:
            bursts[candidate.burst].append(place)
    expected = list(risks)
    for places in bursts.values():
        if len({candidates[place].label for place in places}) == 1:
            whole = sum(sorted(risks[place] for place in places))  # the same sum in any order
            for place in places:
                expected[place] = whole
    return expected


def _first_of_each_burst(
    places: Sequence[int], candidates: Sequence[Candidate], risks: Sequence[float]
) -> tuple[list[int], list[int]]:
    """The riskiest photo of each burst; then all others, the second of each burst first."""
    firsts: list[int] = []
    others: list[tuple[int, int]] = []
    seen: dict[str, int] = defaultdict(int)
    for place in sorted(places, key=lambda place: -risks[place]):
        burst = candidates[place].burst
        if burst and seen[burst]:
            others.append((seen[burst], place))
        else:
            firsts.append(place)
        seen[burst] += 1
    others.sort(key=itemgetter(0))  # stable: by risk within a round
    return firsts, [place for _, place in others]


def _rows(names: Sequence[str], vectors: Mapping[str, NDArray[np.floating]]) -> NDArray[np.float32]:
    """The vectors of these photos, one a row; zeros where there is none."""
    shapes = {np.shape(vector) for vector in vectors.values()}
    if len(shapes) != 1 or len(shape := next(iter(shapes))) != 1:
        raise UsageError(
            "one vector a photo, all of one length",
            f"the shapes {', '.join(map(str, sorted(shapes)))}", "Encode all photos with one run.",
        )  # fmt: skip
    none = np.zeros(shape, np.float32)
    return np.stack([np.asarray(vectors.get(name, none), np.float32) for name in names])


def _spread(mistakes: Sequence[float], rows: NDArray[np.float32]) -> list[int]:
    """The greedy order; of equals the first one wins."""
    expected = np.asarray(mistakes, np.float32)
    near = _nearness(rows)
    left = np.ones(len(expected), np.float32)  # one minus the nearness to the nearest one placed
    waiting = np.ones(len(expected), bool)
    order = []
    for _ in range(len(expected)):
        turn = int(np.argmax(np.where(waiting, expected * left, -1.0)))
        waiting[turn] = False
        order.append(turn)
        np.minimum(left, 1.0 - near[turn], out=left)
    return order


def _nearness(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosines of all pairs, `(n, n)`; those below 0 are 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        usable = np.isfinite(lengths) & (lengths > 0)
        rows = np.where(usable, rows / np.where(usable, lengths, 1.0), 0.0)
    near = np.empty((len(rows), len(rows)), np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = near[start : start + _BLOCK]
        np.clip(rows[start : start + _BLOCK] @ rows.T, 0.0, 1.0, out=block)
    return near
