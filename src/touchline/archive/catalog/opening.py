"""Open a catalog: a SQLite file, or a PostgreSQL database by its URL.

`Catalog.reading` and `Catalog.writing` are the only ways in. What is committed outlives `kill -9`
and a power cut; what is not, never was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from touchline.archive.catalog.engines import postgresql_engine, sqlite_engine
from touchline.archive.catalog.faults import no_catalog, said_plainly
from touchline.archive.catalog.upgrading import upgrade
from touchline.errors import EnvironmentMissingError, UsageError

_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True)
class Catalog:
    """An open catalog.

    Attributes:
        engine: SQLAlchemy's; each thread gets a connection of its own.
        shown: the file or the address, without a password, for people.
    """

    engine: Engine
    shown: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the catalog throughout.

        Raises:
            EnvironmentMissingError: locked for too long, damaged, or the server is gone.
        """
        with said_plainly(self.shown), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are kept together, at the end, or not at all.

        Raises:
            EnvironmentMissingError: locked for too long, damaged, full, or the server is gone.
        """
        with said_plainly(self.shown), self.engine.connect() as connection:
            writer = connection.execution_options(writes=True)
            with writer.begin():
                yield writer

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_catalog(where: str | Path, *, create: bool = False, as_it_is: bool = False) -> Catalog:
    """Open a catalog and bring its tables up to date.

    Args:
        where: the path of a SQLite file, or `postgresql://USER:PASSWORD@HOST/DATABASE`.
        create: make a file that is missing; the tables of an empty database are always made.
        as_it_is: for a dry run: make and change no table.

    Raises:
        UsageError: there is no such file, it is no catalog, or the URL is of another database; or
            it must stay as it is, and its tables are not up to date.
        EnvironmentMissingError: it cannot be opened, or a newer Touchline made it.
    """
    url = _url_of(str(where))
    is_file = url.get_backend_name() == "sqlite"
    shown = str(where) if is_file else url.set(drivername="postgresql").render_as_string()
    if is_file:
        _require_file(Path(where), create)
    engine = sqlite_engine(url) if is_file else _require_driver(url)
    try:
        with said_plainly(shown):
            upgrade(engine, shown, as_it_is=as_it_is)
    except BaseException:
        engine.dispose()
        raise
    return Catalog(engine, shown)


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `..._do_update`, for either database."""
    is_sqlite = connection.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _url_of(where: str) -> URL:
    if "://" not in where:
        # The whole path: SQLite takes `:memory:` for no file, and the working folder may change.
        return URL.create("sqlite", database=str(Path(where).absolute()))
    scheme, _, rest = where.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise UsageError(
            "the file of a catalog or a PostgreSQL URL", f"a {scheme}:// URL",
            "Write --catalog FILE, or --catalog postgresql://USER:PASSWORD@HOST/DATABASE.",
        )  # fmt: skip
    try:
        return make_url(f"postgresql+psycopg://{rest}")
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise UsageError(
            "a PostgreSQL URL", "one that cannot be read",
            "Write --catalog postgresql://USER:PASSWORD@HOST/DATABASE.",
        ) from error  # fmt: skip


def _require_driver(url: URL) -> Engine:
    try:
        return postgresql_engine(url)
    except ImportError as error:
        raise EnvironmentMissingError(
            "the package for PostgreSQL", "no psycopg",
            "Install it with `pip install 'touchline[postgresql]'`.",
        ) from error  # fmt: skip


def _require_file(file: Path, create: bool) -> None:
    if file.is_file():
        _refuse_other_content(file)
        return
    if file.exists() or not create:
        kind = "a folder" if file.is_dir() else "no regular file" if file.exists() else "nothing"
        raise UsageError(
            "the file of a catalog", f"{kind} at {file}",
            "Make one with `touchline archive index FOLDER --catalog FILE`.",
        )  # fmt: skip
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentMissingError(
            f"a folder for the catalog {file}", (error.strerror or str(error)).lower(),
            "Name another file with --catalog.",
        ) from error  # fmt: skip


def _refuse_other_content(file: Path) -> None:
    """Raise where a file holds something else: SQLite would write over one of a few bytes."""
    try:
        with file.open("rb") as stream:
            head = stream.read(len(_HEADER))
    except OSError:
        return  # opening it says why
    if head and head != _HEADER:
        raise no_catalog(str(file))
