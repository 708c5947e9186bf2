"""From answers to labelled photos: order, verdicts, reasons, and memory that does not grow."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from touchline.files import sha256_of_file
from touchline.photos.calibration import Calibration
from touchline.photos.classifier import Classifier
from touchline.photos.config import View
from touchline.photos.conformal import ConformalSets
from touchline.photos.labelling import Wanted, verdicts_for
from touchline.photos.mirror import MirrorMap
from touchline.photos.predict import Verdicts, predict
from touchline.photos.scope import Scope

VIEWS = (View(framing="squash", size=32), View(framing="squash", size=32, mirrored=True))


def by_colour(pixels: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Logits that favour the class of the least bright of the colours red and blue."""
    means = np.stack([p.float().mean(dim=(2, 3)).numpy() for p in pixels], axis=1)
    logits = np.stack([means[..., 0] - means[..., 2], means[..., 2] - means[..., 0]], axis=-1)
    return logits / 20, means


def classifier(
    threshold: float = 9.0, mirror: MirrorMap | None = None, sets: ConformalSets | None = None
) -> Classifier:
    return Classifier(
        by_colour, VIEWS, mirror or MirrorMap.plain(("blue", "red")),
        Calibration(1.0, tuple(np.linspace(0.5, 1, 200)), (True,) * 200, sets),
        Scope(np.eye(3, dtype=np.float32), threshold), "run",
    )  # fmt: skip


@pytest.fixture
def files(world: Path) -> list[Path]:
    return [*sorted(world.glob("blue/0*.jpg")), world / "blue" / "broken.jpg", world / "none.jpg"]


def test_each_photo_is_answered_in_order_with_its_hash(files: list[Path]) -> None:
    found = list(predict(classifier(), files[::-1]))
    assert [photo.path for photo in found] == [str(path) for path in files[::-1]]
    assert [photo.decision for photo in found[:2]] == ["unreadable"] * 2
    assert found[0].sha256 == ""
    assert [photo.sha256 for photo in found[1:]] == [sha256_of_file(p) for p in files[-2::-1]]
    for photo in found[2:]:
        assert photo.decision == "accept"
        assert photo.confidence == max(label.confidence for label in photo.labels)
        assert sum(label.confidence for label in photo.labels) == pytest.approx(1)
        assert (photo.run, photo.out_of_scope, photo.mirror_agrees) == ("run", False, True)


def test_a_partner_that_mirrors_disagree_about_is_told(files: list[Path]) -> None:
    sides = MirrorMap(("kick-l", "kick-r"), (1, 0))
    for photo in predict(classifier(mirror=sides), files[:3]):
        assert photo.mirror_agrees is False  # both views say the same side, so one of them errs
        assert photo.confidence == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("verdicts", "threshold", "reason"),
    [
        (Verdicts(least_confidence=1.1), 9.0, "is below 1.100"),
        (Verdicts(least_confidence=np.inf), 9.0, "is below any that keeps the risk"),
        (Verdicts(), -1.0, "unlike anything learnt"),
        (Verdicts(least_confidence=1.1), -1.0, "unlike anything learnt"),
    ],
)
def test_doubt_has_a_reason(
    verdicts: Verdicts, threshold: float, reason: str, files: list[Path]
) -> None:
    for photo in predict(classifier(threshold), files[:3], verdicts):
        assert photo.decision == "review"
        assert photo.reason.endswith(reason)
        assert photo.out_of_scope == (threshold < 0)


def test_only_the_top_labels_are_kept(files: list[Path]) -> None:
    (photo,) = predict(classifier(), files[:1], Verdicts(top=1))
    assert (len(photo.labels), photo.set_size) == (1, 0)


@pytest.mark.parametrize(("least", "top", "size", "kept"), [
    (0.0, 1, 2, 2), (0.0, 5, 2, 2), (1.0, 1, 1, 1), (1.0, 2, 1, 2), (0.5, 1, 1, 1),
])  # fmt: skip
def test_the_whole_conformal_set_is_kept(
    files: list[Path], least: float, top: int, size: int, kept: int
) -> None:
    for photo in predict(classifier(sets=ConformalSets(least)), files[:3], Verdicts(top=top)):
        assert (photo.set_size, len(photo.labels)) == (size, kept)


def test_endless_input_is_answered_as_it_comes(files: list[Path]) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        for path in itertools.cycle(files):
            taken += 1
            yield path

    answers = predict(classifier(), endless())
    assert len(list(itertools.islice(answers, 10))) == 10
    answers.close()
    assert taken < 1000


@pytest.mark.parametrize(
    ("wanted", "least", "told"),
    [
        (Wanted(), 0.0, ""),
        (Wanted(min_confidence=0.7), 0.7, ""),
        (Wanted(risk=0.1), 0.5, "which keeps the error within 10.0% (95 % certainty, 200"),
        (Wanted(risk=0.1, min_confidence=0.7), 0.7, "Accepting from confidence 0.500"),
        (Wanted(risk=0.00001), np.inf, "No confidence keeps the error within"),
    ],
)
def test_the_line_that_keeps_what_is_wanted(
    wanted: Wanted, least: float, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdicts_for(classifier(), wanted).least_confidence == pytest.approx(least)
    assert told in capsys.readouterr().err
