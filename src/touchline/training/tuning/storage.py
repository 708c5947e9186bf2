"""Where a study is kept: a journal file, or a PostgreSQL database for several machines."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.training.tuning.locks import FileLocks, JournalLock, Locks, PostgresLocks, holding

JOURNAL_STUDY = "study"
FIRST_BYTES = b'{"op_code"'
"""How each line of a journal begins."""
# A server that has lost a machine notices within about a minute, and frees what it held.
KEEPALIVES = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


@dataclass(frozen=True)
class OpenStorage:
    """Opened storage.

    Attributes:
        storage: as Optuna takes it.
        locks: that the processes of the study share.
        study: the study's name in the storage.
    """

    storage: BaseStorage
    locks: Locks
    study: str


def open_storage(where: str, study: str) -> OpenStorage:
    """Open, or begin, the storage of a study.

    Args:
        where: the path of a journal file, or `postgresql://USER:PASSWORD@HOST/DATABASE`.
        study: the study's name in a database, which may hold several; a journal holds one.

    Raises:
        UsageError: a URL of another database, or a file that is no journal.
        EnvironmentMissingError: the server cannot be reached, or the packages for it are missing.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if "://" not in where:
        return _open_journal(Path(where))
    scheme = where.partition("://")[0]
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise UsageError(
            "a journal file or a PostgreSQL URL", f"a {scheme}:// URL",
            "Write --storage postgresql://USER:PASSWORD@HOST/DATABASE.",
        )  # fmt: skip
    return _open_database(where, study)


def _open_journal(file: Path) -> OpenStorage:
    _require_journal(file)
    locks = FileLocks(file.with_name(f"{file.name}.locks"))
    lock: Any = JournalLock(locks)  # Optuna does not export the class of its locks
    with holding(locks, "journal"):
        _cut_off_torn_line(file)
    try:
        storage = JournalStorage(JournalFileBackend(str(file), lock_obj=lock))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            "the journal of a study", f"something else in {file} ({error})",
            "Name a new file with --storage.",
        ) from error  # fmt: skip
    return OpenStorage(storage, locks, JOURNAL_STUDY)


def _require_journal(file: Path) -> None:
    """Refuse what is no journal, before anything is written to it or beside it.

    Raises:
        UsageError: for a folder, a file that cannot be read, or one that begins otherwise.
    """
    if not file.exists():
        return
    try:
        with file.open("rb") as stream:
            begins = stream.read(len(FIRST_BYTES))
    except OSError as error:
        raise UsageError(
            "the journal of a study", f"{error.strerror}: {file}", "Name a file with --storage."
        ) from error
    if begins and not FIRST_BYTES.startswith(begins):
        raise UsageError(
            "the journal of a study", f"something else in {file}, which is left as it is",
            "Name a new file with --storage.",
        )  # fmt: skip


def _cut_off_torn_line(file: Path) -> None:
    """Drop a last line without its end: what a process wrote as the disk filled or the power went.

    Whatever Optuna would write behind it could never be read again.
    """
    if not file.is_file():
        return
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole and whole < len(content):
        os.truncate(file, whole)


def _open_database(typed: str, study: str) -> OpenStorage:
    if (
        importlib.util.find_spec("sqlalchemy") is None
        or importlib.util.find_spec("psycopg") is None
    ):
        raise EnvironmentMissingError(
            "the packages for PostgreSQL", "no sqlalchemy or no psycopg",
            "Install them with `pip install sqlalchemy 'psycopg[binary]'`.",
        )  # fmt: skip
    from sqlalchemy import NullPool, create_engine, make_url
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        address = make_url(typed)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise UsageError(
            "a PostgreSQL URL", "one that cannot be read",  # itself it may hold a password
            "Write --storage postgresql://USER:PASSWORD@HOST/DATABASE.",
        ) from error  # fmt: skip
    shown = address.render_as_string(hide_password=True)
    url = address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    engine = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT",
        connect_args={"options": KEEPALIVES},
    )  # fmt: skip
    locks = PostgresLocks(engine, study)
    try:
        # Two processes that make the tables at once would trip over each other.
        with holding(PostgresLocks(engine, "touchline"), "tables"):
            storage = RDBStorage(url, engine_kwargs={"poolclass": NullPool})
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise EnvironmentMissingError(
            f"a PostgreSQL database at {shown}", reason,
            "Check the address, the password, and that the server runs.",
        ) from error  # fmt: skip
    return OpenStorage(storage, locks, study)
