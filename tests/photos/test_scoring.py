"""Scores from photos not learnt from: what is promised of them must not come from them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from studies_of_photos import tiny_study
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.probe import learn_probe
from touchline.photos.scoring import Scored, calibration_of, cross_validate, score_held_out
from touchline.photos.study import Study
from touchline.reporting.confidence import wilson


def with_other_classes(study: Study, photos: np.ndarray) -> Study:
    """The study, had these photos other classes."""
    labels = study.labels.copy()
    labels[photos] = (labels[photos] + 1) % len(study.classes)
    return replace(study, labels=labels)


def test_the_classes_of_scored_photos_draw_no_sets(world: Path, tmp_path: Path) -> None:
    study = tiny_study(world, tmp_path)
    evaluation = plan_evaluation(study.config.evaluation, study.photos, 0)
    scored: list[Scored] = []
    for one in (study, with_other_classes(study, evaluation.test)):
        learnt = learn_probe(one, evaluation.train, tmp_path)
        scored.append(score_held_out(one, learnt, evaluation.test, "test", wilson(0, 0)))
    assert np.array_equal(scored[0].set_sizes, scored[1].set_sizes)
    assert np.array_equal(scored[0].probabilities, scored[1].probabilities)


def test_each_fold_draws_its_own_sets_from_the_others(world: Path, tmp_path: Path) -> None:
    study = tiny_study(world, tmp_path)
    settings = study.config.evaluation.model_copy(update={"shots": None, "folds": 3})
    evaluation = plan_evaluation(settings, study.photos, 0)
    scored = cross_validate(study, learn_probe, evaluation.repeats, tmp_path)
    for number, (inside, outside) in enumerate(evaluation.repeats[0].rounds(), 1):
        learnt = learn_probe(study, np.array(inside), tmp_path)
        assert not set(learnt.held_out) & set(outside)
        fold = np.array(scored.parts) == f"repeat-1-fold-{number}"
        sizes = calibration_of(study, learnt).set_sizes(scored.probabilities[fold])
        assert np.array_equal(scored.set_sizes[fold], sizes)
        assert sizes.min() >= 1
