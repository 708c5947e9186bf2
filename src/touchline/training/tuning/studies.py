"""A study that several processes share: each takes trials until there are as many as were asked.

Trials are handed out under one lock, so N trials means N in all, none lost and none twice. Each
process also holds a lock of its own while it works: a trial whose holder's lock is free belongs to
a process that died, is put down as lost, and its place is given out again.
"""

import math
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

import optuna
from optuna.pruners import BasePruner, MedianPruner, NopPruner
from optuna.trial import Trial, TrialState

from touchline.errors import UsageError
from touchline.training.tuning.locks import Locks, holding, is_held
from touchline.training.tuning.plans import Plan, SamplerName, plan_of, sampler_of
from touchline.training.tuning.space import Space
from touchline.training.tuning.storage import OpenStorage
from touchline.training.tuning.trials import ERROR, PLACE, WORKER, TrialRecord, record_of

PrunerName = Literal["median", "none"]
TERMS, WORKERS, CLOSED = "terms", "worker-", "closed"
DATA = "data"
"""The one of the terms that is a hash."""
CLAIMING = "claiming"
STARTUP_TRIALS = 5


@dataclass(frozen=True)
class Method:
    """How a study searches.

    Attributes:
        sampler: tpe learns from earlier trials; random and grid do not.
        pruner: median stops a trial that, after as many reports, is worse than half of the others.
        seed: decides what is tried. With TPE, what several processes try also depends on which of
            them is done first; by chance and by grid it does not.
    """

    sampler: SamplerName = "tpe"
    pruner: PrunerName = "median"
    seed: int = 0


@dataclass(frozen=True)
class TuningStudy:
    """A process's seat in a study; `join` gives one, `leave` gives it back.

    Attributes:
        study: Optuna's.
        locks: that the processes share.
        space: what is tuned.
        plan: what each place of the study tries, as far as it is laid down.
        worker: names this process.
        seat: its own lock, held while it works.
    """

    study: optuna.Study
    locks: Locks
    space: Space
    plan: Plan
    worker: str
    seat: ExitStack

    def claim(self, trials: int | None) -> Trial | None:
        """The next trial, its values chosen, for this process alone.

        Args:
            trials: how many there may be in all; None for no bound.

        Returns:
            None when there are as many, the plan has come to its end, or the study is closed.
        """
        with holding(self.locks, CLAIMING):
            self._give_up_lost()
            taken = {record.place for record in self.records() if record.outcome != "lost"}
            place = next(n for n in range(len(taken) + 1) if n not in taken)
            values = self.plan(place)
            if self.is_closed or values is None or (trials is not None and len(taken) >= trials):
                return None
            self.study.enqueue_trial(dict(values), {PLACE: place, WORKER: self.worker})
            return self.study.ask(self.space.distributions())

    def complete(self, trial: Trial, score: float) -> None:
        """Put down a trial's score; one that is no finite number is a failure."""
        if math.isfinite(score):
            self.study.tell(trial, score, skip_if_finished=True)
        else:
            self.fail(trial, f"the score is {score}")

    def prune(self, trial: Trial) -> None:
        """Put down that a trial was stopped for being worse than others."""
        self.study.tell(trial, state=TrialState.PRUNED, skip_if_finished=True)

    def fail(self, trial: Trial, error: str) -> None:
        """Put down that a trial failed, and why; it counts as one that was tried."""
        trial.set_user_attr(ERROR, error)
        self.study.tell(trial, state=TrialState.FAIL, skip_if_finished=True)

    def lose(self, trial: Trial) -> None:
        """Put down that a trial was interrupted; its place will be given out again."""
        self.study.tell(trial, state=TrialState.FAIL, skip_if_finished=True)

    def leave(self, *, close: bool) -> bool:
        """Give the seat back; whether this process was the last, and so the one to finish.

        Args:
            close: let the last one close the study: there is nothing more to try, or no time.
        """
        with holding(self.locks, CLAIMING):
            self.seat.close()
            if any(is_held(self.locks, worker) for worker in self._workers()):
                return False
            self._give_up_lost()
            if close:
                self.study.set_user_attr(CLOSED, True)
            return close

    @property
    def is_closed(self) -> bool:
        """Whether no more trials are given out, for the winner was chosen."""
        return bool(self.study.user_attrs.get(CLOSED, False))

    def records(self) -> list[TrialRecord]:
        """All trials so far, in the order in which they began."""
        return [record_of(trial) for trial in self.study.get_trials(deepcopy=False)]

    def _workers(self) -> list[str]:
        return [name for name in self.study.user_attrs if name.startswith(WORKERS)]

    def _give_up_lost(self) -> None:
        """Put down as lost what dead processes left; only under the lock of claiming."""
        alive = {worker for worker in self._workers() if is_held(self.locks, worker)}
        for trial in self.study.get_trials(deepcopy=False):
            if trial.state == TrialState.WAITING:  # its process died before it had begun
                self.study.tell(self.study.ask(), state=TrialState.FAIL)
            elif trial.state == TrialState.RUNNING and trial.user_attrs[WORKER] not in alive:
                self.study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)


