"""Teach a photo classifier and say how good it is: a configuration in, a run out."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from touchline.errors import UsageError
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
from touchline.photos.synthetic.reading import Synthetic, read_synthetic
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
    synthetic = _synthetic(study, gathered, evaluation)
    study = replace(study, extra=synthetic.extra) if synthetic else study
    run = resume or create_run("photos", out)
    write_atomically(run.config, as_yaml(config))
    write_split(evaluation.split, run.file("split.csv"))
    with tracked(run, "photos", config, config.tracking) as tracker:
        learn, followed = RECIPES[config.recipe], replace(study, tracker=tracker)
        taught = teach_and_score(followed, learn, evaluation, run.folder)
        _keep(run, study, Material(gathered, evaluation, synthetic), taught, start)
        tell_outcome(tracker, run, "confusion_matrix.png")
    return run


@dataclass(frozen=True)
class Material:
    """What a run learnt from and was scored on."""

    gathered: Gathered
    evaluation: Evaluation
    synthetic: Synthetic | None


def _synthetic(study: Study, gathered: Gathered, evaluation: Evaluation) -> Synthetic | None:
    """The synthetic photos that the configuration names, once they are known to be fit.

    Raises:
        UsageError: they are not, or the recipe has no time to learn from them.
    """
    config = study.config
    if config.synthetic is None:
        return None
    chooses_by_own = config.recipe != "probe" and not len(evaluation.validation)
    if chooses_by_own and not config.training.refit:
        raise UsageError(
            "a training on all photos once the epoch is chosen, which synthetic photos wait for",
            "training.refit=false", "Leave that out, or give the data a `valid` part.",
        )  # fmt: skip
    return read_synthetic(config.synthetic, study, gathered, evaluation.judging)


def _keep(run: Run, study: Study, material: Material, taught: Taught, start: float) -> None:
    """Write down what was learnt, how it was scored and how long it took; draw the report."""
    learnt, scored, evaluation = taught.learnt, taught.scored, material.evaluation
    scope = learn_scope(taught.embeddings, study.groups[evaluation.train])
    save_classifier(run, study, learnt, calibration_of(study, learnt), scope)
    keep_learnt_hashes(run, study, evaluation.train, _seen(material.synthetic))
    seconds = round(time.monotonic() - start, 2)
    run.write_json("manifest.json", _manifest(study, material, learnt.facts, seconds))
    facts = {
        "evaluation": evaluation.scheme,
        "learnt_from": len(evaluation.train),
        "learnt_from_synthetic": len(study.extra.sources),
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


def _seen(synthetic: Synthetic | None) -> tuple[str, ...]:
    """The content hashes of the photos that a run has learnt from through a generator."""
    return () if synthetic is None else tuple(each.sha256 for each in synthetic.made.seen)


def _manifest(
    study: Study, material: Material, facts: dict[str, object], seconds: float
) -> dict[str, object]:
    photo_set, synthetic = material.gathered.photo_set, material.synthetic
    rejected = (*photo_set.rejected, *(synthetic.left_out if synthetic else ()))
    return manifest(
        study.config.seed,
        data=data_hash(study),
        photos=len(study.photos),
        synthetic=synthetic and synthetic.as_dict(),
        rejected=[[str(each.path), each.reason] for each in rejected],
        merged=photo_set.merged,
        backbone={"name": study.backbone.name, "weights_sha256": study.backbone.weights_hash},
        mirroring=study.mirroring,
        evaluation=material.evaluation.scheme,
        learnt=facts,
        device=describe_device(study.device),
        precision=str(study.precision),
        seconds=seconds,
    )  # fmt: skip
