"""Two reviewers and an indexer, killed at work; twenty kills are in `benchmarks/review_kill.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "benchmarks" / "review_kill.py"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_decision_is_lost_and_none_applied_twice(database, tmp_path, request):
    where = str(tmp_path / "touchline.catalog")
    if database == "postgresql":
        where = request.getfixturevalue("postgresql_url")
    words = [sys.executable, str(PROGRAM), "--catalog", where, "--kills", "4", "--photos", "60"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert " 0 faults" in done.stdout
