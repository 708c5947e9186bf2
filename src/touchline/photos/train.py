"""Teach a photo classifier and say how good it is: a configuration in, a run out."""

import time
from pathlib import Path

import numpy as np

from touchline.photos.calibration import calibrate
from touchline.photos.classifier import save_classifier
from touchline.photos.config import PhotosConfig, Recipe
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.finetune import learn_finetune, learn_two_stage
from touchline.photos.gather import Gathered, default_cache, gather, prepare
from touchline.photos.probe import learn_probe
from touchline.photos.records import write_records
from touchline.photos.report import write_report
from touchline.photos.scope import learn_scope
from touchline.photos.scoring import Learner, Scored, cross_validate, score_held_out
from touchline.photos.split import write_split
from touchline.photos.study import Study
from touchline.runs import Run, create_run
from touchline.settings import as_yaml

RECIPES: dict[Recipe, Learner] = {
    "probe": learn_probe,
    "finetune": learn_finetune,
    "two-stage": learn_two_stage,
}


def train(config: PhotosConfig, out: Path | None = None, resume: Run | None = None) -> Run:
    """Learn from photos of known class, score on photos not learnt from, keep all of it in a run.

    Args:
        config: what to learn from and how.
        out: the run's folder; `runs/photos/<date and time>` when None.
        resume: an interrupted run of the same configuration to go on with.

    Raises:
        UsageError: when the photos or the configuration cannot be used.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    gathered = gather(config.data, config.cache or default_cache())
    study = prepare(config, gathered)
    evaluation = plan_evaluation(config, gathered.photo_set.photos)
    run = resume or create_run("photos", out)
    run.file("config.yaml").write_text(as_yaml(config), encoding="utf-8")
    write_split(evaluation.split, run.file("split.csv"))
    learn, work = RECIPES[config.recipe], run.file("training")
    if evaluation.repeats:
        scored = cross_validate(study, learn, evaluation.repeats, work)
        learnt = learn(study, evaluation.train, work / "final")
    else:
        learnt = learn(study, evaluation.train, work / "final")
        scored = score_held_out(study, learnt, evaluation.train, evaluation.test)
    _finish(run, study, gathered, scored)
