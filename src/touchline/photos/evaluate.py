"""Score a finished run on other photos of known class."""

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.media.prefetch import prefetch
from touchline.photos.classifier import Classifier, load_classifier
from touchline.photos.data import Photo, Rejected
from touchline.photos.features import BATCH, batches
from touchline.photos.gather import gather
from touchline.photos.model import pixels_of
from touchline.photos.records import learnt_hashes, write_records
from touchline.photos.report import write_report
from touchline.reporting.progress import track
from touchline.runs import Run, create_run
from touchline.training.devices import DeviceName, PrecisionName


def evaluate(
    run: Run,
    data: Path,
    out: Path | None = None,
    device: DeviceName = "auto",
    precision: PrecisionName = "auto",
) -> Run:
    """Score a run on photos of known class, and report it as a scored run of its own.

    Photos whose very content the run has learnt from are left out, and listed.

    Args:
        run: a finished run.
        data: a photo set with classes of the run.
        out: where the scores go; `runs/photos/<date and time>` when None.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: a class the run does not know, or no photo left to score.
    """
    classifier = load_classifier(run, device, precision)
    gathered = gather(data, default_cache())
    _check_classes(gathered.photo_set.classes, classifier.classes)
    seen = learnt_hashes(run)
    pairs = list(zip(gathered.photo_set.photos, gathered.fingerprints, strict=True))
    photos = [photo for photo, print_ in pairs if print_.sha256 not in seen]
    learnt = [Rejected(p.path, "the run learnt from it") for p, f in pairs if f.sha256 in seen]
    if not photos:
        raise UsageError(
            "photos that the run has not learnt from", f"none in {data}", "Give other photos."
        )
    scored = create_run("photos", out)
    scored.config.write_bytes(run.config.read_bytes())
    metrics = run.read_json("metrics.json")
    probabilities = _probabilities(classifier, photos)
    write_records(
        scored, photos, probabilities, classifier.calibration.set_sizes(probabilities),
        ["test"] * len(photos), classifier.mirror, seed=0,
        facts={
            "evaluation": f"{run.folder.name} on {data}", "of_run": str(run.folder),
            "learnt_from": metrics["learnt_from"], "cost": metrics["cost"],
            "learnt_from_synthetic": metrics.get("learnt_from_synthetic", 0),
            "seconds": metrics["seconds"],
            "train_accuracy": metrics["train_accuracy"],
        },
    )  # fmt: skip
    rejected = (*gathered.photo_set.rejected, *learnt)
    scored.write_json("manifest.json", {
        "of_run": str(run.folder), "rejected": [[str(r.path), r.reason] for r in rejected]
    })  # fmt: skip
    write_report(scored)
    return scored


def _probabilities(classifier: Classifier, photos: Sequence[Photo]) -> np.ndarray:
    shown = prefetch(lambda p: pixels_of(p.path.read_bytes(), classifier.views), photos)
    found = [
        classifier([torch.stack(view) for view in zip(*batch, strict=True)]).probabilities
        for batch in batches(track(shown, "Scoring photos", len(photos)), BATCH)
    ]
    return np.concatenate(found)


def _check_classes(given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise UsageError(
                "classes that the run knows", repr(name), f"The nearest known class is {near!r}."
            )
