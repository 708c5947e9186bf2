"""Events out of a stream of scores, as soon as nothing that is still to come can change them."""

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from touchline.errors import UsageError
from touchline.reporting.confidence import Numbers
from touchline.spotting.events import Event, Side
from touchline.spotting.peaks.local_maxima import LocalMaxima, Maxima
from touchline.spotting.peaks.preparation import Preparation
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.peaks.suppression import Peak, Suppression

SLACK = 1e-6
"""By how much rounding in a network may take a probability above 1."""


class StreamingPeaks:
    """Picks events from scores that come in blocks of any size, whose sizes change no event.

    Step t is the moment `t / rate`; an event's time is a step or, on a plateau, may lie half way
    between two. Finer it is not: a step is a small part of any tolerance that events are scored at.
    Events come in order of time, those of one moment in the order of the classes. Memory does not
    grow with the length of the stream.

    Args:
        classes: the labels, in the order of the columns.
        rate: steps a second, above 0.
        settings: how events are picked.
        half: of the match, written into every event.
    """

    def __init__(
        self, classes: Sequence[str], rate: float, settings: PeakSettings, half: int = 1
    ) -> None:
        self._classes, self._rate, self._half = tuple(classes), rate, half
        # Rounded, so that 0.56 s x 12.5 a second are 7 steps and not a trifle more.
        none = settings.suppression == "none"
        self._window = 0.0 if none else round(2 * settings.window_seconds * rate, 6)
        self._longest = max(1, math.ceil(round(settings.longest_seconds * rate, 6)))
        self._preparation = Preparation(
            len(classes), round(settings.displacement_seconds * rate),
            settings.smoothing_seconds * rate,
        )  # fmt: skip
        self._maxima = LocalMaxima(len(classes), settings.floor, self._longest)
        self._suppressions = [
            Suppression(
                self._window, settings.floor, 2 * self._longest, settings.suppression == "soft"
            )
            for _ in classes
        ]
        self._kept: list[tuple[int, int, float, float]] = []  # a heap, until they are next in time
        self._steps = 0

    @property
    def longest_delay(self) -> float:
        """Seconds of video after its moment by which an event has come at the latest.

        Most come as soon as the displacement, the smoothing and one window allow. The rest of this
        bound is for scores that rise in a chain of peaks or stay the same for `longest_seconds`.
        """
        steps = self._preparation.reach + self._window / 2 + 2 * self._longest + 1
        return steps / self._rate

    def push(
        self, scores: ArrayLike, offset: ArrayLike | None = None, team: ArrayLike | None = None
    ) -> list[Event]:
        """Take the next steps and give back the events that are settled.

        Args:
            scores: in [0, 1], without the background, `(time, classes)`.
            offset: from each step to its event, in steps, later being positive, `(time,)`.
            team: the probabilities of the left and the right team, `(time, 2)`. An event's side is
                the more probable one; without `team`, or where both are alike, it is not known.

        Raises:
            UsageError: when a number is not finite or a score is outside [0, 1].
            ValueError: when the shapes do not belong together.
        """
        rows = self._checked(_packed(scores, offset, team))
        return self._advance(*self._preparation.push(rows))

    def finish(self) -> list[Event]:
        """The events that the end of the stream settles; nothing can be pushed after it."""
        rows = np.empty((0, len(self._classes) + 2))
        events = self._advance(*self._preparation.push(rows, last=True))
        self._take(self._maxima.finish())
        for label, suppression in enumerate(self._suppressions):
            self._keep(label, suppression.settle(math.inf))
        return events + self._events_before(math.inf)

    def _advance(self, scores: Numbers, evidence: Numbers) -> list[Event]:
        self._take(self._maxima.push(scores, evidence))
        settled = math.inf
        frontiers = self._maxima.frontier.tolist()
        for label, (suppression, frontier) in enumerate(
            zip(self._suppressions, frontiers, strict=True)
        ):
            self._keep(label, suppression.settle(frontier))
            settled = min(settled, frontier, suppression.earliest)
        return self._events_before(settled)

    def _take(self, maxima: Maxima) -> None:
        for label, *peak in zip(*(column.tolist() for column in maxima), strict=True):
            self._keep(label, self._suppressions[label].add(Peak(*peak)))

    def _keep(self, label: int, peaks: list[Peak]) -> None:
        for peak in peaks:
            heapq.heappush(self._kept, (peak.position, label, peak.confidence, peak.evidence))

    def _events_before(self, position: float) -> list[Event]:
        events = []
        while self._kept and self._kept[0][0] < position:
            where, label, confidence, evidence = heapq.heappop(self._kept)
            events.append(Event(
                where / 2 / self._rate, self._classes[label], confidence,
                _side(evidence), self._half,
            ))  # fmt: skip
        return events

    def _checked(self, rows: Numbers) -> Numbers:
        scores = rows[:, :-2]
        if scores.shape[1] != len(self._classes):
            raise ValueError(f"{scores.shape[1]} columns of scores, {len(self._classes)} classes")
        wrong = ~np.isfinite(rows).all(axis=1) | ((scores < 0) | (scores > 1 + SLACK)).any(axis=1)
        if wrong.any():
            step = int(wrong.argmax())
            raise UsageError(
                "finite scores between 0 and 1",
                f"{rows[step].tolist()} at step {self._steps + step}",
                "The model may have diverged: train it again at a lower learning rate.",
            )
        self._steps += len(rows)
        np.minimum(scores, 1.0, out=scores)
        return rows


def _packed(scores: ArrayLike, offset: ArrayLike | None, team: ArrayLike | None) -> Numbers:
    """Scores, offset (0 without one) and by how much the left team is more probable, as columns."""
    scores = np.asarray(scores, dtype=np.float64)
    nothing: NDArray[np.float64] = np.zeros(len(scores))
    lead = nothing if team is None else np.asarray(team, dtype=np.float64) @ (1.0, -1.0)
    moved = nothing if offset is None else np.asarray(offset, dtype=np.float64)
    return np.column_stack([scores, moved, lead])


def _side(evidence: float) -> Side:
    if evidence == 0:
        return ""
    return "left" if evidence > 0 else "right"
