"""Two sets of events of one video side by side: what both have, and what only one has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from touchline.reporting.confidence import Score, wilson
from touchline.spotting.annotations.classes import class_order
from touchline.spotting.events import Event
from touchline.spotting.hits import HIT_SECONDS, find_hits
from touchline.spotting.metrics.scoring import score_events
from touchline.spotting.metrics.spotting_scores import SpottingScores

NAME = "this video"


@dataclass(frozen=True)
class ClassCounts:
    """How far two sets agree on one class.

    Attributes:
        label: the class.
        matched: events that both have.
        missed: events that only the reference has.
        extra: events that only the shown set has.
    """

    label: str
    matched: int
    missed: int
    extra: int

    @property
    def precision(self) -> Score:
        """The share of the shown events that the reference has too, with its interval."""
        return wilson(self.matched, self.matched + self.extra)

    @property
    def recall(self) -> Score:
        """The share of the reference's events that are shown too, with its interval."""
        return wilson(self.matched, self.matched + self.missed)


@dataclass(frozen=True)
class Comparison:
    """How the events of a set fare against a reference.

    Attributes:
        hits: for each shown event the place of its partner in the reference, or None.
        missed: the places in the reference that no shown event hits, rising.
        counts: of each class of either, in SoccerNet's order; the last is all classes together.
    """

    hits: tuple[int | None, ...]
    missed: tuple[int, ...]
    counts: tuple[ClassCounts, ...]


def compare(
    shown: Sequence[Event], reference: Sequence[Event], seconds: float = HIT_SECONDS
) -> Comparison:
    """Pair the events of two sets of one video: the same class, at most `seconds` apart.

    The pairing is the largest there is, the surest shown events choosing first, as in the scores.

    Args:
        shown: the set looked at, in any order.
        reference: the other model's, or the truth, in any order.
        seconds: the tolerance, before or after.

    >>> one, other = [Event(10.0, "PASS"), Event(30.0, "SHOT")], [Event(10.4, "PASS")]
    >>> found = compare(one, other)
    >>> found.hits, found.missed, found.counts[-1]
    ((0, None), (), ClassCounts(label='all classes', matched=1, missed=0, extra=1))
    """
    hits = find_hits(reference, shown, seconds)
    hit = set(hits)
    missed = tuple(place for place in range(len(reference)) if place not in hit)
    matched = Counter(event.label for event, at in zip(shown, hits, strict=True) if at is not None)
    extra = Counter(event.label for event, at in zip(shown, hits, strict=True) if at is None)
    left = Counter(reference[place].label for place in missed)
    rows = [
        ClassCounts(label, matched[label], left[label], extra[label])
        for label in class_order(event.label for event in (*shown, *reference))
    ]
    total = ClassCounts("all classes", matched.total(), left.total(), extra.total())
    return Comparison(hits, missed, (*rows, total))


def scores(truth: Sequence[Event], predicted: Sequence[Event]) -> SpottingScores | None:
    """Average-mAP and what else the scorer says of predictions, faint ones included.

    None where nothing is annotated: without a true event there is no score.
    """
    if not truth:
        return None
    classes = class_order(event.label for event in truth)
    return score_events({NAME: list(truth)}, {NAME: list(predicted)}, classes)
