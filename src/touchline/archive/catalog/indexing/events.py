"""The events of a video, as a model or a file has them, into the catalog."""

import math
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update

from touchline.archive.catalog.indexing.paths import catalog_path, is_holdable
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import event_edits, event_sets, events, videos
from touchline.errors import UsageError

Kind = Literal["predicted", "annotated", "corrected"]


@dataclass(frozen=True)
class EventRow:
    """One event of a video.

    Attributes:
        seconds: after the start of its half's video, at least 0.
        half: 1 or 2.
        label: its class.
        team: `left`, `right` or empty.
        confidence: in [0, 1].
        visible: whether it can be seen.
    """

    seconds: float
    half: int
    label: str
    team: str = ""
    confidence: float = 1.0
    visible: bool = True

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds >= 0):
            raise _not_an_event("seconds from 0 on", self.seconds, self.label)
        if not 0.0 <= self.confidence <= 1.0:
            raise _not_an_event("a confidence between 0 and 1", self.confidence, self.label)
        if not is_holdable(self.label):
            raise _not_an_event("a label in valid text", self.label, self.label)
        if self.team not in ("left", "right", ""):
            raise _not_an_event("a team, left or right", self.team, self.label)


def add_events(
    catalog: Catalog, video: int | Path, rows: Iterable[EventRow], *, name: str, kind: Kind,
    source: Path | None = None,
) -> int:  # fmt: skip
    """Add a set of events to a video; returns the set's id.

    A set of that name is replaced, unless people have corrected it. The same set again changes
    nothing, so that its events keep their ids.

    Args:
        catalog: where the video is indexed.
        video: the video's id or file.
        rows: the events, in any order.
        name: what to call the set: the model, or the file.
        kind: where they come from.
        source: the file they were read from.

    Raises:
        UsageError: the video is not in the catalog, or people have corrected the set since.
        EnvironmentMissingError: the catalog is locked or damaged.
    """
    wanted = sorted((asdict(row) for row in rows), key=_order)
    about = {"kind": kind, "source": str(source.resolve()) if source else ""}
    with catalog.writing() as connection:
        video_id = _video_id(connection, video, catalog.shown)
        here = (event_sets.c.video_id == video_id, event_sets.c.name == name)
        set_id = connection.execute(select(event_sets.c.id).where(*here)).scalar()
        if set_id is None:
            values = {**about, "video_id": video_id, "name": name, "added_at": time.time()}
            made = connection.execute(insert(event_sets).values(values).returning(event_sets.c.id))
            set_id = made.scalar_one()
        elif _held(connection, set_id) == wanted:
            connection.execute(update(event_sets).where(*here).values(about))
            return int(set_id)
        else:
            _refuse_corrected(connection, set_id, name)
            connection.execute(delete(events).where(events.c.event_set_id == set_id))
            values = {**about, "added_at": time.time()}
            connection.execute(update(event_sets).where(*here).values(values))
        if wanted:
            rows_of_set = [{"event_set_id": set_id, **row} for row in wanted]
            connection.execute(insert(events), rows_of_set)
    return int(set_id)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("seconds", "half", "label", "team", "confidence", "visible")
    )


def _held(connection: Connection, set_id: int) -> list[dict[str, Any]]:
    columns = [events.c[name] for name in EventRow.__dataclass_fields__]
    query = select(*columns).where(events.c.event_set_id == set_id)
    return sorted((dict(row) for row in connection.execute(query).mappings()), key=_order)


def _refuse_corrected(connection: Connection, set_id: int, name: str) -> None:
    query = select(event_edits.c.id).where(event_edits.c.event_set_id == set_id).limit(1)
    if connection.execute(query).scalar() is not None:
        raise UsageError(
            "a set of events that nobody has corrected", f"{name!r}, corrected in the catalog",
            "Add these events under another name; the corrections stay as they are.",
        )  # fmt: skip


def _video_id(connection: Connection, video: int | Path, shown: str) -> int:
    condition = videos.c.id == video
    if isinstance(video, Path):
        condition = videos.c.path == catalog_path(video.absolute())
    found = connection.execute(select(videos.c.id).where(condition)).scalar()
    if found is None:
        raise UsageError(
            f"a video of the catalog {shown}", f"{video}, which it does not hold",
            "Index its folder first: `touchline archive index FOLDER`.",
        )  # fmt: skip
    return int(found)


def _not_an_event(wanted: str, found: object, label: str) -> UsageError:
    return UsageError(wanted, f"{found!r} for the event {label!r}", "Check where it came from.")
