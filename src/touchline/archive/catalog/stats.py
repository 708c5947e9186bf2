"""What a catalog holds, and how the work on it goes: counts, agreement, pace."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, case, func, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.columns import (
    DISAGREES,
    IS_DOUBTFUL,
    IS_REVIEWED,
    JOINED,
    STANDING_LABEL,
    shown,
)
from touchline.archive.catalog.tables import (
    PRESENT,
    crops,
    event_sets,
    events,
    journals,
    photos,
    reviews,
    videos,
)
from touchline.reporting.confidence import Score, share

LONGEST_PAUSE_SECONDS = 300
"""Who decides nothing for longer than this has a break, which counts as no work."""


@dataclass(frozen=True)
class ClassCount:
    """Present photos of a class that stands; the class is empty for photos without one.

    Attributes:
        label: the class.
        photos: all of them.
        reviewed: those a person has decided.
        doubtful: those the model doubts and nobody has decided.
    """

    label: str
    photos: int
    reviewed: int
    doubtful: int


@dataclass(frozen=True)
class ReviewerCount:
    """The decisions of one person, a photo each; those since undone count as well.

    Attributes:
        reviewer: who.
        accepted, changed, skipped, undone: photos by what was done.
        photos_per_hour: decided, breaks left out; None where it cannot be told.
    """

    reviewer: str
    accepted: int
    changed: int
    skipped: int
    undone: int
    photos_per_hour: float | None


@dataclass(frozen=True)
class Stats:
    """What a catalog holds.

    Attributes:
        photos: by state.
        classes: of present photos, in order.
        agreement: the share of present reviewed photos whose person kept the label on show; photos
            of one burst are drawn together, since they are not as many independent witnesses.
        reviewers: in order.
        videos: by state.
        events: by kind: predicted, annotated or corrected.
        crops: by role; the role is empty where none is known.
        identities: different ones among the crops.
        journals: of sorting and tagging, by state.
    """

    photos: dict[str, int]
    classes: tuple[ClassCount, ...]
    agreement: Score
    reviewers: tuple[ReviewerCount, ...]
    videos: dict[str, int]
    events: dict[str, int]
    crops: dict[str, int]
    identities: int
    journals: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "agreement": self.agreement.as_dict()}


def catalog_stats(catalog: Catalog) -> Stats:
    """Count everything, in one state of the catalog."""
    with catalog.reading() as connection:
        return Stats(
            photos=_counted(connection, photos.c.state),
            classes=_classes(connection),
            agreement=_agreement(connection),
            reviewers=_reviewers(connection),
            videos=_counted(connection, videos.c.state),
            events=_events(connection),
            crops=_counted(connection, crops.c.role),
            identities=connection.scalar(
                select(func.count(crops.c.identity.distinct())).where(crops.c.identity != "")
            ) or 0,
            journals=_counted(connection, journals.c.state),
        )  # fmt: skip


def photos_per_hour(presses: Iterable[tuple[float, int]]) -> float | None:
    """The pace of one person, breaks left out.

    Args:
        presses: when, in seconds and in order, and how many photos were decided at once.

    Returns:
        Photos an hour; None where no time between two decisions was measured.

    >>> photos_per_hour([(0, 1), (4, 1), (8, 1), (5000, 1), (5004, 1)])
    900.0
    """
    worked, decided, before = 0.0, 0, None
    for at, count in presses:
        if before is not None and at - before <= LONGEST_PAUSE_SECONDS:
            worked, decided = worked + at - before, decided + count
        before = at
    return 3600 * decided / worked if worked > 0 else None


def _counted(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).group_by(column))
    return dict(sorted((name, count) for name, count in rows))


def _events(connection: Connection) -> dict[str, int]:
    joined = events.join(event_sets, event_sets.c.id == events.c.event_set_id)
    wanted = select(event_sets.c.kind, func.count()).select_from(joined)
    rows = connection.execute(wanted.group_by(event_sets.c.kind))
    return dict(sorted((kind, count) for kind, count in rows))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _classes(connection: Connection) -> tuple[ClassCount, ...]:
    wanted = (
        select(STANDING_LABEL, func.count(), _how_many(IS_REVIEWED), _how_many(IS_DOUBTFUL))
        .select_from(JOINED).where(photos.c.state == PRESENT).group_by(STANDING_LABEL)
    )  # fmt: skip
    counts = (ClassCount(*row) for row in connection.execute(wanted))
    return tuple(sorted(counts, key=lambda count: count.label))


def _agreement(connection: Connection) -> Score:
    wanted = (
        select(photos.c.id, photos.c.burst, DISAGREES)
        .select_from(JOINED).where(photos.c.state == PRESENT, shown.c.id.is_not(None))
    )  # fmt: skip
    rows = connection.execute(wanted).all()
    kept = np.array([not disagrees for _, _, disagrees in rows], np.bool_)
    bursts = [burst or number for number, burst, _ in rows]
    return share(kept, groups=bursts if len(set(bursts)) < len(bursts) else None)


def _reviewers(connection: Connection) -> tuple[ReviewerCount, ...]:
    actions = ("accept", "change", "skip", "undo")
    counted = select(reviews.c.reviewer, *(_how_many(reviews.c.action == name) for name in actions))
    counts = connection.execute(counted.group_by(reviews.c.reviewer)).all()
    at = func.min(reviews.c.at)
    pressed = (
        select(reviews.c.reviewer, at, func.count()).where(reviews.c.action != "undo")
        .group_by(reviews.c.reviewer, reviews.c.token).order_by(at)
    )  # fmt: skip
    presses = defaultdict[str, list[tuple[float, int]]](list)
    for reviewer, when, photos_decided in connection.execute(pressed):
        presses[reviewer].append((when, photos_decided))
    return tuple(
        ReviewerCount(name, accepted, changed, skipped, undone, photos_per_hour(presses[name]))
        for name, accepted, changed, skipped, undone in sorted(map(tuple, counts))
    )
