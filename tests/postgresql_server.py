"""A private PostgreSQL server for tests, where one is installed; it listens on no network."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Thread

import pytest


def program(name: str) -> str:
    """A program of the newest server installed, where Debian keeps it or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """The folder of the socket of a running server; its user is `coach`, without a password."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb, postgres = program("initdb"), program("postgres")
    # The server refuses to run as root. Sockets want a short path, which pytest's are not.
    as_other = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if as_other:
            shutil.chown(folder, "nobody")
        data = f"{folder}/data"
        subprocess.run(
            [*as_other, initdb, "-D", data, "-U", "coach", "-A", "trust", "--no-sync"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        running = subprocess.Popen(
            [*as_other, postgres, "-D", data, "-k", folder, "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "full_page_writes=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
        )  # fmt: skip
        assert running.stderr is not None
        said = list(_until(running.stderr, "ready to accept connections"))
        assert said, "the server ended at once"
        # A pipe that nobody reads would be full one day, and the server wait.
        reading = Thread(target=running.stderr.read)
        reading.start()
        try:
            yield Path(folder)
        finally:
            number = int(Path(data, "postmaster.pid").read_text().split()[0])
            os.kill(number, signal.SIGQUIT)  # at once: what it holds is thrown away
            running.wait(timeout=30)
            reading.join()
            running.stderr.close()


@pytest.fixture
def postgresql_url(postgresql_server: Path) -> str:
    """A database without a table, emptied for each test."""
    return _emptied(postgresql_server, "postgres", "DROP SCHEMA public CASCADE",
                    "CREATE SCHEMA public")  # fmt: skip


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server: Path) -> list[str]:
    """The tables of a catalog, in the database `catalog`, which is made of nothing else."""
    import psycopg

    from touchline.archive.catalog.opening import open_catalog

    server = f"postgresql://coach@/postgres?host={postgresql_server}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute("CREATE DATABASE catalog")
    url = f"postgresql://coach@/catalog?host={postgresql_server}"
    open_catalog(url, create=True).close()
    with psycopg.connect(url) as link:
        found = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in found if name != "alembic_version"]


@pytest.fixture
def postgresql_catalog_url(postgresql_server: Path, postgresql_tables: list[str]) -> str:
    """A catalog without a row, emptied for each test: much quicker than making its tables."""
    names = ", ".join(postgresql_tables)
    return _emptied(postgresql_server, "catalog", f"TRUNCATE {names} RESTART IDENTITY")


def _emptied(server: Path, database: str, *steps: str) -> str:
    """The URL of a database in which nobody is at work, after these statements."""
    import psycopg

    url = f"postgresql://coach@/{database}?host={server}"
    with psycopg.connect(url, autocommit=True) as link:
        # What an earlier test left open would hold its tables.
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        link.execute("SET client_min_messages = warning")
        for step in steps:
            link.execute(step)
    return url


def _until(lines: Iterable[str], word: str) -> Iterator[str]:
    """Lines up to and with the one that holds the word."""
    for line in lines:
        yield line
        if word in line:
            return
