"""Photos side by side on a page: a thumbnail, what to know about it, and whether it is right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """One photo of a gallery.

    Attributes:
        thumbnail: its `data:` address, from `touchline.reporting.data_uris`.
        name: the photo.
        lines: what stands below it.
        correct: marked as right or wrong, by sign, word, frame and colour; None for no mark.
    """

    thumbnail: str
    name: str
    lines: tuple[str, ...] = ()
    correct: bool | None = None


@dataclass(frozen=True)
class Gallery:
    """Tiles in the order they are shown."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Answer:
    """A photo whose class is known and the label a model gave it.

    Attributes:
        thumbnail: its `data:` address.
        name: the photo.
        truth: its true class.
        predicted: its label.
        confidence: of the label, in [0, 1].
    """

    thumbnail: str
    name: str
    truth: str
    predicted: str
    confidence: float


def worst_first(answers: Iterable[Answer]) -> Gallery:
    """The gallery of labels against the truth.

    Wrong ones come first, the most confident of them leading; the right ones follow, the least
    confident leading; equals by name.

    >>> right, wrong = Answer("", "1", "golf", "golf", 0.3), Answer("", "2", "golf", "judo", 0.9)
    >>> [tile.lines for tile in worst_first([right, wrong]).tiles]
    [('judo 90 %', 'is golf'), ('golf 30 %',)]
    """
    return Gallery(tuple(map(_tile, sorted(answers, key=_badness))))


def _badness(answer: Answer) -> tuple[bool, float, str]:
    correct = answer.truth == answer.predicted
    return correct, answer.confidence if correct else -answer.confidence, answer.name


def _tile(answer: Answer) -> Tile:
    correct = answer.truth == answer.predicted
    label = f"{answer.predicted} {100 * answer.confidence:.0f} %"
    lines = (label,) if correct else (label, f"is {answer.truth}")
    return Tile(answer.thumbnail, answer.name, lines, correct)
