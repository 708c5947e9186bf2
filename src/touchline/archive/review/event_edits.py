"""Add, move, relabel and delete the events of a corrected set, and take that back.

Like decisions on photos: once by token, in one transaction, in a log that only grows. An undo takes
back the last edit in force of an event, so that the edits of each event are a stack.
"""

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select, update

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import event_edits, event_sets, events, videos
from touchline.archive.review.corrected_sets import CORRECTED
from touchline.archive.review.provenance import (
    checked_label,
    checked_reviewer,
    checked_token,
    foreign_token,
)
from touchline.errors import UsageError

EditAction = Literal["add", "move", "relabel", "delete"]
Columns = Mapping[str, Any]
"""An event's columns, as `EventValues` names them."""

_SET_BY: Mapping[str, Sequence[str]] = {
    "add": ("seconds", "half", "label", "team", "visible"),
    "move": ("seconds", "half"),
    "relabel": ("label", "team"),
}


@dataclass(frozen=True)
class EventValues:
    """What an event says.

    Attributes:
        seconds: from the start of the video, at least 0 and within it.
        label: its class, any text.
        half: 1 or later.
        team: `left`, `right` or empty.
        visible: whether the picture shows it.
    """

    seconds: float
    label: str
    half: int = 1
    team: str = ""
    visible: bool = True


@dataclass(frozen=True)
class EventEdit:
    """A correction.

    Attributes:
        token: made where it was asked for, another one each time.
        event_set_id: a corrected set, see `corrected_set`.
        action: `add`, `move`, `relabel` or `delete`.
        reviewer: who asks.
        event_id: the event; None for `add`.
        event: what it shall say: of this a move takes time and half, a relabelling label and team,
            so that two people may do both at once; None for `delete`.
    """

    token: str
    event_set_id: int
    action: EditAction
    reviewer: str
    event_id: int | None = None
    event: EventValues | None = None


@dataclass(frozen=True)
class Edited:
    """What became of an edit or an undo.

    Attributes:
        event_id: the event; None when there was nothing to take back.
        action: what was done or, by an undo, taken back.
        is_repeat: it had been done before, and nothing was done this time.
    """

    token: str
    event_id: int | None
    action: str
    is_repeat: bool = False


def edit_event(catalog: Catalog, edit: EventEdit) -> Edited:
    """Correct an event, all of it or nothing; on return it outlives a power cut.

    What a person has added, moved or relabelled has the confidence 1.

    Raises:
        UsageError: the set is no corrected one, the event is not in it (any more), what it shall
            say cannot be meant, or the token is another edit's.
        EnvironmentMissingError: the catalog cannot be written; send the same edit again.
    """
    token, reviewer = checked_token(edit.token), checked_reviewer(edit.reviewer)
    with catalog.writing() as connection:
        known = _known(connection, token, reviewer, edit.action, edit.event_set_id)
        if known is not None:
            return known
        wanted = _wanted(connection, edit)
        before = _event(connection, edit.event_set_id, edit.event_id)
        if (before is None) != (edit.action == "add"):
            raise UsageError(
                "an event of this set, or none to add one", f"the id {edit.event_id}",
                "Somebody may have deleted it: load the page again.",
            )  # fmt: skip
        after = None if edit.action == "delete" else {**(before or {}), **wanted, "confidence": 1.0}
        event_id = _put(connection, edit.event_set_id, edit.event_id, after)
        line = _Line(edit.event_set_id, event_id, reviewer, edit.action, before, after)
        _log(connection, token, line)
        return Edited(token, event_id, edit.action)


def undo_edit(catalog: Catalog, event_set_id: int, reviewer: str, token: str) -> Edited:
    """Take back the reviewer's latest edit in a set that is the last one of its event.

    A deleted event comes back under its id, which is never given to another.

    Raises:
        UsageError: the reviewer or token cannot be used, or the token is another edit's.
        EnvironmentMissingError: the catalog cannot be written; send the same again.
    """
    own, name = checked_token(token), checked_reviewer(reviewer)
    with catalog.writing() as connection:
        known = _known(connection, own, name, "undo", event_set_id)
        if known is not None:
            return known
        for line in _last_of_each_event(connection, event_set_id):
            now = _event(connection, event_set_id, line.event_id)
            if line.reviewer == name and now == line.after:
                event_id = _put(connection, event_set_id, line.event_id, line.before)
                taken_back = _Line(event_set_id, line.event_id, name, "undo", now, line.before)
                _log(connection, own, taken_back)
                return Edited(own, event_id, line.action)
    return Edited(own, None, "")


