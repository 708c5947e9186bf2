"""The videos of a catalog and the sets of their events, as the page shows them."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE, event_sets, events, videos
from touchline.spotting.annotations.fields import side_of
from touchline.spotting.events import Event

PREDICTED, ANNOTATED, CORRECTED = "predicted", "annotated", "corrected"
"""The kinds of sets: by a model, by people elsewhere, by people here."""


@dataclass(frozen=True)
class CataloguedVideo:
    """A video that the catalog knows.

    Attributes:
        id: in the catalog.
        path: of the file when it was indexed.
        seconds: its length; None where it could not be read.
        state: present, gone or unreadable.
        reason: why it is unreadable.
    """

    id: int
    path: Path
    seconds: float | None
    state: str
    reason: str

    @property
    def shown(self) -> str:
        """The file and its folder; what is no valid text is replaced."""
        name = "/".join(self.path.parts[-2:]) if len(self.path.parts) > 2 else str(self.path)
        return name.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class EventSet:
    """The events that one model or one file has for a video.

    Attributes:
        id, video_id: in the catalog.
        name: of the model or the file.
        kind: predicted, annotated or corrected.
        source: the file it came from; empty where it came from none.
    """

    id: int
    video_id: int
    name: str
    kind: str
    source: str

    @property
    def is_truth(self) -> bool:
        """Whether people stand behind it, so that others may be scored against it."""
        return self.kind != PREDICTED


@dataclass(frozen=True)
class StoredEvent:
    """An event and its number in the catalog."""

    id: int
    event: Event


def catalogued_videos(catalog: Catalog) -> list[CataloguedVideo]:
    """Every video that is not gone, by path."""
    columns = (videos.c.id, videos.c.path, videos.c.seconds, videos.c.state, videos.c.reason)
    query = select(*columns).where(videos.c.state != GONE).order_by(videos.c.path)
    with catalog.reading() as connection:
        return [
            CataloguedVideo(row.id, Path(row.path), row.seconds, row.state, row.reason)
            for row in connection.execute(query)
        ]


def sets_of(catalog: Catalog, video_id: int) -> list[EventSet]:
    """The sets of events of a video: what people corrected first, then the newest."""
    found = event_sets.c
    query = select(found.id, found.video_id, found.name, found.kind, found.source).where(
        found.video_id == video_id
    )
    with catalog.reading() as connection:
        rows = connection.execute(query.order_by(found.added_at.desc(), found.id.desc())).all()
    sets = [EventSet(row.id, row.video_id, row.name, row.kind, row.source) for row in rows]
    return sorted(sets, key=lambda each: each.kind != CORRECTED)


def labels_of(catalog: Catalog, video_id: int) -> list[str]:
    """The classes in any set of a video's events, each once, by the alphabet."""
    query = select(events.c.label).distinct().join(event_sets)
    with catalog.reading() as connection:
        return sorted(connection.execute(query.where(event_sets.c.video_id == video_id)).scalars())


def stored_events(catalog: Catalog, set_id: int) -> list[StoredEvent]:
    """The events of a set in order of half and time."""
    query = select(events).where(events.c.event_set_id == set_id)
    with catalog.reading() as connection:
        rows = connection.execute(
            query.order_by(events.c.half, events.c.seconds, events.c.id)
        ).all()
    return [
        StoredEvent(
            row.id,
            Event(row.seconds, row.label, row.confidence, side_of(row.team), row.half, row.visible),
        )
        for row in rows
    ]
