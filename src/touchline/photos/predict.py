"""Label photos of unknown class: paths in, labelled photos out, one at a time and in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.archive.labels import Label, LabelledPhoto
from touchline.files import sha256_of_bytes
from touchline.media.images import UnreadableImageError, read_bytes
from touchline.media.prefetch import prefetch
from touchline.photos.classifier import Answers, Classifier
from touchline.photos.config import View
from touchline.photos.features import batches
from touchline.photos.model import pixels_of

BATCH = 32


@dataclass(frozen=True)
class Verdicts:
    """When a label is accepted without a person looking.

    Attributes:
        least_confidence: a photo below this goes to review; infinite sends all there.
        top: how many labels are kept a photo; more where its conformal set is larger.
    """

    least_confidence: float = 0.0
    top: int = 5


@dataclass(frozen=True)
class _Shown:
    """A photo on its way to the network: its pixels in every view, or why there are none."""

    path: Path
    sha256: str
    pixels: list[Tensor]
    problem: str = ""


def predict(
    classifier: Classifier, paths: Iterable[Path], verdicts: Verdicts | None = None
) -> Iterator[LabelledPhoto]:
    """Label photos as they come; memory does not grow with their number.

    A file that cannot be shown as a picture yields a photo with the decision `unreadable` and the
    reason; the rest goes on.

    Args:
        classifier: of a run or of an ONNX file.
        paths: the photos, possibly endless.
        verdicts: when a label is accepted; everything in scope is when None.
    """
    rules = verdicts or Verdicts()
    shown = prefetch(lambda path: _show(path, classifier.views), paths)
    for batch in batches(shown, BATCH):
        readable = [photo for photo in batch if not photo.problem]
        answers: Iterator[LabelledPhoto] = iter(())
        if readable:
            views = zip(*(photo.pixels for photo in readable), strict=True)
            answers = _labelled(readable, classifier([torch.stack(v) for v in views]),
                                classifier, rules)  # fmt: skip
        for photo in batch:
            if photo.problem:
                yield LabelledPhoto(
                    str(photo.path), photo.sha256, (), "unreadable", photo.problem,
                    run=classifier.run,
                )  # fmt: skip
            else:
                yield next(answers)


def _show(path: Path, views: tuple[View, ...]) -> _Shown:
    digest = ""
    try:
        content = read_bytes(path)
        digest = sha256_of_bytes(content)
        return _Shown(path, digest, pixels_of(content, views))
    except UnreadableImageError as error:
        return _Shown(path, digest, [], str(error))


def _labelled(
    photos: list[_Shown], answers: Answers, classifier: Classifier, rules: Verdicts
) -> Iterator[LabelledPhoto]:
    sizes = classifier.calibration.set_sizes(answers.probabilities).tolist()
    for index, photo in enumerate(photos):
        probabilities = answers.probabilities[index]
        order = np.argsort(-probabilities, kind="stable")[: max(rules.top, sizes[index])]
        labels = tuple(Label(classifier.classes[c], float(probabilities[c])) for c in order)
        distance = float(answers.distances[index])
        strange = distance > classifier.scope.threshold
        agrees = None if answers.mirror_agrees is None else bool(answers.mirror_agrees[index])
        reason = _reason(labels[0].confidence, strange, rules)
        yield LabelledPhoto(
            str(photo.path), photo.sha256, labels, "review" if reason else "accept", reason,
            distance=distance, out_of_scope=strange, mirror_agrees=agrees, run=classifier.run,
            set_size=sizes[index],
        )  # fmt: skip


def _reason(confidence: float, strange: bool, rules: Verdicts) -> str:
    if strange:
        return "unlike anything learnt"
    if confidence < rules.least_confidence:
        least = rules.least_confidence
        line = f"{least:.3f}" if np.isfinite(least) else "any that keeps the risk"
        return f"confidence {confidence:.3f} is below {line}"
    return ""