def join(
    opened: OpenStorage, space: Space, method: Method, terms: Mapping[str, Any],
    examples: str = "examples",
) -> TuningStudy:  # fmt: skip
    """Begin a study, or go on with one that was begun on the same terms.

    Args:
        opened: where it is kept.
        space: what is tuned.
        method: how it searches.
        terms: what must be the same in all processes and after an interruption, by name: the
            hash of the `data`, the settings that are not tuned. Values are what JSON can hold.
        examples: what the data is of, e.g. `photos`.

    Raises:
        UsageError: the study was begun with another space, method, data or setting; says which. Or
            a grid over a range without a step.
    """
    plan = plan_of(method.sampler, space, method.seed)
    own = {**vars(method), "space": space.as_dict(), **terms}
    with holding(opened.locks, CLAIMING):
        study = optuna.create_study(
            storage=opened.storage, study_name=opened.study, direction="maximize",
            load_if_exists=True, pruner=_pruner_of(method.pruner),
        )  # fmt: skip
        _refuse_other_terms(study.user_attrs.get(TERMS), own, examples)
        study.set_user_attr(TERMS, own)
        before = sum(name.startswith(WORKERS) for name in study.user_attrs)
        study.sampler = sampler_of(method.sampler, method.seed + before)
        worker = f"{WORKERS}{uuid.uuid4().hex}"
        seat = opened.locks.take(worker, wait=True)
        assert seat is not None
        study.set_user_attr(worker, before)
    return TuningStudy(study, opened.locks, space, plan, worker, seat)


def _refuse_other_terms(
    saved: Mapping[str, Any] | None, own: Mapping[str, Any], examples: str
) -> None:
    for name in () if saved is None else sorted({*saved, *own}):
        assert saved is not None
        if saved.get(name) == own.get(name):
            continue
        if name == DATA:  # two hashes would tell nothing
            raise UsageError(
                "the data that this study began with",
                f"that the {examples} or their split have changed",
                "Put them back to go on, or begin another study, in another folder.",
            )  # fmt: skip
        was, here = _difference(saved.get(name), own.get(name))
        raise UsageError(
            f"the {name} that this study began with, {was}", here,
            "Set it back to go on, or begin another study, in another folder.",
        )  # fmt: skip


def _difference(was: Any, here: Any) -> tuple[str, str]:
    """What of two values differs, in short: of two groups only the entries that are not alike."""
    if not (isinstance(was, dict) and isinstance(here, dict)):
        return str(was), str(here)
    keys = [key for key in {**was, **here} if was.get(key) != here.get(key)]

    def write(group: dict[str, Any]) -> str:
        return ", ".join(f"{key}: {group.get(key, 'not there')}" for key in keys)

    return write(was), write(here)


def _pruner_of(name: PrunerName) -> BasePruner:
    return MedianPruner(n_startup_trials=STARTUP_TRIALS) if name == "median" else NopPruner()
