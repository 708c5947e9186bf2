"""The same study in a PostgreSQL database, on a private server, where one is installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.training.tuning.locks import holding
from touchline.training.tuning.studies import WORKERS, Method
from touchline.training.tuning.trials import tally
from touchline.training.tuning.tuning import Budget, work_through
from tuning_worlds import climb, joined, opened, worker

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")


def program(name: str) -> str:
    """A program of the newest server installed, where Debian keeps it or on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """The folder of the socket of a running server, which listens nowhere else."""
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
             "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
        )  # fmt: skip
        assert running.stderr is not None
        said = list(iter_until(running.stderr, "ready to accept connections"))
        assert said, "the server ended at once"
        try:
            yield Path(folder)
        finally:
            number = int(Path(data, "postmaster.pid").read_text().split()[0])
            os.kill(number, signal.SIGINT)
            running.communicate(timeout=30)


def iter_until(lines: Iterator[str], word: str) -> Iterator[str]:
    """Lines up to and with the one that holds the word."""
    for line in lines:
        yield line
        if word in line:
            return


@pytest.fixture
def url(server: Path, request: pytest.FixtureRequest) -> str:
    """A database of its own for each test."""
    name = f"of_{request.node.name}"[:60]
    with psycopg.connect(f"postgresql://coach@/postgres?host={server}", autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://coach@/{name}?host={server}"


def test_two_processes_share_the_trials(url: str) -> None:
    workers = [worker(url, 10, manner="wait") for _ in range(2)]
    assert [own.stdout.readline() for own in workers if own.stdout] == ["seated\n"] * 2
    for own in workers:
        assert own.stdin is not None
        own.stdin.write("go\n")
        own.stdin.flush()
    told = [own.communicate(timeout=60)[0].splitlines() for own in workers]
    assert sorted(lines[-1] for lines in told) == ["last False", "last True"]
    words = [line for lines in told for line in lines[:-1]]
    assert len(words) == len(set(words)) == 10
    study = joined(url, Method("random", "none"))
    with study.seat:
        assert tally(study.records()) == {"complete": 10}
        assert sorted(record.place for record in study.records()) == list(range(10))
        assert study.is_closed


def test_a_killed_process_loses_one_trial_which_is_repeated(url: str) -> None:
    dead = worker(url, 4, manner="hang")
    assert dead.stdout is not None
    assert [dead.stdout.readline() for _ in range(2)] == ["seated\n", "at work\n"]
    study = joined(url, Method("random", "none"))
    assert tally(study.records()) == {"running": 1}
    (seat,) = {name for name in study.study.user_attrs if name.startswith(WORKERS)} - {study.worker}
    os.kill(dead.pid, signal.SIGKILL)
    dead.communicate()
    with holding(study.locks, seat):  # the server has noticed
        pass
    assert work_through(study, climb, Budget(4))
    assert tally(study.records()) == {"complete": 4, "lost": 1}


def test_a_study_begun_otherwise_is_refused(url: str) -> None:
    with (
        joined(url).seat,
        pytest.raises(UsageError, match="the data that this study began with, abc; found xyz"),
    ):
        joined(url, data="xyz")


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match=r"a PostgreSQL database at .*\*\*\*.*found"):
        opened(f"postgresql://coach:secret@/studies?host={tmp_path}")
