"""The same study in a PostgreSQL database, on a private server, where one is installed."""

import os
import signal
from pathlib import Path

import pytest

from postgresql_server import postgresql_server, postgresql_url
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.training.tuning.locks import holding
from touchline.training.tuning.studies import WORKERS, Method
from touchline.training.tuning.trials import tally
from touchline.training.tuning.tuning import Budget, work_through
from tuning_worlds import climb, joined, opened, worker

__all__ = ["postgresql_server", "postgresql_url"]

pytest.importorskip("psycopg", reason="psycopg is not installed")


@pytest.fixture
def url(postgresql_url: str) -> str:
    """A database of its own for each test."""
    return postgresql_url


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
        pytest.raises(UsageError, match="that the examples or their split have"),
    ):
        joined(url, data="xyz")


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(
        EnvironmentMissingError,
        match=r"a PostgreSQL database at postgresql://coach:\*\*\*@/studies",
    ):
        opened(f"postgresql://coach:secret@/studies?host={tmp_path}")


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="a PostgreSQL URL; found one that cannot be read"):
        opened("postgresql://coach:secret@host:port/studies")
