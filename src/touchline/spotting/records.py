"""What a run keeps of its matches: the split, every event predicted, and the figures."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from touchline.files import write_atomically
from touchline.runs import Run
from touchline.spotting.events import Event
from touchline.spotting.footage import FootageSet
from touchline.spotting.metrics.scoring import score_events

Scored = tuple[Mapping[str, Sequence[Event]], Mapping[str, Sequence[Event]]]
"""True and predicted events by match."""
SPLIT_FILE = "split.csv"
COLUMNS = ("split", "match", "half", "seconds", "label", "confidence", "team", "true")


def write_split(run: Run, found: FootageSet) -> None:
    """Write `split.csv`: every video, its match, half, split and number of events."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("video", "match", "half", "events", "split"))
    for name in ("train", "valid", "test"):
        for piece in getattr(found, name):
            rows.writerow((piece.video, piece.match, piece.half, len(piece.events), name))
    write_atomically(run.file(SPLIT_FILE), text.getvalue())


def write_records(
    run: Run, parts: Mapping[str, Scored], classes: Sequence[str], facts: Mapping[str, Any]
) -> None:
    """Write `predictions.parquet` (true and predicted events) and `metrics.json`.

    Args:
        run: the run.
        parts: `valid` and, where there is one, `test`.
        classes: the labels, in order.
        facts: what else the metrics file says.
    """
    rows = [
        (name, match, e.half, e.seconds, e.label, e.confidence, e.team, true)
        for name, part in parts.items()
        for true, events_by_match in zip((True, False), part, strict=True)
        for match, events in events_by_match.items()
        for e in events
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    write_atomically(run.file("predictions.parquet"), table.to_parquet(index=False))
    figures = {
        name: score_events(truth, events, classes).as_dict()
        for name, (truth, events) in parts.items()
    }
    run.write_json("metrics.json", {**json.loads(json.dumps(facts)), **figures})
