"""The set of events that takes a person's corrections: a copy, so that the original stays."""

import time
from itertools import count

from sqlalchemy import Connection, insert, literal, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import event_sets, events
from touchline.errors import UsageError

CORRECTED = "corrected"
_COPIED = [each for each in events.columns if each.name not in ("id", "event_set_id")]


def corrected_set(catalog: Catalog, event_set_id: int) -> int:
    """The set that corrections of a set go into, made as a copy of it when there is none yet.

    Its `source` is the original's name. A set that is a corrected one already is its own.

    Args:
        catalog: the catalog.
        event_set_id: a predicted, annotated or corrected set.

    Raises:
        UsageError: there is no such set.
        EnvironmentMissingError: the catalog cannot be written.
    """
    with catalog.writing() as connection:
        given = connection.execute(
            select(event_sets).where(event_sets.c.id == event_set_id)
        ).first()
        if given is None:
            raise UsageError(
                "a set of events in this catalog", f"none with the id {event_set_id}",
                "Load the page again.",
            )  # fmt: skip
        if given.kind == CORRECTED:
            return event_set_id
        its_copy = select(event_sets.c.id).where(
            event_sets.c.video_id == given.video_id, event_sets.c.kind == CORRECTED,
            event_sets.c.source == given.name,
        )  # fmt: skip
        known = connection.scalar(its_copy)
        return (
            known
            if known is not None
            else _copy(connection, given.video_id, given.name, event_set_id)
        )


def _copy(connection: Connection, video_id: int, name: str, event_set_id: int) -> int:
    taken = select(event_sets.c.name).where(event_sets.c.video_id == video_id)
    names = set(connection.scalars(taken))
    tries = (f"{name} ({CORRECTED}{f' {n}' if n > 1 else ''})" for n in count(1))
    added = insert(event_sets).values(
        video_id=video_id, name=next(each for each in tries if each not in names), kind=CORRECTED,
        source=name, added_at=time.time(),
    )  # fmt: skip
    set_id = int(connection.execute(added.returning(event_sets.c.id)).scalar_one())
    rows = (
        select(literal(set_id), *_COPIED)
        .where(events.c.event_set_id == event_set_id)
        .order_by(events.c.seconds, events.c.id)
    )
    columns = ["event_set_id", *(column.name for column in _COPIED)]
    connection.execute(insert(events).from_select(columns, rows))
    return set_id
