"""Events into the catalog."""

from pathlib import Path

from touchline.archive.catalog.indexing.events import EventRow, add_events
from touchline.archive.catalog.opening import Catalog
from touchline.spotting.events import Event
from touchline.spotting.video_events import FoundEvents


def import_events(catalog: Catalog, video: int | Path, found: FoundEvents, file: Path) -> int:
    """Put events into the catalog as a set named after their file; returns the set's id.

    Args:
        catalog: the catalog.
        video: its id, or its file, which has been indexed.
        found: what the file holds.
        file: names the set.

    Raises:
        UsageError: people have corrected a set of that name.
    """
    return add_events(
        catalog, video, map(event_row, found.events), name=set_name(file), kind=found.kind,
        source=file,
    )  # fmt: skip


def set_name(file: Path) -> str:
    """What the set of events from a file is called: its folder and name.

    >>> set_name(Path("runs/last/results_spotting.json"))
    'last/results_spotting.json'
    """
    return "/".join(file.parts[-2:]).encode("utf-8", "replace").decode()


def event_row(event: Event) -> EventRow:
    """An event as the catalog takes it."""
    return EventRow(
        event.seconds, event.half, event.label, event.team, event.confidence, event.visible
    )
