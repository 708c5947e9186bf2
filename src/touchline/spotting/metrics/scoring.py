"""The one way in: true and predicted events of some matches, and everything there is to say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from touchline.errors import UsageError
from touchline.spotting.metrics.baselines import baselines
from touchline.spotting.metrics.exact import THRESHOLD, WINDOW, ExactScores, exact_scores
from touchline.spotting.metrics.grid import HALVES, Timelines
from touchline.spotting.metrics.official import FRAMES_PER_SECOND, official_scores
from touchline.spotting.metrics.spotting_scores import SpottingScores
from touchline.spotting.metrics.support import TOO_FEW

NAMES_SHOWN = 3


def score_events(
    truth: Timelines,
    predictions: Timelines,
    classes: Sequence[str],
    *,
    frames_per_second: float = FRAMES_PER_SECOND,
    window: float = WINDOW,
    threshold: float = THRESHOLD,
    seed: int = 0,
) -> SpottingScores:
    """Score predicted events by match against the true ones.

    Args:
        truth: true events by match; a match without predictions counts with nothing found.
        predictions: predicted events by match, in the order of their file, which decides the
            official scores where two lie in one cell.
        classes: the classes to score, in the order wanted.
        frames_per_second: of the official grid.
        window: of the exact scores, whole width in seconds.
        threshold: of the confidence, for precision, recall and F1.
        seed: of the intervals and of chance.

    Raises:
        UsageError: when there is nothing to score, no match has both truth and predictions, or a
            time or setting makes no sense.

    >>> from touchline.spotting.events import Event
    >>> truth = {"final": [Event(10.0, "PASS"), Event(20.0, "PASS")]}
    >>> scores = score_events(truth, {"final": [Event(10.2, "PASS", 0.9)]}, ["PASS"])
    >>> scores.exact.mean_ap.value, round(scores.official["at1"].mean, 4)
    (0.5, 0.5455)
    """
    _check(truth, predictions, classes, window)
    official = official_scores(truth, predictions, classes, frames_per_second=frames_per_second)
    exact = exact_scores(truth, predictions, classes, window=window, threshold=threshold, seed=seed)
    return SpottingScores(
        classes=tuple(classes),
        matches=tuple(truth),
        frames_per_second=frames_per_second,
        official=official,
        exact=exact,
        baselines=baselines(
            truth, classes, window=window, frames_per_second=frames_per_second, seed=seed
        ),
        notes=tuple(_notes(truth, predictions, classes, exact)),
    )


def _check(truth: Timelines, predictions: Timelines, classes: Sequence[str], window: float) -> None:
    if not any(event.label in classes for events in truth.values() for event in events):
        raise UsageError(
            f"at least one true event of {_listed(classes)}", f"none (matches: {len(truth)})",
            "Name labelled matches, or other classes.",
        )  # fmt: skip
    if not truth.keys() & predictions.keys():
        raise UsageError(
            f"predictions for matches such as {_listed(truth)}",
            f"predictions for {_listed(predictions)}",
            "Name the predictions of these matches, in folders of the same names.",
        )
    if not 0 < window < float("inf"):
        raise UsageError(
            "a window of more than 0 s", f"{window:g} s", "Take 1 for half a second either way."
        )


def _notes(
    truth: Timelines, predictions: Timelines, classes: Sequence[str], exact: ExactScores
) -> Iterator[str]:
    """What was left out, and what is too little to go by."""
    if missing := truth.keys() - predictions.keys():
        yield f"No predictions, so nothing found, for {_listed(sorted(missing))}."
    if extra := predictions.keys() - truth.keys():
        yield f"Left out, for there is no truth: predictions for {_listed(sorted(extra))}."
    for kind, timelines in (("True", truth), ("Predicted", predictions)):
        events = [event for match in truth for event in timelines.get(match, ())]
        other = Counter(event.label for event in events if event.label not in classes)
        if other:
            names = _listed(sorted(other))
            yield f"{kind} events of other classes, left out: {other.total()} ({names})."
        if other_halves := sum(event.half not in HALVES for event in events):
            yield f"{kind} events of other halves, left out of the official scores: {other_halves}."
        # NaN is outside too.
        if outside := sum(not 0 <= event.confidence <= 1 for event in events):
            yield f"{kind} events with a confidence outside 0 to 1: {outside}."
    if exact.too_few:
        yield f"Fewer than {TOO_FEW} true events, too few to say much: {_listed(exact.too_few)}."


def _listed(names: Iterable[str]) -> str:
    """Some of the names, and how many more there are.

    >>> _listed(["a", "b", "c", "d", "e"]), _listed([])
    ("'a', 'b', 'c' and 2 more", 'nothing')
    """
    every = list(names)
    shown = ", ".join(map(repr, every[:NAMES_SHOWN]))
    more = len(every) - NAMES_SHOWN
    return (f"{shown} and {more} more" if more > 0 else shown) or "nothing"
