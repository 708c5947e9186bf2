"""Kill two reviewers and an indexer, at work on one catalog, with `kill -9` at random instants.

    python benchmarks/review_kill.py [--catalog FILE|URL] [--kills 20] [--photos 600] [--seed 0]

What they do is in `review_at_work.py`. At the end every decision in an outbox must be in the log
exactly once and nothing else in it; what stands must equal a replay of the log; the queue must hold
no decided photo; the database must find itself whole. The catalog named must be new.
"""

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from review_at_work import FOLDERS, REVIEWERS, Outbox, index, review
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import photos, predictions, reviews

ROLES = (*REVIEWERS, "indexer")
LONGEST_PAUSE = 1.0  # seconds between a process's first work and its death
LAST_PAUSE = 1.0  # seconds that all three work at the end
PATIENCE = 120  # seconds for a process to begin, or to end
FORK = multiprocessing.get_context("fork")  # all is imported: a new process is at work at once


@dataclass
class Result:
    """What the kills showed.

    Attributes:
        kills: by role.
        half_way: decisions that were in an outbox, not acknowledged, when their process died.
        recognised: of those, how many the catalog had already taken, as the resend was told.
        faults: what is not as it must be.
    """

    kills: Counter[str] = field(default_factory=Counter)
    half_way: int = 0
    recognised: int = 0
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Work:
    """The three processes, started anew whenever one is killed."""

    def __init__(self, where: str, folder: Path, most: int) -> None:
        self.where, self.folder, self.most = where, folder, most
        self.running = {role: self.start(role) for role in ROLES}

    def start(self, role: str) -> BaseProcess:
        """A process of this role; returns once it is at work."""
        hears, says = FORK.Pipe(duplex=False)
        process = FORK.Process(target=self.run, args=(role, lambda: says.send(True)))
        process.start()
        if not hears.poll(PATIENCE):
            raise TimeoutError(f"{role} did not begin: {self.errors_of(role)}")
        return process

    def run(self, role: str, ready: Callable[[], object]) -> None:
        """What a process does; its errors go to a file."""
        try:
            if role in REVIEWERS:
                review(self.where, self.folder, role, ready)
            else:
                index(self.where, self.folder, self.most, ready)
        except BaseException:
            self._errors(role).write_text(traceback.format_exc())
            raise

    def kill(self, roles: Sequence[str], rng: random.Random, result: Result) -> None:
        """Kill these processes at some instant of their work, and start others in their place."""
        time.sleep(rng.uniform(0, LONGEST_PAUSE))
        for role in roles:
            os.kill(self.running[role].pid or 0, signal.SIGKILL)
        for role in roles:
            self.running[role].join()
            if self.running[role].exitcode != -signal.SIGKILL:
                result.faults.append(f"{role} had ended by itself: {self.errors_of(role)}")
            result.kills[role] += 1
            if role in REVIEWERS:
                result.half_way += len(Outbox(self.folder / f"{role}.outbox").waiting)
            self.running[role] = self.start(role)

    def finish(self, result: Result) -> None:
        """Let all come to their end."""
        time.sleep(LAST_PAUSE)
        (self.folder / "stop").touch()
        for role, process in self.running.items():
            process.join(PATIENCE)
            if process.exitcode != 0:
                result.faults.append(f"{role} failed: {self.errors_of(role)}")

    def errors_of(self, role: str) -> str:
        """The end of what it said."""
        file = self._errors(role)
        return file.read_text()[-800:] if file.exists() else "nothing said"

    def _errors(self, role: str) -> Path:
        return self.folder / f"{role}.errors"


def kill_all(where: str, folder: Path, kills: int, most: int, seed: int) -> Result:
    """Every role in turn is killed, sometimes all at once; then everything is checked."""
    result, rng = Result(), random.Random(seed)
    for number in range(FOLDERS):
        (folder / "photos" / f"{number}").mkdir(parents=True)
    open_catalog(where, create=True).close()
    work = Work(where, folder, most)
    for number in range(kills):
        roles = ROLES if number % 7 == 6 else (ROLES[number % 3],)
        work.kill(roles, rng, result)
    work.finish(result)
    for reviewer in REVIEWERS:
        again = folder / f"{reviewer}.again"
        result.recognised += again.read_text().count("True") if again.exists() else 0
    catalog = open_catalog(where)
    check(catalog, folder, result)
    catalog.close()
    return result


