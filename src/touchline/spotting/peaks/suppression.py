"""Of peaks close together, the strongest; the others go or fade."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import attrgetter

_position = attrgetter("position")


@dataclass
class Peak:
    """A local maximum that may become an event.

    Attributes:
        position: in half steps.
        score: of the local maximum.
        evidence: for the left team where above 0, for the right where below.
        factors: by what stronger peaks nearby weakened it.
    """

    position: int
    score: float
    evidence: float
    factors: list[float] = field(default_factory=list)
    confidence: float = field(init=False)

    def __post_init__(self) -> None:
        self.confidence = self.score

    def weaken(self, factor: float) -> None:
        """Multiply the confidence by `factor`."""
        self.factors.append(factor)
        # In the order of size: the order in which they came must not show in the last digit.
        self.confidence = self.score * math.prod(sorted(self.factors))


class Suppression:
    """Greedy non-maximum suppression of one class's peaks as they come, alike in both directions.

    The strongest peak is kept and every other within the window, before or after it, is weakened;
    then the strongest of the rest is kept, and so on; what falls below the floor is dropped. Of
    equally strong peaks the earlier is first. A peak stronger than all within its window can be
    kept at once, whatever happens elsewhere: that is why a stream, too, comes to the same result.

    Where the fate of the first peak in doubt still hangs on one that lies more than `longest`
    after it, the peaks in doubt are decided without that one; offline and streaming alike.

    Args:
        window: in half steps, at least 0; a distance of just the window is within it.
        floor: lower confidences are dropped.
        longest: in half steps, at least the window.
        soft: multiply by (distance / window)², the soft variant of T-DEED's code; else by 0.
    """

    def __init__(self, window: float, floor: float, longest: float, soft: bool) -> None:
        self._window, self._floor, self._longest, self._soft = window, floor, longest, soft
        self._doubtful: list[Peak] = []

    @property
    def earliest(self) -> float:
        """Where the first peak in doubt lies, in half steps; infinite without any."""
        return self._doubtful[0].position if self._doubtful else math.inf

    def add(self, peak: Peak) -> list[Peak]:
        """Take a peak that lies after all before it; peaks this leaves no time for come back."""
        kept = []
        for frontier in (peak.position, math.inf):  # first without harm, then the cut
            if peak.position - self.earliest > self._longest:
                kept += self.settle(frontier)
        self._doubtful.append(peak)
        return kept

    def settle(self, frontier: float) -> list[Peak]:
        """The peaks that are kept for certain, when all before `frontier` (half steps) are known.

        Not in order of time.
        """
        kept = []
        while (index := self._strongest(frontier)) is not None:
            peak = self._doubtful.pop(index)
            kept.append(peak)
            self._weaken_around(peak.position)
        return kept

    def _strongest(self, frontier: float) -> int | None:
        """Climb from the first peak in doubt to one that is the strongest within its window.

        None when a peak on the way may have neighbours that are not known yet.
        """
        index = 0
        while index < len(self._doubtful):
            position = self._doubtful[index].position
            if position + self._window >= frontier:
                return None
            strongest = min(self._around(position), key=self._rank)
            if strongest == index:
                return index
            index = strongest
        return None

    def _weaken_around(self, position: int) -> None:
        """Weaken or drop what lies within the window of a peak that was kept and taken out."""
        around = self._around(position)
        near = self._doubtful[around.start : around.stop] if self._soft else []
        for peak in near:
            peak.weaken(((peak.position - position) / self._window) ** 2)
        self._doubtful[around.start : around.stop] = [
            peak for peak in near if peak.confidence >= self._floor
        ]

    def _around(self, position: int) -> range:
        """The places of the peaks in doubt within the window around `position`."""
        first = bisect_left(self._doubtful, position - self._window, key=_position)
        past = bisect_right(self._doubtful, position + self._window, key=_position)
        return range(first, past)

    def _rank(self, place: int) -> tuple[float, int]:
        """Lower is stronger; of equals the earlier."""
        return -self._doubtful[place].confidence, place
