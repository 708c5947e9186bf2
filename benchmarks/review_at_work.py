"""Two reviewers and an indexer, as functions that a process of their own runs until it is killed.

Each reviewer decides, skips and takes back as fast as the catalog allows, and keeps an outbox on
the disk as the app's page does in the browser: a decision is written there, sent, and struck out
when it is acknowledged; what was not is sent again, with the same token, by the next process. Some
are sent twice anyhow, some are about photos that the other has decided on. The indexer adds photos,
moves some, labels them and places the queue, over and over.
"""

import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from touchline.archive.catalog.indexing.labels import add_predictions
from touchline.archive.catalog.indexing.photo_files import index_photos
from touchline.archive.catalog.indexing.photo_rows import Measured
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import photos
from touchline.archive.label_files import write_labels
from touchline.archive.labels import Label, LabelledPhoto
from touchline.archive.review.decisions import Decided, Decision, decide
from touchline.archive.review.placing import place_queue
from touchline.archive.review.queueing import next_items
from touchline.archive.review.undoing import Undone, undo
from touchline.files import sha256_of_file

REVIEWERS = ("anna", "bob")
FOLDERS = 9
CLASSES = ("Kick-l", "Kick-r", "Header", "Save", "Throw")
PHOTOS_A_ROUND = 30
Ready = Callable[[], object]
"""Says that the process is at work."""


class Outbox:
    """Decisions on their way to the catalog, one JSON object a line; the file only grows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.written: dict[str, dict[str, Any]] = {}
        self.settled: dict[str, list[int]] = {}
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        if lines and not lines[-1].endswith("\n"):
            lines = self._without_torn_line(lines)
        for entry in map(json.loads, lines):
            if "photos" in entry:
                self.settled[entry["token"]] = entry["photos"]
            else:
                self.written[entry["token"]] = entry

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """What was not acknowledged, oldest first."""
        return [entry for token, entry in self.written.items() if token not in self.settled]

    def write(self, entry: dict[str, Any]) -> None:
        """Keep a decision before it is sent."""
        self.written[entry["token"]] = entry
        self._append(entry)

    def strike(self, token: str, photo_ids: Sequence[int]) -> None:
        """It is in the catalog, for these photos."""
        self.settled[token] = list(photo_ids)
        self._append({"token": token, "photos": list(photo_ids)})

    def _append(self, entry: dict[str, Any]) -> None:
        with self._file.open("a") as stream:
            stream.write(json.dumps(entry) + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _without_torn_line(self, lines: list[str]) -> list[str]:
        """What a kill tore off was never sent."""
        os.truncate(self._file, sum(len(line.encode()) for line in lines[:-1]))
        return lines[:-1]


def send(catalog: Catalog, reviewer: str, entry: dict[str, Any]) -> Decided | Undone:
    if entry["action"] == "undo":
        return undo(catalog, reviewer, entry["token"])
    wanted = tuple(entry["wanted"])
    action, label = entry["action"], entry["label"]
    return decide(catalog, Decision(entry["token"], wanted, action, label, reviewer))


def review(where: str, folder: Path, reviewer: str, ready: Ready) -> None:
    """First what the outbox still holds, then new decisions until there is a file `stop`."""
    rng, outbox = random.Random(), Outbox(folder / f"{reviewer}.outbox")
    catalog = open_catalog(where)
    ready()
    for entry in outbox.waiting:
        told = send(catalog, reviewer, entry)
        outbox.strike(entry["token"], told.photo_ids)
        with (folder / f"{reviewer}.again").open("a") as stream:
            stream.write(f"{told.is_repeat}\n")
    while not (folder / "stop").exists():
        entry = new_entry(catalog, reviewer, rng)
        if entry is None:
            time.sleep(0.02)
            continue
        outbox.write(entry)
        told = send(catalog, reviewer, entry)
        if rng.random() < 0.1:  # the answer was lost
            told = send(catalog, reviewer, entry)
        outbox.strike(entry["token"], told.photo_ids)


def new_entry(catalog: Catalog, reviewer: str, rng: random.Random) -> dict[str, Any] | None:
    """What the reviewer decides next."""
    entry = {"token": str(uuid.uuid4()), "label": "", "wanted": []}
    chance = rng.random()
    if chance < 0.15:
        return {**entry, "action": "undo"}
    if chance < 0.35:  # out of the queue, maybe over the other's decision
        with catalog.reading() as connection:
            known = list(connection.scalars(select(photos.c.id).limit(40)))
        wanted = rng.sample(known, min(len(known), rng.randint(1, 4)))
        label = rng.choice(CLASSES)
        return {**entry, "action": "change", "wanted": wanted, "label": label} if wanted else None
    items = next_items(catalog, reviewer, 2)
    if not items:
        return None
    action = rng.choice(("accept", "accept", "change", "skip"))
    label = rng.choice(CLASSES) if action == "change" else ""
    return {**entry, "action": action, "wanted": list(items[0].photo_ids), "label": label}


def index(where: str, folder: Path, most: int, ready: Ready) -> None:
    """New photos, moved photos, labels and places until there is a file `stop`."""
    rng, catalog, base = random.Random(), open_catalog(where), folder / "photos"
    ready()
    while not (folder / "stop").exists():
        there = sorted(base.rglob("*.jpg"))
        for _ in range(PHOTOS_A_ROUND if len(there) < most else 0):
            (base / f"{uuid.uuid4().hex}.jpg").write_bytes(rng.randbytes(300))
        for path in rng.sample(there, min(len(there), 3)):
            path.rename(base / f"{rng.randrange(FOLDERS)}" / path.name)
        index_photos(catalog, base, measured)
        with catalog.reading() as connection:
            bare = select(photos.c.path, photos.c.sha256).where(photos.c.prediction_id.is_(None))
            rows = connection.execute(bare).all()
        if rows:
            labels = folder / "labels.jsonl"
            write_labels([labelled(path, sha256, rng) for path, sha256 in rows], labels)
            added = add_predictions(catalog, labels, None)
            for run_id in added.runs:
                place_queue(catalog, run_id)


def measured(paths: Sequence[Path]) -> Iterator[tuple[Path, Measured | str]]:
    for path in paths:
        try:
            found = path.stat()
            sha256 = sha256_of_file(path)
        except OSError as error:
            yield path, str(error)
        else:
            yield path, Measured(sha256, found.st_size, found.st_mtime_ns, 8, 6, None)


def labelled(path: str, sha256: str, rng: random.Random) -> LabelledPhoto:
    names = rng.sample(CLASSES, 3)
    labels = (Label(names[0], rng.uniform(0.3, 0.7)), Label(names[1], 0.2), Label(names[2], 0.1))
    return LabelledPhoto(path, sha256, labels, "review", "in doubt", run="poses")