@dataclass(frozen=True)
class _Line:
    """A line of the log, named as the columns of `event_edits` are."""

    event_set_id: int
    event_id: int
    reviewer: str
    action: str
    before: Columns | None
    after: Columns | None


def _known(
    connection: Connection, token: str, reviewer: str, action: str, event_set_id: int
) -> Edited | None:
    """What was done under a token before.

    Raises:
        UsageError: that was something else.
    """
    row = connection.execute(select(event_edits).where(event_edits.c.token == token)).first()
    if row is None:
        return None
    if (row.reviewer, row.action, row.event_set_id) != (reviewer, action, event_set_id):
        raise foreign_token(token)
    return Edited(token, row.event_id, action, is_repeat=True)


def _wanted(connection: Connection, edit: EventEdit) -> Columns:
    """The columns that an edit sets.

    Raises:
        UsageError: the set is no corrected one, or the columns say what cannot be.
    """
    query = select(event_sets.c.kind, videos.c.seconds).join(videos)
    row = connection.execute(query.where(event_sets.c.id == edit.event_set_id)).first()
    if row is None or row.kind != CORRECTED:
        raise UsageError(
            "a corrected set of events", f"the set {edit.event_set_id}, which is none",
            "Correct its copy; the original stays as it is.",
        )  # fmt: skip
    if edit.action == "delete":
        return {}
    if edit.event is None or edit.action not in _SET_BY:
        raise UsageError("an event to add, move or relabel", f"{edit.action!r}", "Name it.")
    return {name: asdict(_checked(edit.event, row.seconds))[name] for name in _SET_BY[edit.action]}


def _checked(event: EventValues, length: float | None) -> EventValues:
    end = math.inf if length is None else length
    if not (math.isfinite(event.seconds) and 0 <= event.seconds <= end):
        raise UsageError(
            f"a time between 0 and {end:g} s", f"{event.seconds}", "Choose one inside the video."
        )
    if event.half < 1 or event.team not in ("", "left", "right"):
        raise UsageError(
            "a half from 1 and the team left, right or none",
            f"half {event.half}, team {event.team!r}", "Mend that.",
        )  # fmt: skip
    return replace(event, label=checked_label(event.label))


def _event(connection: Connection, event_set_id: int, event_id: int | None) -> Columns | None:
    """What an event of the set says; None when there is none."""
    named = [column for column in events.columns if column.name not in ("id", "event_set_id")]
    query = select(*named).where(events.c.id == event_id, events.c.event_set_id == event_set_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _put(
    connection: Connection, event_set_id: int, event_id: int | None, after: Columns | None
) -> int:
    """Make an event say this, or be gone; gives its id."""
    mine = (events.c.id == event_id) & (events.c.event_set_id == event_set_id)
    if after is None:
        connection.execute(delete(events).where(mine))
    elif connection.execute(update(events).where(mine).values(**after)).rowcount == 0:
        named = {} if event_id is None else {"id": event_id}
        added = insert(events).values(event_set_id=event_set_id, **named, **after)
        return int(connection.execute(added.returning(events.c.id)).scalar_one())
    return event_id or 0


def _last_of_each_event(connection: Connection, event_set_id: int) -> list[_Line]:
    """The last edit in force of each event, newest first: each undo takes off the one on top."""
    names = [event_edits.c[field.name] for field in fields(_Line)]
    query = select(*names).where(event_edits.c.event_set_id == event_set_id)
    stacks: dict[int, list[tuple[int, _Line]]] = defaultdict(list)
    for number, row in enumerate(connection.execute(query.order_by(event_edits.c.id))):
        stack, line = stacks[row.event_id], _Line(*row)
        if line.action == "undo":
            stack.pop()
        else:
            stack.append((number, line))
    tops = [stack[-1] for stack in stacks.values() if stack]
    return [line for _, line in sorted(tops, key=itemgetter(0), reverse=True)]


def _log(connection: Connection, token: str, line: _Line) -> None:
    connection.execute(insert(event_edits).values(token=token, at=time.time(), **asdict(line)))
