"""Choosing settings on one split, so that another can say what the choice is worth.

The best of many candidates looks better on the split it was chosen on than it is. So choosing only
ever sees the scores of one split, keeps the whole table, and counts leaving things alone among the
candidates: that is what is chosen when nothing is better.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from touchline.errors import UsageError
from touchline.reid.reranking.settings import RerankSettings

Choice = TypeVar("Choice")
TIE = 1e-9
"""Scores nearer than this are equal: they differ by rounding."""


@dataclass(frozen=True)
class Candidate(Generic[Choice]):
    """One thing that can be chosen.

    Attributes:
        name: what a report calls it.
        choice: the settings themselves.
        plain: whether it leaves things alone: no re-ranking, a single run.
    """

    name: str
    choice: Choice
    plain: bool = False


@dataclass(frozen=True)
class Trial(Generic[Choice]):
    """A candidate and its score on the split that is chosen on."""

    candidate: Candidate[Choice]
    score: float


@dataclass(frozen=True)
class Chosen(Generic[Choice]):
    """What was chosen, and from what.

    Attributes:
        best: the trial that won; its score is that of the split chosen on and flatters it.
        plain: the best of the trials that leave things alone, to be reported beside it.
        table: all trials, in the order of the candidates.
    """

    best: Trial[Choice]
    plain: Trial[Choice]
    table: tuple[Trial[Choice], ...]

    @property
    def helps(self) -> bool:
        """Whether anything was better than leaving things alone."""
        return not self.best.candidate.plain

    @property
    def gain(self) -> float:
        """How much better, on the split chosen on."""
        return self.best.score - self.plain.score


def choose(
    candidates: Sequence[Candidate[Choice]], score_on_valid: Callable[[Candidate[Choice]], float]
) -> Chosen[Choice]:
    """Score every candidate and take the best, of several equally good ones the first.

    Args:
        candidates: the simplest first; at least one leaves things alone.
        score_on_valid: the higher, the better; called once a candidate, on one split only.

    Raises:
        ValueError: when no candidate leaves things alone.
        UsageError: when a score is not a finite number.

    >>> scores = {"leave alone": 0.5, "mild": 0.6, "strong": 0.6}
    >>> every = [Candidate(name, None, plain=name == "leave alone") for name in scores]
    >>> chosen = choose(every, lambda candidate: scores[candidate.name])
    >>> chosen.best.candidate.name, chosen.helps, round(chosen.gain, 3)
    ('mild', True, 0.1)
    """
    if not any(candidate.plain for candidate in candidates):
        raise ValueError("no candidate leaves things alone")
    table = tuple(Trial(candidate, _finite(candidate, score_on_valid)) for candidate in candidates)
    plain = [trial for trial in table if trial.candidate.plain]
    return Chosen(_first_best(table), _first_best(plain), table)


def rerank_grid(
    k1: Sequence[int] = (5, 10, 20), k2: Sequence[int] = (1, 3, 6),
    weight: Sequence[float] = (0.3, 0.5, 0.7),
) -> list[Candidate[RerankSettings | None]]:  # fmt: skip
    """Leaving distances alone, then every combination in which `k2` is not above `k1`.

    >>> [candidate.name for candidate in rerank_grid([1, 4], [2], [0.3])]
    ['no re-ranking', 'k1 4, k2 2, weight 0.3']
    """
    grid = [Candidate[RerankSettings | None]("no re-ranking", None, plain=True)]
    for near, averaged, share in product(k1, k2, weight):
        if averaged <= near:
            settings = RerankSettings(k1=near, k2=averaged, weight=share)
            grid.append(Candidate(f"k1 {near}, k2 {averaged}, weight {share:g}", settings))
    return grid


def weight_grid(members: Sequence[str], step: float = 0.1) -> list[Candidate[dict[str, float]]]:
    """Weights of members that are multiples of a step and sum to 1, each share once.

    Single runs come first and are the plain ones, then pairs, and so on. Runs of weight 0 are left
    out. With 3 members and a step of 0.1 there are 66 candidates, with 5 there are 1,001.

    Args:
        members: names of runs, each once.
        step: a whole number of steps makes 1.

    Raises:
        UsageError: for no member, a member twice, or a step that does not divide 1.

    >>> [candidate.name for candidate in weight_grid(["osnet", "resnet"], 0.5)]
    ['osnet', 'resnet', '0.5 osnet + 0.5 resnet']
    """
    if not members or len(set(members)) < len(members):
        raise UsageError("names of runs, each once", f"{list(members)}", "Name every run once.")
    steps = round(1 / step) if step > 0 else 0
    if not (steps and math.isclose(steps * step, 1)):
        raise UsageError("a step of weights that divides 1", f"{step:g}", "Take e.g. 0.1.")
    grid = [
        {member: part / steps for member, part in zip(members, parts, strict=True) if part}
        for parts in _compositions(steps, len(members))
    ]
    return [
        Candidate(_named(weights), weights, plain=len(weights) == 1)
        for weights in sorted(grid, key=len)
    ]


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """The ways to write a number as so many ordered parts, the first part falling."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        yield from ((first, *rest) for rest in _compositions(total - first, parts - 1))


def _named(weights: dict[str, float]) -> str:
    if len(weights) == 1:
        return next(iter(weights))
    return " + ".join(f"{weight:g} {member}" for member, weight in weights.items())


def _finite(
    candidate: Candidate[Choice], score_on_valid: Callable[[Candidate[Choice]], float]
) -> float:
    score = float(score_on_valid(candidate))
    if not math.isfinite(score):
        raise UsageError(
            "a finite score of every candidate", f"{score} of {candidate.name!r}",
            "Choose on a split whose queries have true matches.",
        )  # fmt: skip
    return score


def _first_best(trials: Sequence[Trial[Choice]]) -> Trial[Choice]:
    best = max(trial.score for trial in trials)
    return next(trial for trial in trials if trial.score >= best - TIE)
