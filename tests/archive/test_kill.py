"""The promise that a sort or a tagging can be killed at any instant, tried at every instant."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("kill_at_every_step.py")
FEWEST_INSTANTS = 60  # fewer would mean that the calls are no longer seen


@pytest.fixture
def memory():
    """A new folder in memory: thousands of small files come and go."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        pytest.skip("needs a writable /dev/shm")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def kill_everywhere(work: str, folder: Path) -> None:
    words = [sys.executable, str(PROGRAM), work, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= FEWEST_INSTANTS


@pytest.mark.parametrize("mode", ["symlink", "hardlink", "copy", "move", "across"])
def test_a_sort_killed_before_any_call_is_finished_and_undone(memory, mode):
    kill_everywhere(mode, memory)


def test_a_tagging_killed_before_any_call_is_finished_and_taken_back(memory):
    kill_everywhere("tag", memory)
