"""Tune a photo classifier: a study of trials, its winner on test, and how lucky it was."""

from collections.abc import Sequence
from pathlib import Path

from touchline.files import default_cache
from touchline.photos.config import PhotosConfig
from touchline.photos.gather import gather
from touchline.photos.train import train
from touchline.photos.tune_folds import FoldScorer
from touchline.photos.tune_plan import labelled_photos, terms_of, tunable, with_test
from touchline.photos.tune_winner import compare_afresh, compare_on_test
from touchline.runs import Run
from touchline.training.tracking.opening import require_trackers
from touchline.training.tuning.own_space import describe_space, tried
from touchline.training.tuning.pair import Pair
from touchline.training.tuning.searching import Search, search_settings
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.tuned import Tuned
from touchline.training.tuning.tuning import Report

TEST_NOTE = (
    "Both were taught on all learning photos and scored once on the test photos, which chose "
    "nothing. The difference is paired, photo by photo, with its 95 % interval."
)
LUCK_NOTE = (
    "The best of many trials is partly the luckiest. Fresh folds, dealt otherwise from the same "
    "learning photos, chose nothing."
)


def tune(config: PhotosConfig, search: Search, out: Path | None = None) -> Tuned:
    """Search for better settings, then score the best once on photos that chose nothing.

    Args:
        config: the photos, and the settings that are not tuned.
        search: what is tried and how long.
        out: the study's folder, as `search_settings` takes it.

    Raises:
        UsageError: when photos, settings or space cannot be used, the study was begun otherwise,
            or no trial had a score.
        EnvironmentMissingError: when a service that is to follow the winner is missing.
        InterruptedRunError: stopped by the person; the same call goes on.
    """
    return search_settings(_task(config, search), search, out)


def preview(config: PhotosConfig, search: Search) -> str:
    """What a study would work on and tune, from names alone: no photo is opened.

    Raises:
        UsageError: the photos or the space cannot be used.
    """
    space = tunable(config.recipe).space(config, search.space, search.fixed)
    found = labelled_photos(config)
    config, plan = with_test(config, found)
    return (
        f"{len(found)} photos of {len({photo.label for photo in found})} classes; {plan.scheme}; "
        f"{config.evaluation.folds} folds a trial\n{describe_space(space, search.method.sampler)}"
    )


def _task(config: PhotosConfig, search: Search) -> TuningTask:
    require_trackers(config.tracking)
    space = tunable(config.recipe).space(config, search.space, search.fixed)
    gathered = gather(config.data, config.cache or default_cache())
    config, plan = with_test(config, gathered.photo_set.photos)
    scorer = FoldScorer(gathered, plan.train, plan.validation)

    def check(words: Sequence[str]) -> None:
        scorer.check(tried(config, words))

    def objective(words: Sequence[str], report: Report) -> float:
        return scorer.score(tried(config, words), report).mean

    def teach(words: Sequence[str], folder: Path, resume: Run | None) -> Run:
        return train(tried(config, words), folder, resume)

    def afresh(words: Sequence[str], _winner: Run, _untuned: Run) -> Pair:
        return compare_afresh(tried(config, words), config, scorer)

    return TuningTask(
        name="photos",
        config=config,
        space=space,
        terms=terms_of(config, gathered, plan.train),
        examples="photos",
        check=check,
        subject=f"{len(plan.train)} photos; {plan.scheme}",
        measure=f"mean accuracy over {config.evaluation.folds} folds of {len(plan.train)} "
        "learning photos",
        objective=objective,
        teach=teach,
        compare=compare_on_test,
        compare_afresh=afresh,
        afresh="on fresh folds",
        test_note=TEST_NOTE,
        luck_note=LUCK_NOTE,
    )
