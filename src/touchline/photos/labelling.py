"""The whole of a labelling command: what a person wants in, a file (or a stream) of labels out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TextIO

from touchline.archive.label_files import append_label
from touchline.archive.labels import LabelledPhoto
from touchline.errors import UsageError
from touchline.photos.classifier import Classifier, load_classifier
from touchline.photos.label_job import Tally, label_to_file
from touchline.photos.predict import Verdicts, predict
from touchline.reporting.progress import say
from touchline.runs import Run


@dataclass(frozen=True)
class Wanted:
    """What a person asks of the labels.

    Attributes:
        risk: the share of accepted labels that may be wrong, in (0, 1); None promises nothing.
        min_confidence: the least confidence accepted, in [0, 1].
        top: labels kept a photo, at least 1; more where its conformal set is larger.
    """

    risk: float | None = None
    min_confidence: float = 0.0
    top: int = 5

    def __post_init__(self) -> None:
        if self.risk is not None and not 0 < self.risk < 1:
            raise UsageError("a risk between 0 and 1", str(self.risk), "Try --risk 0.02.")
        if not 0 <= self.min_confidence <= 1:
            raise UsageError("a confidence between 0 and 1", str(self.min_confidence), "Try 0.8.")
        if self.top < 1:
            raise UsageError("at least one label a photo", str(self.top), "Try --top 5.")


def label_photos(
    classifier: Classifier, paths: Iterable[Path], wanted: Wanted, out: Path | None, stream: TextIO,
    asked: Sequence[str] = (),
) -> Tally:  # fmt: skip
    """Label photos into a file, or as JSON lines onto a stream.

    Args:
        classifier: of a run or of an ONNX file.
        paths: the photos.
        wanted: what is accepted.
        out: a `.parquet`, `.csv` or `.jsonl` file; an interrupted job goes on. None streams.
        stream: where JSON lines go when there is no `out`.
        asked: what the person named to be labelled; another list is another job.

    Raises:
        UsageError: a partial file of another job is in the way of `out`.
        InterruptedRunError: stopped by the person.
    """
    verdicts = verdicts_for(classifier, wanted)
    label = partial(_label, classifier, verdicts)
    if out is not None:
        facts = {
            "run": classifier.run, "classes": classifier.classes, "inputs": list(asked),
            # A run that was taught anew in the same folder has another temperature.
            "temperature": classifier.calibration.temperature, **asdict(wanted),
        }  # fmt: skip
        return label_to_file(label, paths, out, json.dumps(facts))
    tally = Tally()
    for photo in label(paths):
        tally.count(photo)
        append_label(stream, photo)
        stream.flush()
    return tally


def verdicts_for(classifier: Classifier, wanted: Wanted) -> Verdicts:
    """The line between accepted and doubtful that keeps what is wanted; says so on stderr."""
    verdicts = Verdicts(wanted.min_confidence, wanted.top)
    if wanted.risk is None:
        return verdicts
    line = classifier.calibration.threshold(wanted.risk)
    held_out = len(classifier.calibration.correct)
    if line > 1:
        say(
            f"No confidence keeps the error within {wanted.risk:.1%} with 95 % certainty on the "
            f"{held_out} photos held out in training: everything goes to review. Ask for more "
            "risk, or teach with more photos."
        )  # fmt: skip
    else:
        say(
            f"Accepting from confidence {line:.3f}, which keeps the error within "
            f"{wanted.risk:.1%} (95 % certainty, {held_out} photos held out)."
        )  # fmt: skip
    return replace(verdicts, least_confidence=max(line, wanted.min_confidence))


def predict_run(run: Run, paths: Iterable[Path]) -> Iterator[LabelledPhoto]:
    """Label photos with a finished run as it stands; everything in scope is accepted."""
    return predict(load_classifier(run), paths)


def _label(
    classifier: Classifier, verdicts: Verdicts, paths: Iterable[Path]
) -> Iterator[LabelledPhoto]:
    return predict(classifier, paths, verdicts)
