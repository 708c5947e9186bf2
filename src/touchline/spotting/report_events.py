"""What a run's report shows of single events: confidences, time errors, and the matches drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from touchline.reporting.page import Picture, Section, Text
from touchline.runs import Run
from touchline.spotting.charts import threshold_chart, time_error_chart
from touchline.spotting.events import Event
from touchline.spotting.hits import HIT_SECONDS, find_hits
from touchline.spotting.match_chart import match_chart
from touchline.spotting.peaks.picking import shown_events
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.recorded import RecordedScores

PREDICTIONS = "predictions.parquet"
MATCHES_DRAWN = 6
ERROR_REACH = 2.5
"""Seconds up to which a time error is measured: the ±2.5 s of mAP@5."""


@dataclass(frozen=True)
class MatchEvents:
    """One match of a scored split.

    Attributes:
        name: of the match.
        truth: annotated events.
        predicted: all predicted events, the faint ones too.
    """

    name: str
    truth: tuple[Event, ...]
    predicted: tuple[Event, ...]


def read_events(run: Run, matches: Sequence[str], split: str) -> list[MatchEvents]:
    """The events of a split of a run, in the order of the matches named.

    A match in which nothing happened and nothing was predicted has no rows, but is there.
    """
    table = pd.read_parquet(run.file(PREDICTIONS))
    table = table[table["split"] == split]
    by_match = dict(iter(table.groupby("match")))
    return [_match_events(name, by_match.get(name, table[:0])) for name in matches]


def event_sections(run: Run, part: RecordedScores) -> list[Section]:
    """The sections on confidence, time and matches, their charts drawn below `plots/`."""
    matches = read_events(run, part.matches, part.split)
    peaks = run.read_json("metrics.json").get("peaks") or {}
    shown = {
        match.name: shown_events(
            match.predicted, PeakSettings(thresholds=peaks.get("thresholds", {}))
        )
        for match in matches
    }  # fmt: skip
    return [
        Section("Confidence", (_confidence(run, matches, part.classes),)),
        Section("Time", _time(run, matches, shown)),
        Section("Matches", _matches(run, matches, shown, part.classes)),
    ]


def _confidence(run: Run, matches: Sequence[MatchEvents], classes: Sequence[str]) -> Picture:
    hits = [hit for match in matches for hit in find_hits(match.truth, match.predicted)]
    confidence = [event.confidence for match in matches for event in match.predicted]
    chart = threshold_chart(
        np.array(confidence, dtype=np.float64), np.array([hit is not None for hit in hits], bool),
        sum(len(match.truth) for match in matches), run.file("plots") / "thresholds.png",
    )  # fmt: skip
    return Picture(
        chart, "Precision, recall and F1 against the confidence asked for",
        f"All events of {len(classes)} classes together, right within ±{HIT_SECONDS:g} s.",
    )  # fmt: skip


def _time(
    run: Run, matches: Sequence[MatchEvents], shown: Mapping[str, Sequence[Event]]
) -> tuple[Text, Picture]:
    errors = np.array(list(chain.from_iterable(
        time_errors(match.truth, shown[match.name], ERROR_REACH) for match in matches
    )))  # fmt: skip
    chart = time_error_chart(errors, ERROR_REACH, run.file("plots") / "time_errors.png")
    text = "No event shown lies near a true one of its class."
    if len(errors):
        inside = np.mean(np.abs(errors) <= HIT_SECONDS + 1e-9)
        text = (
            f"Of {len(errors):,} events shown that lie within {ERROR_REACH:g} s of a true one of "
            f"their class, {100 * inside:.0f} % are at most {HIT_SECONDS:g} s off; the median is "
            f"{np.median(errors):+.2f} s."
        )
    return Text((text,)), Picture(chart, "Predicted minus true seconds of the events found")


def time_errors(truth: Sequence[Event], shown: Sequence[Event], reach: float) -> list[float]:
    """Predicted minus true seconds of each event that lies near a true one of its class.

    >>> time_errors([Event(10.0, "PASS")], [Event(11.5, "PASS"), Event(11.5, "OUT")], 2.5)
    [1.5]
    """
    pairs = zip(shown, find_hits(truth, shown, reach), strict=True)
    return [event.seconds - truth[hit].seconds for event, hit in pairs if hit is not None]


def _matches(
    run: Run,
    matches: Sequence[MatchEvents],
    shown: Mapping[str, Sequence[Event]],
    classes: Sequence[str],
) -> tuple[Text | Picture, ...]:
    left = len(matches) - MATCHES_DRAWN
    more = f" {left} more are not drawn." if left > 0 else ""
    text = "Events at or above the confidence chosen for their class, against the true ones." + more
    pictures = [
        Picture(
            match_chart(match.truth, shown[match.name], classes, path),
            f"True and predicted events of {match.name}", match.name,
        )
        for number, match in enumerate(matches[:MATCHES_DRAWN], start=1)
        for path in [run.file("plots") / f"match-{number}.png"]
    ]  # fmt: skip
    return Text((text,)), *pictures


def _match_events(name: str, rows: pd.DataFrame) -> MatchEvents:
    events: dict[bool, list[Event]] = {True: [], False: []}
    columns = ("true", "seconds", "label", "confidence", "team", "half")
    for true, *fields in zip(*(rows[column].tolist() for column in columns), strict=True):
        events[bool(true)].append(Event(*fields))
    return MatchEvents(name, tuple(events[True]), tuple(events[False]))
