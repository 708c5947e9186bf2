"""Tune a spotter: each trial is a training scored on validation matches, never on test ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from touchline.files import sha256_of_bytes
from touchline.runs import Run
from touchline.spotting.beginning import Gathered, begin, gather
from touchline.spotting.config import SpottingConfig
from touchline.spotting.learning import teach
from touchline.spotting.paired_runs import pair_on_test, pair_on_validation
from touchline.spotting.scoring import MONITORED
from touchline.spotting.train import train
from touchline.training.tracking.opening import require_trackers
from touchline.training.tuning.epoch_reports import score_of_training
from touchline.training.tuning.own_space import (
    Tunable,
    describe_space,
    packaged_space,
    tried,
    tried_afresh,
)
from touchline.training.tuning.searching import Search, search_settings
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.tuned import Tuned
from touchline.training.tuning.tuning import Report

TUNABLE = Tunable(
    "spotter", packaged_space(__package__, "spotting.yaml"),
    ("data", "joint", "proxies", "seed", "device", "tracking"),
)  # fmt: skip
TEST_NOTE = (
    "Both were taught with another seed than the trials and scored once on the test matches, which "
    "chose nothing. The difference is paired, on the same minutes of play, with its 95 % interval."
)
LUCK_NOTE = (
    "The best of many trials is partly the luckiest. A seed that chose nothing gives other weights "
    "to begin with and other clips. It is scored on the same validation matches, so settings that "
    "fit just these still profit; the test matches tell."
)


def tune(config: SpottingConfig, search: Search, out: Path | None = None) -> Tuned:
    """Search for better settings, then score the best once on matches that chose nothing.

    Args:
        config: the matches, and the settings that are not tuned.
        search: what is tried and how long.
        out: the study's folder, as `search_settings` takes it.

    Raises:
        UsageError: when matches, settings or space cannot be used, the study was begun otherwise,
            or no trial had a score.
        EnvironmentMissingError: when a service that is to follow the winner is missing.
        InterruptedRunError: stopped by the person; the same call goes on.
    """
    return search_settings(_task(config, search), search, out)


def preview(config: SpottingConfig, search: Search) -> str:
    """What a study would work on and tune.

    Raises:
        UsageError: the matches or the space cannot be used.
    """
    space = TUNABLE.space(config, search.space, search.fixed)
    found = gather(config).own
    return f"{found.describe()}\n{describe_space(space, search.method.sampler)}"


def _task(config: SpottingConfig, search: Search) -> TuningTask:
    require_trackers(config.tracking)
    space = TUNABLE.space(config, search.space, search.fixed)
    gathered = gather(config)

    def check(words: Sequence[str]) -> None:
        begin(tried(config, words), gathered)

    def objective(words: Sequence[str], report: Report) -> float:
        own = tried(config, words)
        begun = begin(own, gathered)
        return score_of_training(
            lambda folder, tracker: teach(
                begun.network, begun.lesson, own, folder, tracker, resume=False
            ),
            MONITORED, report,
        )  # fmt: skip

    def teach_afresh(words: Sequence[str], folder: Path, resume: Run | None) -> Run:
        own = tried_afresh(config, words, config.seed)
        return train(own, folder, resume, gathered)

    found = gathered.own
    return TuningTask(
        name="spotting",
        config=config,
        space=space,
        terms=_terms(config, gathered),
        examples="matches",
        check=check,
        subject=f"{len(found.train)} videos, chosen by {len(found.valid)} others",
        measure=f"mAP@1 of the best epoch on {len(found.valid)} validation videos",
        objective=objective,
        teach=teach_afresh,
        compare=pair_on_test,
        compare_afresh=lambda _words, winner, untuned: pair_on_validation(winner, untuned),
        afresh="with a fresh seed",
        test_note=TEST_NOTE,
        luck_note=LUCK_NOTE,
    )


def _terms(config: SpottingConfig, gathered: Gathered) -> Mapping[str, Any]:
    """What must be the same in all processes of a study: matches, events, splits and settings.

    Where the videos lie, and on which device the network runs, may differ between machines.
    """
    elsewhere = {"data", "joint", "proxies", "device", "tracking"}
    settings = config.model_dump(mode="json", exclude=elsewhere)
    sets = [gathered.own, *([gathered.joint] if gathered.joint else [])]
    lines = [
        f"{number} {split} {piece.match} {piece.half} {piece.seconds} {piece.events}\n"
        for number, found in enumerate(sets)
        for split, pieces in found.splits.items()
        for piece in pieces
    ]
    return {"data": sha256_of_bytes("".join(sorted(lines)).encode()), "settings": settings}
