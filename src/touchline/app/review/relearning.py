"""What learning from reviews has changed, as the run that it made tells it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from touchline.app.addresses import photo_url
from touchline.app.components.photo_grid import Tile
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos
from touchline.errors import UsageError
from touchline.photos.relearning.names import CHANGES, RECORD
from touchline.run_listing.records import RunRecord, find_runs
from touchline.runs import Run

SHOWN = 48


@dataclass(frozen=True)
class Relabelled:
    """A photo whose label is another since.

    Attributes:
        path: of the photo.
        before, after: labels.
        sure: of the label after, in [0, 1].
        truth: its class where that is known, else empty.
    """

    path: str
    before: str
    after: str
    sure: float
    truth: str


def probe_runs(runs: Path) -> list[RunRecord]:
    """The finished runs that can learn on in seconds, the newest first."""
    try:
        found = find_runs(runs)
    except UsageError:  # there is no such folder yet
        return []
    probes = [
        run
        for run in found
        if run.task == "photos" and run.state == "finished" and run.settings["recipe"] == "probe"
    ]
    return sorted(probes, key=lambda run: run.begun, reverse=True)


def read_change(folder: Path) -> tuple[dict[str, Any], list[Relabelled]]:
    """The figures of a run that has learnt on, and the photos it calls otherwise, surest first.

    Raises:
        UsageError: the run has not learnt from reviews, or its files are broken.
    """
    record = Run(folder).read_json(RECORD)
    try:
        with (folder / CHANGES).open(encoding="utf-8", newline="") as stream:
            rows = [
                Relabelled(
                    row["path"], row["before"], row["after"], float(row["confidence_after"]),
                    row["truth"],
                )
                for row in csv.DictReader(stream)
                if row["before"] != row["after"]
            ]  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            "a run that has learnt from reviews", f"{type(error).__name__} at {folder / CHANGES}",
            "Learn again.",
        ) from error  # fmt: skip
    return record, sorted(rows, key=lambda row: (-row.sure, row.path))


def tiles_of(catalog: Catalog, changed: Sequence[Relabelled]) -> list[Tile]:
    """The first of the changed photos as tiles; those that are in no catalog are left out."""
    shown = changed[:SHOWN]
    with catalog.reading() as connection:
        query = select(photos.c.path, photos.c.id)
        rows = connection.execute(query.where(photos.c.path.in_([each.path for each in shown])))
        ids = {row.path: row.id for row in rows}
    return [
        Tile(
            ids[each.path], photo_url(ids[each.path]),
            f"{Path(each.path).name}, before {each.before}, after {each.after}",
            f"{each.before} → {each.after}", _note(each),
        )
        for each in shown
        if each.path in ids
    ]  # fmt: skip


def _note(each: Relabelled) -> str:
    verdict = ""
    if each.truth:
        verdict = " ✓ right now" if each.after == each.truth else f" ✗ it is {each.truth}"
    return f"{100 * each.sure:.0f} % sure{verdict}"
