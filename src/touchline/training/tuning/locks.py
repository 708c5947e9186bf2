"""Locks between processes that end with their holder, however it ends.

Operating system and database release what a process held when it dies, `kill -9` and a power cut
included. So a lock says who is alive, with no heartbeat to wait for and no process id to mistake.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Locks(Protocol):
    """Named locks that the processes of one study share; closing what `take` gives lets go."""

    def take(self, name: str, *, wait: bool) -> ExitStack | None:
        """Hold a lock; None when it is held already, by this process too, and `wait` is false."""
        ...


@dataclass(frozen=True)
class FileLocks:
    """Locks of the operating system on files in one folder."""

    folder: Path

    def take(self, name: str, *, wait: bool) -> ExitStack | None:
        """As `Locks.take`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(descriptor)
            return None
        held = ExitStack()
        held.callback(os.close, descriptor)
        return held


@dataclass(frozen=True)
class PostgresLocks:
    """Advisory locks of a PostgreSQL server; each lives as long as its own connection.

    Attributes:
        engine: opens a new connection each time (no pool).
        scope: keeps studies in one database apart.
    """

    engine: "Engine"
    scope: str

    def take(self, name: str, *, wait: bool) -> ExitStack | None:
        """As `Locks.take`."""
        from sqlalchemy import text

        number = hashlib.sha256(f"{self.scope}/{name}".encode()).digest()[:8]
        key = {"key": int.from_bytes(number, signed=True)}
        with ExitStack() as stack:
            connection = stack.enter_context(self.engine.connect())
            if wait:
                connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
            elif not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
                return None
            return stack.pop_all()


@contextmanager
def holding(locks: Locks, name: str) -> Iterator[None]:
    """Wait for a lock and hold it for a block."""
    held = locks.take(name, wait=True)
    assert held is not None
    with held:
        yield


def is_held(locks: Locks, name: str) -> bool:
    """Whether some process holds the lock, so that it is alive."""
    held = locks.take(name, wait=False)
    if held is None:
        return True
    held.close()
    return False


class JournalLock:
    """The lock under which Optuna writes a journal, with the two methods it asks of one.

    Its own are links and files, which a killed process leaves behind for half a minute.
    """

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self._held = ExitStack()

    def acquire(self) -> bool:
        """Wait for the lock."""
        held = self._locks.take("journal", wait=True)
        assert held is not None
        self._held = held
        return True

    def release(self) -> None:
        """Let go of it."""
        self._held.close()
