"""One trial of a study as reports and tables read it, whatever storage it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from optuna.trial import FrozenTrial, TrialState

from touchline.errors import UsageError
from touchline.training.tuning.space import Value

PLACE, WORKER, ERROR = "place", "worker", "error"
Outcome: TypeAlias = Literal["complete", "pruned", "failed", "lost", "running"]


@dataclass(frozen=True)
class TrialRecord:
    """What one trial tried and what came of it.

    Attributes:
        number: from 1, in the order in which trials began; lost ones count too.
        place: from 0, its place in the study; a trial that was lost is repeated in the same place.
        outcome: `lost` when its process died or was interrupted.
        score: the objective, the larger the better; None unless complete. A pruned trial's last
            report is the last of `reports`.
        values: what was tried, by dotted name.
        reports: the objective as it was reported on the way: (step, score).
        seconds: wall time; None while it runs.
        error: why it failed or was lost, else empty.
    """

    number: int
    place: int
    outcome: Outcome
    score: float | None
    values: Mapping[str, Value]
    reports: tuple[tuple[int, float], ...] = ()
    seconds: float | None = None
    error: str = ""


def record_of(trial: FrozenTrial) -> TrialRecord:
    """A trial of Optuna's as we report it."""
    error = trial.user_attrs.get(ERROR, "")
    # What fails says why; a dead or interrupted process has said nothing.
    lost = trial.state == TrialState.FAIL and not error
    return TrialRecord(
        number=trial.number + 1,
        place=int(trial.user_attrs[PLACE]),
        outcome="lost" if lost else _OUTCOMES[trial.state],
        score=trial.value if trial.state == TrialState.COMPLETE else None,
        values=dict(trial.params),
        reports=tuple(sorted(trial.intermediate_values.items())),
        seconds=trial.duration.total_seconds() if trial.duration else None,
        error="its process died or was interrupted" if lost else error,
    )


def best_of(records: Sequence[TrialRecord]) -> TrialRecord:
    """The complete trial with the largest score; of equal ones the first.

    Raises:
        UsageError: when none is complete; says why the first one failed.
    """
    complete = [record for record in records if record.outcome == "complete"]
    if not complete:
        errors = [record.error for record in records if record.outcome == "failed"]
        raise UsageError(
            "at least one trial with a score",
            f"none of {len(records)}{f' (the first failed: {errors[0]})' if errors else ''}",
            "Mend the cause and begin another study, in another folder.",
        )  # fmt: skip
    return max(complete, key=lambda record: (_score(record), -record.number))


def as_share(score: float) -> str:
    """A trial's score as people read it.

    >>> as_share(0.81234)
    '81.23 %'
    """
    return f"{100 * score:.2f} %"


def tally(records: Sequence[TrialRecord]) -> dict[Outcome, int]:
    """How many trials came to which end, the ends that occurred only."""
    found = [record.outcome for record in records]
    return {outcome: found.count(outcome) for outcome in _ORDER if outcome in found}


def _score(record: TrialRecord) -> float:
    assert record.score is not None
    return record.score


_ORDER: tuple[Outcome, ...] = ("complete", "pruned", "failed", "lost", "running")
_OUTCOMES: dict[Any, Outcome] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "running",
}
