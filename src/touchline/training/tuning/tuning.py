"""Work through a study: take trials and score them until all are done or the time is up.

A task brings an objective, and this package everything else. An objective is a function of the
`key=value` words that a trial tries, and of `report`; it gives a score, the larger the better:

    def objective(words, report):
        for epoch in range(1, 11):
            score = ...
            report(epoch, score)  # may stop the trial here
        return score
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from optuna import TrialPruned
from optuna.trial import Trial

from touchline.errors import InterruptedRunError, TouchlineError, UsageError
from touchline.reporting.progress import say
from touchline.training.tuning.one_line import as_command_words
from touchline.training.tuning.studies import TuningStudy
from touchline.training.tuning.trials import PLACE, as_share


class Report(Protocol):
    """Tells how a trial stands, so that one worse than most is stopped early."""

    def __call__(self, step: int, score: float) -> None:
        """Report the score after so many steps (folds, epochs), from 1.

        Raises:
            TrialPruned: the trial is to end; an objective lets it pass.
        """
        ...


class Objective(Protocol):
    """What a task is tuned for."""

    def __call__(self, words: Sequence[str], report: Report) -> float:
        """The score of a trial, the larger the better; it is never computed from test data.

        Args:
            words: `key=value` words, to resolve a configuration with.
            report: to be called on the way, with scores that are comparable between trials.

        Raises:
            Exception: any but an interruption ends the trial, not the study, and is put down.
        """
        ...


@dataclass(frozen=True)
class Budget:
    """How long a study goes on; without either it never ends.

    Attributes:
        trials: how many there are in all, over all processes, those before an interruption
            included; failed and pruned ones count, lost ones are repeated.
        minutes: this process begins no further trial after so long.

    Raises:
        UsageError: when the time is not more than none.
    """

    trials: int | None = 60
    minutes: float | None = None

    def __post_init__(self) -> None:
        if self.minutes is not None and not self.minutes > 0:
            raise UsageError(
                "--minutes above 0", f"{self.minutes:g}",
                "Say how long to search, or how many --trials.",
            )  # fmt: skip


def work_through(
    study: TuningStudy,
    objective: Objective,
    budget: Budget,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Score trials until the budget is used up, then leave the study.

    Args:
        study: this process's seat in it.
        objective: what is tuned for.
        budget: how long.
        clock: seconds that only ever grow.

    Returns:
        Whether this process was the last to leave, and so is to finish the study. It is closed
        then: no process takes another trial of it.

    Raises:
        InterruptedRunError: stopped by the person; the trial it was at will be repeated.
    """
    start = clock()
    deadline = start + 60 * budget.minutes if budget.minutes is not None else float("inf")
    try:
        while clock() < deadline:
            trial = study.claim(budget.trials)
            if trial is None:
                break
            _attempt(study, objective, trial, budget)
    except (KeyboardInterrupt, SystemExit, InterruptedRunError) as stop:
        study.leave(close=False)
        done = sum(record.outcome not in ("lost", "running") for record in study.records())
        raise InterruptedRunError(
            "a study to its end", f"an interruption after {done} trials",
            "These are kept; go on with the same command.",
        ) from stop  # fmt: skip
    except BaseException:
        study.leave(close=False)
        raise
    return study.leave(close=True)


def _attempt(study: TuningStudy, objective: Objective, trial: Trial, budget: Budget) -> None:
    words = study.space.words(trial.params)

    def report(step: int, score: float) -> None:
        trial.report(score, step)
        if trial.should_prune():
            raise TrialPruned

    try:
        score = objective(words, report)
    except TrialPruned:
        study.prune(trial)
        ending = "pruned"
    except (KeyboardInterrupt, SystemExit, InterruptedRunError):
        study.lose(trial)
        raise
    except Exception as error:
        told = str(error) if isinstance(error, TouchlineError) else repr(error)
        study.fail(trial, told)
        ending = f"failed: {told}"
    else:
        study.complete(trial, score)
        ending = as_share(score)
    # Its place, for the number counts on where a trial that was lost is repeated.
    of = f" ({trial.user_attrs[PLACE] + 1} of {budget.trials})" if budget.trials is not None else ""
    say(f"trial {trial.number + 1}{of}: {ending}  {as_command_words(words)}")
