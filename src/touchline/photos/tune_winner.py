"""The winner of a study of photos beside the untuned settings: on test, and on fresh folds."""

import numpy as np

from touchline.photos.compare import RunComparison, compare_runs
from touchline.photos.config import PhotosConfig
from touchline.photos.records import groups_of_run, scored_run
from touchline.photos.tune_folds import FoldScorer
from touchline.reporting.confidence import mean
from touchline.runs import Run
from touchline.training.tuning.pair import Pair

FRESH_REPEATS = {"probe": 3}


def compare_on_test(winner: Run, untuned: Run) -> RunComparison:
    """Both runs on the test photos, paired."""
    return compare_runs([scored_run(winner), scored_run(untuned)], groups=groups_of_run(winner))


def compare_afresh(tuned: PhotosConfig, untuned: PhotosConfig, scorer: FoldScorer) -> Pair:
    """Both settings on folds that chose nothing; gradient recipes once, for they take long.

    Args:
        tuned: the winner's settings.
        untuned: the settings as given.
        scorer: of folds, those of the study among them.
    """
    repeats = range(1, FRESH_REPEATS.get(tuned.recipe, 1) + 1)

    def afresh(config: PhotosConfig) -> np.ndarray:
        found = [scorer.score(config, repeat=repeat).hits for repeat in repeats]
        return np.asarray(np.mean(found, axis=0))

    ours, theirs = afresh(tuned), afresh(untuned)
    groups = scorer.study(untuned).groups[scorer.learning].tolist()
    return Pair(
        measure="accuracy on fresh folds",
        winner=mean(ours, groups=groups, unit="share"),
        untuned=mean(theirs, groups=groups, unit="share"),
        lead=mean(ours - theirs, groups=groups, unit="points"),
    )
