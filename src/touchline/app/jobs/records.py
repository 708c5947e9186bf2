"""What a job's folder says of it: what was asked, how far it is, and how it ended."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from touchline.errors import (
    EXIT_FINE,
    EXIT_GATE,
    EXIT_INTERRUPTED,
    EXIT_PARTIAL,
    UsageError,
)
from touchline.training.tuning.locks import FileLocks, is_held

State = Literal["running", "finished", "partly done", "not passed", "cancelled", "failed", "lost"]

ASKED, ENDED, CANCEL = "job.json", "ended.json", "cancel"
OUTPUT, MESSAGES, ALIVE = "stdout", "stderr", "alive"
TAIL_BYTES = 16 << 10

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}", re.ASCII)
_SHARE = re.compile(r"\b(\d+) of (\d+)\b", re.ASCII)
_STATES: dict[int, State] = {
    EXIT_FINE: "finished", EXIT_PARTIAL: "partly done", EXIT_GATE: "not passed",
    EXIT_INTERRUPTED: "cancelled",
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One piece of long work, as its folder tells it at the moment of reading.

    Attributes:
        folder: of its records; what it makes for itself may lie there too.
        title: what it does, for people.
        words: the command behind `touchline`.
        begun_at: seconds since 1970.
        ended_at: seconds since 1970; None while it runs, and when it was lost.
        state: `lost` when its process is gone without a word, e.g. after a power cut.
        facts: what the page that started it wants to know again.
    """

    folder: Path
    title: str
    words: tuple[str, ...]
    begun_at: float
    ended_at: float | None
    state: State
    facts: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The name of its folder; safe in an address."""
        return self.folder.name

    @property
    def output(self) -> str:
        """What it printed, at most the last of it."""
        return _tail(self.folder / OUTPUT)

    @property
    def messages(self) -> str:
        """What it said on the way, at most the last of it."""
        return _tail(self.folder / MESSAGES)

    @property
    def progress(self) -> tuple[str, float | None]:
        """Its last line, and the share in [0, 1] that this line says is done, where it does."""
        lines = [line for line in self.messages.splitlines() if line.strip()]
        return (lines[-1], share_done(lines[-1])) if lines else ("", None)


def share_done(line: str) -> float | None:
    """The share that a line of progress says is done.

    >>> share_done("Reading photos: 50 of 200, 5.0 a second"), share_done("Writing the report")
    (0.25, None)
    """
    found = _SHARE.search(line)
    if found is None or int(found[2]) == 0:
        return None
    return min(1.0, int(found[1]) / int(found[2]))


def read_job(jobs: Path, job_id: str) -> Job:
    """The job of that name, as it is now.

    Raises:
        UsageError: there is none.
    """
    folder = jobs / job_id
    try:
        if not _ID.fullmatch(job_id):
            raise ValueError("no name of a job")
        asked = json.loads((folder / ASKED).read_text(encoding="utf-8"))
        title, words, begun_at = asked["title"], tuple(asked["words"]), asked["begun_at"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError("a job", f"none called {job_id!r}", "Look at the list of work.") from error
    is_alive = is_held(FileLocks(folder), ALIVE)  # before its end is read: it may end in between
    ended = _ended(folder)
    state = _state(ended, is_alive)
    at = ended["at"] if ended else None
    return Job(folder, title, words, begun_at, at, state, asked.get("facts", {}))


def list_jobs(jobs: Path) -> list[Job]:
    """Every job, the newest first; folders that are none are passed over."""
    if not jobs.is_dir():
        return []
    found = []
    for folder in sorted(jobs.iterdir(), reverse=True):
        try:
            found.append(read_job(jobs, folder.name))
        except UsageError:
            continue
    return found


def _state(ended: dict[str, Any] | None, is_alive: bool) -> State:
    if ended is None:
        return "running" if is_alive else "lost"
    return "cancelled" if ended["cancelled"] else _STATES.get(ended["code"], "failed")


def _ended(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / ENDED).read_text(encoding="utf-8"))
        return {key: found[key] for key in ("code", "at", "cancelled")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - TAIL_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
