"""Crops of players, and who they are, into the catalog."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import insert, select, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.paths import catalog_path, ids_by_path, root_of
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE, PRESENT, crops
from touchline.faults import Fault


@dataclass(frozen=True)
class CropRow:
    """One crop.

    Attributes:
        path: its file.
        action: the action it is from; identities compare only inside one.
        role: `query`, `gallery`, or empty.
        identity: who it shows; empty when not known.
    """

    path: Path
    action: str = ""
    role: Literal["query", "gallery", ""] = ""
    identity: str = ""


@dataclass(frozen=True)
class AddedCrops:
    """What adding crops did.

    Attributes:
        added: new ones.
        changed: ones of which the catalog said something else.
        unchanged: ones that were there already.
        gone: ones it knew whose files are no longer there.
        skipped: crops without a file, or with a name that the catalog cannot hold.
    """

    added: int
    changed: int
    unchanged: int
    gone: int
    skipped: tuple[Fault, ...]


def add_crops(catalog: Catalog, rows: Iterable[CropRow]) -> AddedCrops:
    """Add crops, or what is said of them now; the row of a file keeps its id.

    Where a path is named twice the later row counts.

    Raises:
        EnvironmentMissingError: the catalog is locked or damaged.
    """
    counts = dict.fromkeys(("added", "changed", "unchanged", "gone"), 0)
    skipped, wanted = [], dict[str, dict[str, Any]]()
    for row in rows:
        path = catalog_path(row.path.absolute())
        if path is None:
            skipped.append(Fault(row.path, "", "its name is not valid text"))
            continue
        state = PRESENT if os.path.isfile(path) else GONE  # noqa: PTH113
        said = {"action": row.action, "role": row.role, "identity": row.identity}
        wanted[path] = {**said, "state": state}
    now = time.time()
    root = os.path.commonpath([os.path.dirname(path) for path in wanted]) if wanted else ""  # noqa: PTH120
    for some in batches(wanted):
        with catalog.writing() as connection:
            ids = ids_by_path(connection, crops, some)
            query = select(crops).where(crops.c.id.in_(ids.values()))
            held = {row["path"]: row for row in connection.execute(query).mappings()}
            for path in some:
                values = wanted[path]
                if path not in held and values["state"] == GONE:
                    skipped.append(Fault(Path(path), "", "there is no such file"))
                    continue
                outcome = _outcome(held.get(path), values)
                counts[outcome] += 1
                if outcome == "added":
                    place = {"path": path, "root_id": root_of(connection, root)}
                    connection.execute(insert(crops).values(**place, **values, indexed_at=now))
                elif outcome != "unchanged":
                    change = update(crops).where(crops.c.id == ids[path])
                    connection.execute(change.values(**values, indexed_at=now))
    return AddedCrops(**counts, skipped=tuple(skipped))


def _outcome(held: Any, values: dict[str, Any]) -> str:
    if held is None:
        return "added"
    if all(held[name] == value for name, value in values.items()):
        return "unchanged"
    return "gone" if values["state"] == GONE != held["state"] else "changed"
