"""The journals of sorts and taggings below a folder into the catalog, with how far each came."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import delete, select

from touchline.archive.catalog.indexing.paths import lies_below
from touchline.archive.catalog.indexing.walking import walk_folder
from touchline.archive.catalog.opening import Catalog, insert_into
from touchline.archive.catalog.tables import journals
from touchline.archive.faults import reason_of
from touchline.archive.journal import Entry, read_journal
from touchline.archive.sort.history import history_of
from touchline.archive.tags.history import tag_history_of
from touchline.errors import UsageError
from touchline.faults import Fault

State = Literal["unfinished", "applied", "undone"]

ENDING, TAGS_ENDING = ".journal", ".tags.journal"

LARGEST_BYTES = 1 << 30
"""Journals are read whole: of a sort of a million files they take half of this."""


@dataclass(frozen=True)
class JournalState:
    """What a journal says.

    Attributes:
        kind: of what: a sort or a tagging.
        state: `unfinished` when a sort, an undo or a tagging was stopped in a step of its work.
        files: files placed, or sidecars written, that are so still.
        begun_at: when a sort began, in seconds since 1970; None where the journal does not say.
    """

    kind: Literal["sort", "tag"]
    state: State
    files: int
    begun_at: float | None


@dataclass(frozen=True)
class IndexedJournals:
    """What an index of journals found.

    Attributes:
        found: journals of sorts and taggings.
        refused: journals that cannot be read, and folders, each with the reason.
    """

    found: int
    refused: tuple[Fault, ...]


def index_journals(catalog: Catalog, folder: Path) -> IndexedJournals:
    """Bring the catalog's journals of a folder, and of all below it, up to date.

    Other programs' files that end in `.journal` are passed over. A journal that is no longer there
    leaves the catalog: nothing else hangs on it.

    Raises:
        UsageError: the folder is missing or cannot be listed.
        EnvironmentMissingError: the catalog is locked or damaged.
    """
    walk, now = walk_folder(folder, (ENDING,)), time.time()
    refused, rows = list(walk.faults), list[dict[str, Any]]()
    for path in walk.files:
        if walk.files[path][0] > LARGEST_BYTES:
            refused.append(Fault(Path(path), "", "larger than any journal of ours; not read"))
            continue
        try:
            said = state_of(path, read_journal(Path(path)))
        except UsageError as error:
            refused.append(Fault(Path(path), "", error.found))
        except OSError as error:
            refused.append(Fault(Path(path), "", reason_of(error)))
        except (KeyError, TypeError, ValueError):
            refused.append(Fault(Path(path), "", "not a journal of ours, though it looks like one"))
        else:
            rows += [{"path": path, "indexed_at": now, **vars(said)}] if said else []
    with catalog.writing() as connection:
        known = select(journals.c.path).where(lies_below(journals.c.path, walk.folder))
        gone = [path for path in connection.execute(known).scalars() if walk.is_missing(path)]
        connection.execute(delete(journals).where(journals.c.path.in_(gone)))
        for row in rows:
            kept = insert_into(connection, journals).values(row)
            connection.execute(kept.on_conflict_do_update(index_elements=["path"], set_=row))
    return IndexedJournals(len(rows), tuple(refused))


def state_of(path: str, entries: Sequence[Entry]) -> JournalState | None:
    """How far the work of a journal came; None where it is of neither kind."""
    steps = {str(entry["step"]) for entry in entries}
    if path.endswith(TAGS_ENDING):
        return _of_tags(entries) if steps & {"write", "folder"} else None
    return _of_sort(entries) if "begin" in steps else None


def _of_sort(entries: Sequence[Entry]) -> JournalState:
    history = history_of(entries)
    if history.begin is None:
        return JournalState("sort", "undone", 0, _time_of(entries))
    in_flight = history.placing.keys() - history.done
    state: State = "unfinished" if history.undoing or in_flight else "applied"
    return JournalState("sort", state, len(history.placing), _time_of([history.begin]))


def _of_tags(entries: Sequence[Entry]) -> JournalState:
    history = tag_history_of(entries)
    if not history.sidecars:
        return JournalState("tag", "undone", 0, None)
    in_flight = any(sidecar.unfinished.exists() for sidecar in history.sidecars.values())
    return JournalState(
        "tag", "unfinished" if in_flight else "applied", len(history.sidecars), None
    )


def _time_of(entries: Sequence[Entry]) -> float | None:
    """When the latest sort among the entries began."""
    begun = [str(entry.get("at", "")) for entry in entries if entry["step"] == "begin"]
    try:
        return datetime.strptime(begun[-1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