def check(catalog: Catalog, folder: Path, result: Result) -> None:
    with catalog.reading() as connection:
        log = connection.execute(select(reviews).order_by(reviews.c.id)).all()
        columns = (photos.c.id, photos.c.sha256, photos.c.review_id, predictions.c.queue_place)
        joined = select(*columns).outerjoin_from(
            photos, predictions, predictions.c.id == photos.c.prediction_id
        )
        rows = connection.execute(joined).all()
        is_file = connection.dialect.name == "sqlite"
        whole = connection.execute(text("PRAGMA integrity_check")).scalar() if is_file else "ok"
    if whole != "ok":
        result.faults.append(f"the database is damaged: {whole}")
    check_log(log, folder, result)
    stands = replay(log)
    result.counts["photos"] = len(rows)
    for row in rows:
        result.counts["decided photos"] += row.review_id is not None
        if row.review_id != stands.get(row.id):
            result.faults.append(
                f"photo {row.id}: {row.review_id} stands, not {stands.get(row.id)}"
            )
        if row.review_id is not None and row.queue_place is not None:
            result.faults.append(f"photo {row.id} is decided and in the queue")


def check_log(log: Sequence[Any], folder: Path, result: Result) -> None:
    """Each decision of an outbox is in the log once for each of its photos, and nothing else is."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in log:
        found[line.reviewer, line.token].append(line.photo_id)
        result.counts[line.action] += 1
    for reviewer in REVIEWERS:
        outbox = Outbox(folder / f"{reviewer}.outbox")
        result.counts["key presses"] += len(outbox.written)
        if outbox.waiting:
            result.faults.append(f"{reviewer}: {len(outbox.waiting)} never acknowledged")
        for token, entry in outbox.written.items():
            wanted = entry["wanted"] or outbox.settled.get(token, [])  # an undo finds its photos
            logged = found.pop((reviewer, token), [])
            if sorted(logged) != sorted(wanted):
                result.faults.append(f"{reviewer}, {token}: {logged} in the log, not {wanted}")
    if found:
        result.faults.append(f"{len(found)} decisions in the log that nobody made")


def replay(log: Sequence[Any]) -> dict[int, int]:
    """What stands by the log alone, read from its start: an undo takes out the line it names."""
    stacks: dict[int, list[int]] = defaultdict(list)
    for line in log:
        if line.action == "undo":
            if line.undoes in stacks[line.photo_id]:
                stacks[line.photo_id].remove(line.undoes)
        elif line.action != "skip":
            stacks[line.photo_id].append(line.id)
    return {photo_id: stack[-1] for photo_id, stack in stacks.items() if stack}


def main() -> int:
    words = argparse.ArgumentParser(description="Kill reviewers and an indexer at work.")
    words.add_argument("--catalog", help="a new file, or the URL of an empty PostgreSQL database")
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--photos", type=int, default=600, help="the indexer adds so many at most")
    words.add_argument("--seed", type=int, default=0)
    asked = words.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        where = asked.catalog or str(Path(folder) / "touchline.catalog")
        result = kill_all(where, Path(folder), asked.kills, asked.photos, asked.seed)
    for name, count in (*result.kills.items(), *sorted(result.counts.items())):
        print(f"{'killed ' if name in ROLES else ''}{name:16} {count:7}")
    print(f"not acknowledged when killed: {result.half_way}, sent again; the catalog had taken "
          f"{result.recognised} of them, and took none twice")  # fmt: skip
    print(f"{time.perf_counter() - began:.0f} s, {len(result.faults)} faults")
    for fault in result.faults[:20]:
        print(fault)
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
