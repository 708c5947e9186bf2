"""How each database is spoken to, so that a write means the same on both.

A transaction that says it `writes` has the catalog to itself from its first statement: SQLite's
`BEGIN IMMEDIATE`, an advisory lock on PostgreSQL. What it reads is then what it writes upon, and
no two processes decide on the same old state. Readers never wait.
"""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL

WAIT_SECONDS = 30
"""How long a writer waits for another before it says that the catalog is locked."""

SYNCHRONOUS = "FULL"
"""How SQLite writes: `FULL` has each commit on the disk when it returns."""

TABLES_OF_OURS = frozenset({"alembic_version", "photos", "roots"})
"""A database that holds tables, but not these, is another program's."""

_WRITERS = 5_730_220
"""The advisory lock of PostgreSQL's writers; any number of our own would do."""

# A server that has lost a machine notices within about a minute, and frees what it held.
_KEEPALIVES = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


def sqlite_engine(url: URL) -> Engine:
    """An engine for a SQLite file; each commit is on the disk when it returns."""
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # the transactions are ours, not the driver's

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Here and not on connecting, where a file that is no database would raise unwrapped.
        if not connection.info.get("is_prepared"):
            connection.info["is_prepared"] = _prepared(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")

    return engine


def postgresql_engine(url: URL) -> Engine:
    """An engine for a PostgreSQL database.

    Raises:
        ImportError: the driver is not installed.
    """
    # A server that was restarted meanwhile costs a new connection, not an error.
    engine = create_engine(url, pool_pre_ping=True, connect_args={"options": _KEEPALIVES})

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _writes(connection):
            # One state throughout, however many queries a page takes.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    return engine


def holds_other_tables(connection: Connection) -> bool:
    """Whether a database is another program's; an empty one is nobody's."""
    names = set(inspect(connection).get_table_names())
    return bool(names) and not names >= TABLES_OF_OURS


def _prepared(connection: Connection) -> bool:
    """Set a SQLite connection up; False where that has to be tried again.

    Only in a catalog, or where one is about to be made, readers go on while somebody writes: that
    changes the file, which is not ours to do in another program's.
    """
    for pragma in (f"synchronous={SYNCHRONOUS}", "foreign_keys=ON"):
        connection.exec_driver_sql(f"PRAGMA {pragma}").close()
    names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    if not names >= TABLES_OF_OURS and (names or not _writes(connection)):
        return False
    connection.exec_driver_sql("PRAGMA journal_mode=WAL").close()
    return True


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes", False))
