"""A correction as a browser sends it, checked and written down."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import event_edits
from touchline.archive.review.event_edits import (
    Edited,
    EventEdit,
    EventValues,
    edit_event,
    undo_edit,
)
from touchline.errors import UsageError

NEW = "new:"
"""What the page calls an added event by, with the token of its adding, before it has a number."""


def apply_edit(catalog: Catalog, set_id: int, sent: Mapping[str, Any]) -> str:
    """Write down what a key press corrected, once however often it is sent.

    Args:
        catalog: where it is written.
        set_id: the corrected set that is on the page.
        sent: `token`, `set`, `action` (add, move, relabel, delete or undo), `reviewer`, but for an
            added one `event`, and `seconds`, `half`, `label` and `team` as they shall be; anything
            at all, since a browser sends it.

    Returns:
        What to say of it; empty where nothing is out of the ordinary.

    Raises:
        UsageError: it is no correction of this set, or cannot be written down.
        EnvironmentMissingError: the catalog cannot be written now.
    """
    if _value(sent, "set", int) != set_id:
        raise _no_correction("set")
    token, reviewer = _value(sent, "token", str), _value(sent, "reviewer", str)
    action = _value(sent, "action", str)
    if action == "undo":
        return _told_undone(undo_edit(catalog, set_id, reviewer, token))
    event_id = None if action == "add" else _event_id(catalog, set_id, sent.get("event"))
    event = None if action == "delete" else _event_values(sent)
    edit = EventEdit(token, set_id, action, reviewer, event_id, event)
    edit_event(catalog, edit)
    return ""


def _told_undone(done: Edited) -> str:
    words = {"add": "the added event", "move": "the move", "relabel": "the new class or team",
             "delete": "the deletion"}  # fmt: skip
    return f"Took back {words[done.action]}." if done.action else "There is nothing to take back."


def _event_id(catalog: Catalog, set_id: int, told: object) -> int:
    """The number of an event; one that was added here is known by the token of its adding."""
    if type(told) is int:
        return told
    if not isinstance(told, str) or not told.startswith(NEW):
        raise _no_correction("event")
    added = select(event_edits.c.event_id).where(
        event_edits.c.token == told.removeprefix(NEW), event_edits.c.event_set_id == set_id
    )
    with catalog.reading() as connection:
        event_id: int | None = connection.execute(added).scalar_one_or_none()
    if event_id is None:
        raise UsageError("an event of this set", "one that was never added", "Reload the page.")
    return event_id


def _event_values(sent: Mapping[str, Any]) -> EventValues:
    seconds = sent.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise _no_correction("seconds")
    return EventValues(
        float(seconds), _value(sent, "label", str), _value(sent, "half", int),
        _value(sent, "team", str),
    )  # fmt: skip


def _value(sent: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = sent.get(name)
    if type(value) is not kind:
        raise _no_correction(name)
    return value


def _no_correction(name: str) -> UsageError:
    return UsageError("a correction of this page", f"something else as its {name}", "Reload it.")
