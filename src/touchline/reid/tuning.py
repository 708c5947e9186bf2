"""Tune a re-identifier: each trial is a training scored on validation queries, never on test."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from touchline.files import sha256_of_bytes
from touchline.reid.beginning import begin
from touchline.reid.config import ReidConfig
from touchline.reid.learning import MONITORED, teach
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.paired_runs import pair_of_runs
from touchline.reid.train import train
from touchline.runs import Run
from touchline.training.tracking.opening import require_trackers
from touchline.training.tuning.epoch_reports import score_of_training
from touchline.training.tuning.own_space import (
    Tunable,
    describe_space,
    packaged_space,
    tried,
    tried_afresh,
)
from touchline.training.tuning.pair import Pair
from touchline.training.tuning.searching import Search, search_settings
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.tuned import Tuned
from touchline.training.tuning.tuning import Report

TUNABLE = Tunable(
    "re-identifier",
    packaged_space(__package__, "reid.yaml"),
    ("data", "seed", "device", "tracking"),
)
TEST_NOTE = (
    "Both were taught with another seed than the trials and scored once on the test queries, which "
    "chose nothing. The difference is paired, query by query, with its 95 % interval."
)
LUCK_NOTE = (
    "The best of many trials is partly the luckiest. A seed that chose nothing gives other weights "
    "to begin with and other batches. It is scored on the same validation queries, so settings "
    "that fit just these still profit; the test queries tell."
)


def tune(config: ReidConfig, search: Search, out: Path | None = None) -> Tuned:
    """Search for better settings, then score the best once on queries that chose nothing.

    Args:
        config: the crops, and the settings that are not tuned.
        search: what is tried and how long.
        out: the study's folder, as `search_settings` takes it.

    Raises:
        UsageError: when crops, settings or space cannot be used, the study was begun otherwise, or
            no trial had a score.
        EnvironmentMissingError: when a service that is to follow the winner is missing.
        InterruptedRunError: stopped by the person; the same call goes on.
    """
    return search_settings(_task(config, search), search, out)


def preview(config: ReidConfig, search: Search) -> str:
    """What a study would work on and tune.

    Raises:
        UsageError: the crops or the space cannot be used.
    """
    space = TUNABLE.space(config, search.space, search.fixed)
    return f"{gather_lesson(config).describe()}\n{describe_space(space, search.method.sampler)}"


def _task(config: ReidConfig, search: Search) -> TuningTask:
    require_trackers(config.tracking)
    space = TUNABLE.space(config, search.space, search.fixed)
    lesson = gather_lesson(config)

    def check(words: Sequence[str]) -> None:
        begin(tried(config, words), lesson)

    def objective(words: Sequence[str], report: Report) -> float:
        own = tried(config, words)
        embedder, _ = begin(own, lesson)
        return score_of_training(
            lambda folder, tracker: teach(embedder, lesson, own, folder, tracker, resume=False),
            MONITORED, report,
        )  # fmt: skip

    def teach_afresh(words: Sequence[str], folder: Path, resume: Run | None) -> Run:
        own = tried_afresh(config, words, config.seed)
        return train(own, folder, resume, lesson)

    def on_validation(_words: Sequence[str], winner: Run, untuned: Run) -> Pair:
        pair = pair_of_runs(winner, untuned, "valid")
        assert pair is not None  # every run has validated
        return pair

    queries = len(lesson.valid.queries)
    return TuningTask(
        name="reid",
        config=config,
        space=space,
        terms=_terms(config, lesson),
        examples="crops",
        check=check,
        subject=f"{len(lesson.train)} crops, chosen by {queries} queries",
        measure=f"mAP of the best epoch on {queries} validation queries",
        objective=objective,
        teach=teach_afresh,
        compare=lambda winner, untuned: pair_of_runs(winner, untuned, "test"),
        compare_afresh=on_validation,
        afresh="with a fresh seed",
        test_note=TEST_NOTE,
        luck_note=LUCK_NOTE,
    )


def _terms(config: ReidConfig, lesson: Lesson) -> Mapping[str, Any]:
    """What must be the same in all processes of a study: crops, names, splits and settings.

    Where the crops lie, and on which device the network runs, may differ between machines.
    """
    settings = config.model_dump(mode="json", exclude={"data", "device", "tracking"})
    parts = {"train": lesson.train} | {
        f"{split} {kind}": crops
        for split, gallery in lesson.splits.items()
        for kind, crops in (("query", gallery.queries), ("gallery", gallery.gallery))
    }
    lines = [
        f"{part} {crop.path.name} {crop.identity} {crop.action} {crop.camera}\n"
        for part, crops in parts.items()
        for crop in crops
    ]
    text = "".join(sorted(lines)).encode(errors="backslashreplace")
    return {"data": sha256_of_bytes(text), "settings": settings}
