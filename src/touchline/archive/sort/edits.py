"""What a person's edits to a sort plan mean: the placements they ask for.

An edited destination is honoured as it stands. Where it was left alone, the label decides: a
changed label leads to its class's folder, and a sidecar follows its photo wherever that goes.
Nothing is judged here; `check` does that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.names import folder_names
from touchline.archive.sidecar_names import (
    SIDECAR_ENDING,
    SIDECAR_STYLES,
    SidecarStyle,
    sidecar_name,
)
from touchline.archive.sort.plan import REVIEW_FOLDER, sidecar_destination
from touchline.archive.sort.plan_table import PlanRow, SortPlan
from touchline.archive.sort.reserved_names import ReservedNames


@dataclass(frozen=True)
class Placement:
    """A file to be placed.

    Attributes:
        row: its row in the plan.
        source: where it lies, absolute.
        destination: where it goes, absolute.
        sha256: the hash of what was labelled; empty for a sidecar.
        size, modified: as the plan's cells show them.
        photo: for a sidecar the photo it follows; else None.
    """

    row: int
    source: Path
    destination: Path
    sha256: str
    size: str
    modified: str
    photo: Path | None = None


def placements_of(plan: SortPlan, ours: Collection[Path] = ()) -> list[Placement]:
    """What the plan asks for, in the order of its rows.

    Photos that an edited label sends elsewhere get ` (2)` where their name is taken. A sidecar
    whose photo was deleted from the plan, or is left where it lies, stays too.

    Args:
        plan: the table as read.
        ours: what an earlier run of the same sort has placed, so that names come out the same.
    """
    destinations = _destinations_of_photos(plan, ours)
    photos = _photos_by_sidecar(plan.rows)
    placements = []
    for row in plan.rows:
        photo = None
        place = destinations.get(row.row)
        if row.action == "sidecar" and (found := photos.get(_without_ending(row.source))):
            photo, style = Path(found[0].source), found[1]
            follows = row.destination == row.planned
            place = sidecar_destination(destinations[found[0].row], style) if follows else None
            place = place or row.destination
        if place is not None:
            sha256 = "" if photo else row.sha256
            source, destination = Path(row.source), plan.root / place
            placement = Placement(
                row.row, source, destination, sha256, row.size, row.modified, photo
            )
            placements.append(placement)
    return placements


def _destinations_of_photos(plan: SortPlan, ours: Collection[Path]) -> dict[int, str]:
    """Where each sorted photo goes, by row, below the root."""
    folders = _folders(plan.rows)
    names = ReservedNames(plan.root, ours)
    for row in plan.rows:
        folder, _, name = row.destination.rpartition("/")
        names.take(name, folder)
    sidecars = {_without_ending(row.source) for row in plan.rows if row.action == "sidecar"}
    destinations = {}
    for row in plan.rows:
        if row.action == "sort":
            planned_folder = row.planned.rpartition("/")[0]
            destinations[row.row] = row.destination
            if row.destination == row.planned and planned_folder != folders[row.label]:
                source = Path(row.source)
                brings = _without_ending(_sidecar_path(source, "adobe")) in sidecars
                free = names.reserve(source.name, folders[row.label], has_stem_sidecar=brings)
                destinations[row.row] = f"{folders[row.label]}/{free}"
    return destinations


def _folders(rows: Sequence[PlanRow]) -> dict[str, str]:
    """The folder of each label: as planned where it was planned, else a new one."""
    planned = {
        row.predicted: folder
        for row in rows
        if row.action == "sort" and (folder := row.planned.rpartition("/")[0]) != REVIEW_FOLDER
    }
    new = {row.label for row in rows if row.action == "sort"} - planned.keys() - {"", REVIEW_FOLDER}
    named = folder_names(new, taken=[REVIEW_FOLDER, *planned.values()])
    return {REVIEW_FOLDER: REVIEW_FOLDER, **named, **planned, "": REVIEW_FOLDER}


def _photos_by_sidecar(rows: Sequence[PlanRow]) -> dict[str, tuple[PlanRow, SidecarStyle]]:
    """For every path a sorted photo's sidecar could have: that photo's row, and the style."""
    found: dict[str, tuple[PlanRow, SidecarStyle]] = {}
    for row in rows:
        if row.action == "sort":
            photo = Path(row.source)
            for style in SIDECAR_STYLES:
                found[_without_ending(_sidecar_path(photo, style))] = (row, style)
    return found


def _sidecar_path(photo: Path, style: SidecarStyle) -> str:
    return str(photo.parent / sidecar_name(photo.name, style))


def _without_ending(sidecar: str) -> str:
    """The path of a sidecar without its `.xmp` or `.XMP`."""
    return sidecar[: -len(SIDECAR_ENDING)]
