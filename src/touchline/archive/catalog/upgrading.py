"""Bring a catalog's tables to the form this version wants; each step is a file in `migrations`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from touchline.archive.catalog.engines import holds_other_tables
from touchline.errors import EnvironmentMissingError, UsageError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 5_730_221
"""The advisory lock under which PostgreSQL's tables are changed; any number of our own would do."""


def upgrade(engine: Engine, shown: str, *, as_it_is: bool = False) -> None:
    """Apply the steps that are missing, all in one transaction; touch nothing where none is.

    Args:
        engine: of the database.
        shown: its file or address, for people.
        as_it_is: apply nothing; the database must need nothing.

    Raises:
        UsageError: the database holds tables, but not those of a catalog; or it must stay as it
            is, and a step is missing.
        EnvironmentMissingError: a newer Touchline made it.
    """
    scripts = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        if _revision(connection) == scripts.get_current_head():
            return
        if as_it_is and not holds_other_tables(connection):
            raise UsageError(
                "a catalog of this version", f"an older or an empty one at {shown}",
                "A dry run leaves it so; any other command, such as `touchline archive stats`,"
                " brings it up to date.",
            )  # fmt: skip
    with engine.connect() as connection:
        writer = connection.execution_options(writes=True)
        with writer.begin():
            _upgrade(writer, scripts, shown)


def _upgrade(connection: Connection, scripts: ScriptDirectory, shown: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    revision = _revision(connection)  # again: another process may have been quicker
    known = {script.revision for script in scripts.walk_revisions()}
    if holds_other_tables(connection):
        raise UsageError(
            "a catalog, or an empty database", f"a database of something else at {shown}",
            "Name another with --catalog; that one is left as it is.",
        )  # fmt: skip
    if revision is not None and revision not in known:
        raise EnvironmentMissingError(
            f"a catalog that this version understands (up to {scripts.get_current_head()})",
            f"one of a newer version, {revision}, at {shown}", "Install the newer Touchline.",
        )  # fmt: skip
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
