"""Predictions of any number of matches in one file: CSV for spreadsheets, JSON lines for programs.

A match without any predicted event has one row with nothing but its name, so that it is known to
have been looked at.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.spotting.annotations.classes import ANY_CLASS
from touchline.spotting.annotations.fields import confidence_of, half_of, seconds_of, side_of
from touchline.spotting.annotations.json_files import NAMES_AS_BYTES
from touchline.spotting.annotations.names import match_name
from touchline.spotting.annotations.rows import read_rows
from touchline.spotting.events import Event

COLUMNS = ("video", "seconds", "label", "confidence", "team")

Predictions = Mapping[str, Sequence[Event]]


def write_csv(path: Path, predictions: Predictions) -> None:
    """Write the columns `video,seconds,label,confidence,team`, an event a row, whole or not at all.

    A column `half` follows where a match has two videos. Numbers are written in full.

    Raises:
        OSError: when the folder cannot be written.
    """
    rows = [row for name, events in predictions.items() for row in _rows(name, events)]
    halves = ("half",) if any(row.get("half") == 2 for row in rows) else ()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, (*COLUMNS, *halves), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode("utf-8", NAMES_AS_BYTES))


def write_jsonl(path: Path, predictions: Predictions) -> None:
    """Write one JSON object a line, an event each, whole or not at all.

    Raises:
        OSError: when the folder cannot be written.
    """
    rows = (row for name, events in predictions.items() for row in _rows(name, events))
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    write_atomically(path, text.encode("utf-8", NAMES_AS_BYTES))


def as_json_line(name: str, event: Event) -> str:
    """One predicted event of the match `name` as a line of JSON, without its break.

    >>> as_json_line("a", Event(1.5, "PASS", 0.75))
    '{"video": "a", "seconds": 1.5, "label": "PASS", "confidence": 0.75, "team": "", "half": 1}'
    """
    return json.dumps(_row(name, event), ensure_ascii=False)


def read_prediction_table(path: Path) -> dict[str, tuple[Event, ...]]:
    """The predictions of each match, in the order of the rows.

    Args:
        path: a file of the kind that `write_csv` (`.csv`, `.tsv`) or `write_jsonl` (`.jsonl`)
            writes; columns of other names say nothing.

    Raises:
        UsageError: the file cannot be read, or one of its rows is broken, which is named.
    """
    rows = _json_lines(path) if path.suffix.lower() == ".jsonl" else read_rows(path)
    found: dict[str, list[Event]] = {}
    for number, row in rows:
        try:
            name, event = _parse(row)
        except ValueError as error:
            raise UsageError(
                "predictions with video, seconds, label and a confidence in 0 to 1",
                f"line {number} of {path}: {error}", "Mend that line.",
            ) from error  # fmt: skip
        found.setdefault(name, []).extend([event] if event else [])
    return {name: tuple(events) for name, events in found.items()}


def _row(name: str, event: Event) -> dict[str, Any]:
    return {
        "video": name, "seconds": event.seconds, "label": event.label,
        "confidence": event.confidence, "team": event.team, "half": event.half,
    }  # fmt: skip


def _rows(name: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    return [_row(name, event) for event in events] or [{"video": name}]


def _parse(row: Mapping[str, Any]) -> tuple[str, Event | None]:
    """The match and the event of a row; no event where it only names a match."""
    if "" in row:
        raise ValueError("has more cells than the first line")
    video = row.get("video")
    if not isinstance(video, str) or not (name := match_name(video)):
        raise ValueError("names no video")
    if all(row.get(column) in (None, "") for column in ("seconds", "label", "confidence")):
        return name, None
    event = Event(
        seconds_of(row.get("seconds")), ANY_CLASS.name_of(row.get("label")),
        confidence_of(row.get("confidence")), team=side_of(row.get("team")),
        half=half_of(row.get("half") or 1),
    )  # fmt: skip
    return name, event


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig", NAMES_AS_BYTES)
    except OSError as error:
        raise UsageError(
            "a file of predictions", f"{path}: {error.strerror}", "Check its permissions."
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found = type(row).__name__
        except (ValueError, RecursionError) as error:
            row, found = None, str(error)
        if not isinstance(row, dict):
            raise UsageError(
                "one JSON object a line", f"{found} in line {number} of {path}",
                "Mend or remove that line.",
            )  # fmt: skip
        yield number, row
