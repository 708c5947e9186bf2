"""A study before its first round: the photos, the plan, and whether it can be carried out."""

from dataclasses import dataclass, replace
from pathlib import Path

from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.photos.gather import Gathered, gather, prepare
from touchline.photos.records import data_hash
from touchline.photos.study import Study
from touchline.runs import Run
from touchline.settings import as_yaml
from touchline.synth.limits.quantities import shown_bytes, shown_seconds
from touchline.synth.study.arms import arms_of
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.differences import ENOUGH_ROUNDS
from touchline.synth.study.generator_round import lesson_of, refuse_leaking_round
from touchline.synth.study.round_work import RoundWork
from touchline.synth.study.rounds import Plan, plan_rounds
from touchline.synth.train import foresee
from touchline.training.tracking.tracker import Tracker, Within

BEGUN = "begun.json"
"""Names the photos that a study was begun with."""


@dataclass(frozen=True)
class Prepared:
    """What a study is about to do.

    Attributes:
        config: how.
        gathered: the real photos.
        real: the same, ready to be learnt from.
        plan: the rounds.
    """

    config: StudyConfig
    gathered: Gathered
    real: Study
    plan: Plan

    def works(self, folder: Path, tracker: Tracker | None = None) -> tuple[RoundWork, ...]:
        """The rounds as work to do below the folder of the run."""
        return tuple(
            RoundWork(
                self.config, replace(self.real, validation=each.validation), self.gathered, each,
                folder / "rounds" / f"{each.number}",
                None if tracker is None else Within(tracker, f"round-{each.number}"),
            )
            for each in self.plan.rounds
        )  # fmt: skip


def prepare_study(config: StudyConfig) -> Prepared:
    """Read the photos and plan the rounds.

    Raises:
        UsageError: the photos cannot be used or parted so, or photos that belong together would
            teach and score in one round.
    """
    gathered = gather(config.data, config.cache or default_cache())
    real = prepare(config.photos_config(), gathered)
    prepared = Prepared(config, gathered, real, plan_rounds(config, real.photos))
    for work in prepared.works(Path()):
        refuse_leaking_round(work)
    return prepared


def begun(prepared: Prepared) -> dict[str, str]:
    """What a study notes down when it begins, and is known by when it is gone on with."""
    return {"data": data_hash(prepared.real)}


def refuse_other(run: Run, prepared: Prepared) -> None:
    """Refuse to go on with a study that was begun with other settings or photos.

    Raises:
        UsageError: it was, or there is no study.
    """
    if not run.file(BEGUN).is_file():
        raise UsageError(
            "the folder of a study", f"no {BEGUN} in {run.folder}",
            "`touchline synth study DATA --out RUN` makes one.",
        )  # fmt: skip
    same_photos = run.read_json(BEGUN) == begun(prepared)
    if same_photos and run.config.read_text(encoding="utf-8") == as_yaml(prepared.config):
        return
    raise UsageError(
        f"the settings and photos that the study in {run.folder} was begun with",
        "other settings" if same_photos else "other photos",
        "Go on with those, or begin a new study in another folder.",
    )


def foreseen(prepared: Prepared, folder: Path) -> str:
    """Rounds and classifiers, and what the generators take that are still to be taught.

    Args:
        prepared: the study.
        folder: of its run, which need not exist.

    Raises:
        UsageError: teaching a generator would pass its limits, or those of the machine.
    """
    rounds, arms = prepared.plan.rounds, arms_of(prepared.config)
    told = (
        f"{prepared.plan.scheme}: {len(rounds)} rounds, in each of which a generator learns from "
        f"about {len(rounds[0].train)} photos, and {len(arms)} classifiers are tested on about "
        f"{len(rounds[0].test)}."
    )
    if len(rounds) < ENOUGH_ROUNDS:
        told += f" So few rounds can hardly tell; {ENOUGH_ROUNDS} or more can."
    waiting = [work for work in prepared.works(folder) if not work.taught.is_file()]
    if not waiting:
        return told
    first, count = waiting[0], len(waiting)
    need = foresee(first.generator_config, lesson_of(first), first.generator.folder)
    return (
        f"{told}\nA generator: {need.describe()}\nWith {count} of them to be taught that is "
        f"{shown_bytes(need.disk * count)} of disk and {shown_seconds(need.seconds * count)} in "
        "all, besides photos and classifiers."
    )
