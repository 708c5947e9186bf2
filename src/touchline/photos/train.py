"""Teach a photo classifier and say how good it is: a configuration in, a run out."""

import time
from dataclasses import replace
from pathlib import Path

from touchline.files import default_cache, write_atomically
from touchline.photos.classifier import save_classifier
from touchline.photos.config import PhotosConfig, Recipe
from touchline.photos.evaluation import Evaluation, plan_evaluation
from touchline.photos.finetune import learn_finetune, learn_two_stage
from touchline.photos.gather import Gathered, gather, prepare
from touchline.photos.probe import learn_probe
from touchline.photos.records import cost_of, data_hash, keep_learnt_hashes, write_records
from touchline.photos.report import write_report
from touchline.photos.scope import learn_scope
from touchline.photos.scoring import Learner, Taught, calibration_of, teach_and_score
from touchline.photos.split_file import write_split
from touchline.photos.study import Study
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.training.devices import describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked

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
        EnvironmentMissingError: when a service that is to follow the run is missing.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    gathered = gather(config.data, config.cache or default_cache())
    study = prepare(config, gathered)
    evaluation = plan_evaluation(config.evaluation, study.photos, config.seed)
    study = replace(study, validation=evaluation.validation)
    run = resume or create_run("photos", out)
    write_atomically(run.config, as_yaml(config))
    write_split(evaluation.split, run.file("split.csv"))
    with tracked(run, "photos", config, config.tracking) as tracker:
        learn, followed = RECIPES[config.recipe], replace(study, tracker=tracker)
        taught = teach_and_score(followed, learn, evaluation, run.folder)
        _keep(run, study, gathered, evaluation, taught, start)
        tell_outcome(tracker, run, "confusion_matrix.png")
    return run


def _keep(
    run: Run, study: Study, gathered: Gathered, evaluation: Evaluation, taught: Taught,
    start: float,
) -> None:  # fmt: skip
    """Write down what was learnt, how it was scored and how long it took; draw the report."""
    learnt, scored = taught.learnt, taught.scored
    scope = learn_scope(taught.embeddings, study.groups[evaluation.train])
    save_classifier(run, study, learnt, calibration_of(study, learnt), scope)
    keep_learnt_hashes(run, study, evaluation.train)
    seconds = round(time.monotonic() - start, 2)
    run.write_json("manifest.json", _manifest(study, gathered, evaluation, learnt.facts, seconds))
    facts = {
        "evaluation": evaluation.scheme,
        "learnt_from": len(evaluation.train),
        "train_accuracy": scored.train_accuracy.as_dict(),
        "seconds": seconds,
        "cost": cost_of(study, learnt.network),
    }
    photos = [study.photos[photo] for photo in scored.photos]
    write_records(
        run, photos, scored.probabilities, scored.set_sizes, scored.parts, study.mirror,
        study.config.seed, facts,
    )  # fmt: skip
    write_report(run)


def _manifest(
    study: Study, gathered: Gathered, evaluation: Evaluation, facts: dict[str, object],
    seconds: float,
) -> dict[str, object]:  # fmt: skip
    return manifest(
        study.config.seed,
        data=data_hash(study),
        photos=len(study.photos),
        rejected=[[str(each.path), each.reason] for each in gathered.photo_set.rejected],
        merged=gathered.photo_set.merged,
        backbone={"name": study.backbone.name, "weights_sha256": study.backbone.weights_hash},
        mirroring=study.mirroring,
        evaluation=evaluation.scheme,
        learnt=facts,
        device=describe_device(study.device),
        precision=str(study.precision),
        seconds=seconds,
    )  # fmt: skip
