"""Bring a catalog's tables to the form this version wants; each step is a file in `migrations`."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from touchline.errors import EnvironmentMissingError, UsageError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 5_730_221
"""The advisory lock under which PostgreSQL's tables are changed; any number of our own would do."""


def upgrade(engine: Engine, shown: str) -> None:
    """Apply the steps that are missing, all in one transaction; touch nothing where none is.

    Raises:
        UsageError: the database holds tables, but not those of a catalog.
        EnvironmentMissingError: a newer Touchline made it.
    """
    scripts = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        if _revision(connection) == scripts.get_current_head():
            return
    with engine.connect() as connection:
        writer = connection.execution_options(writes=True)
        with writer.begin():
            _upgrade(writer, scripts, shown)


def _upgrade(connection: Connection, scripts: ScriptDirectory, shown: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    revision = _revision(connection)  # again: another process may have been quicker
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise EnvironmentMissingError(
            f"a catalog that this version understands (up to {scripts.get_current_head()})",
            f"one of a newer version, {revision}, at {shown}", "Install the newer Touchline.",
        )  # fmt: skip
    if revision is None and inspect(connection).get_table_names():
        raise UsageError(
            "a catalog, or an empty database", f"a database of something else at {shown}",
            "Name another with --catalog; that one is left as it is.",
        )  # fmt: skip
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
