"""Jobs through real processes: progress, ends of every kind, cancelling, and what outlives what."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app_worlds import AppWorld
from touchline.app.jobs import starting, worker
from touchline.app.jobs.records import ASKED, ENDED, Job, list_jobs, read_job, share_done
from touchline.app.jobs.routes import job_routes
from touchline.app.jobs.starting import cancel, new_folder, start
from touchline.app.jobs.verbs import require_verb
from touchline.errors import UsageError

PATIENCE_SECONDS = 60


def until(job: Job, is_wanted: Callable[[Job], bool]) -> Job:
    """Read a job again and again until it is as wanted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_wanted(found := read_job(job.folder.parent, job.id)):
        assert time.monotonic() < deadline, (found, found.messages)
        time.sleep(0.02)
    return found


def ended(job: Job) -> Job:
    return until(job, lambda found: found.state != "running")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Replaces the command that workers run by a few lines of Python."""

    def replace(code: str) -> None:
        script = tmp_path / "stand_in.py"
        script.write_text(code)
        runner = tmp_path / "runner.py"
        runner.write_text(
            "import sys\nfrom touchline.app.jobs import worker\n"
            f"worker.COMMAND = (sys.executable, {str(script)!r})\n"
            "worker.SECONDS_TO_SAVE = 1.0\nworker.main()\n"
        )
        monkeypatch.setattr(starting, "WORKER", (sys.executable, str(runner)))

    return replace


def test_a_command_runs_to_its_end_and_says_what_was_wrong(world: AppWorld) -> None:
    words = ["archive", "sort", "apply", str(world.root / "no-plan.csv")]
    job = ended(start(world.workspace, "Sort", words, asked_by="a test"))
    assert (job.state, job.title, list(job.words)) == ("failed", "Sort", words)
    assert "Wanted a sort plan; found nothing at" in job.messages
    assert job.facts == {"asked_by": "a test"}
    assert job.ended_at is not None
    assert job.ended_at >= job.begun_at


@pytest.mark.parametrize(
    ("code", "state"),
    [(0, "finished"), (1, "failed"), (2, "failed"), (4, "not passed"), (5, "partly done"),
     (130, "cancelled")],
)  # fmt: skip
def test_the_exit_code_says_how_it_ended(
    world: AppWorld, stand_in: Callable[[str], None], code: int, state: str
) -> None:
    stand_in(f"import sys; print('out'); print('said', file=sys.stderr); sys.exit({code})")
    job = ended(start(world.workspace, "t", ["photos", "train"]))
    assert (job.state, job.output, job.messages) == (state, "out\n", "said\n")


def test_progress_is_read_from_the_last_line(
    world: AppWorld, stand_in: Callable[[str], None], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    stand_in(
        "import os, sys, time\n"
        "assert os.environ['TOUCHLINE_PROGRESS_SECONDS'] == '1'\n"
        "print('Reading photos: 50 of 200, 5.0 a second', file=sys.stderr, flush=True)\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
    )
    job = start(world.workspace, "t", ["photos", "train"])
    assert job.state == "running"
    job = until(job, lambda found: bool(found.messages))
    assert job.progress == ("Reading photos: 50 of 200, 5.0 a second", 0.25)
    go.touch()
    assert ended(job).state == "finished"


def test_cancelling_is_a_ctrl_c_that_lets_it_save(
    world: AppWorld, stand_in: Callable[[str], None]
) -> None:
    stand_in(
        "import sys, time\ntry:\n print('ready', flush=True)\n time.sleep(600)\n"
        "except KeyboardInterrupt:\n print('saved', flush=True)\n sys.exit(130)\n"
    )
    job = start(world.workspace, "t", ["photos", "train"])
    until(job, lambda found: "ready" in found.output)
    cancel(job)
    job = ended(job)
    assert (job.state, job.output) == ("cancelled", "ready\nsaved\n")


def test_what_does_not_stop_is_ended_by_force(
    world: AppWorld, stand_in: Callable[[str], None]
) -> None:
    stand_in(
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "print('ready', flush=True)\ntime.sleep(600)\n"
    )
    job = start(world.workspace, "t", ["photos", "train"])
    until(job, lambda found: "ready" in found.output)
    cancel(job)
    assert ended(job).state == "cancelled"


def test_work_that_finishes_although_it_was_cancelled_is_finished(
    world: AppWorld, stand_in: Callable[[str], None]
) -> None:
    stand_in(
        "import time\ntry:\n print('ready', flush=True)\n time.sleep(600)\n"
        "except KeyboardInterrupt:\n pass\n"
    )
    job = start(world.workspace, "t", ["photos", "train"])
    until(job, lambda found: "ready" in found.output)
    cancel(job)
    assert ended(job).state == "finished"


def test_a_job_outlives_the_process_that_started_it(
    world: AppWorld, stand_in: Callable[[str], None], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    stand_in(
        "import os, time\nprint('ready', flush=True)\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
    )
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom touchline.app.jobs import starting\n"
        "from touchline.app.roots import Roots\nfrom touchline.app.workspace import Workspace\n"
        "from touchline.archive.catalog.opening import open_catalog\n"
        f"base = Path({str(world.folder)!r})\nstarting.WORKER = {starting.WORKER!r}\n"
        "catalog = open_catalog(base / 'touchline.catalog')\n"
        "workspace = Workspace(catalog, Roots(()), base / 'runs', base / 'cache')\n"
        "print(starting.start(workspace, 't', ['photos', 'train']).id, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    starter = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert starter.returncode == -signal.SIGKILL, starter.stderr
    job = read_job(world.workspace.jobs, starter.stdout.strip())
    job = until(job, lambda found: "ready" in found.output)
    assert job.state == "running"
    go.touch()
    assert ended(job).state == "finished"


def test_a_killed_worker_is_known_to_be_lost_once_its_command_is_gone(
    world: AppWorld, stand_in: Callable[[str], None]
) -> None:
    stand_in("import os, time\nprint(os.getppid(), os.getpid(), flush=True)\ntime.sleep(600)\n")
    job = start(world.workspace, "t", ["photos", "train"])
    job = until(job, lambda found: "\n" in found.output)
    parent, command = map(int, job.output.split())
    os.kill(parent, signal.SIGKILL)
    os.kill(command, signal.SIGKILL)
    job = until(job, lambda found: found.state != "running")
    assert (job.state, job.ended_at) == ("lost", None)


def test_only_so_much_runs_at_once(world: AppWorld, stand_in: Callable[[str], None]) -> None:
    stand_in("import time; time.sleep(600)")
    jobs = [start(world.workspace, "t", ["photos", "train"]) for _ in range(starting.MOST_AT_ONCE)]
    with pytest.raises(UsageError, match=r"room for more work; found 4 pieces"):
        start(world.workspace, "t", ["photos", "train"])
    assert len(list_jobs(world.workspace.jobs)) == starting.MOST_AT_ONCE
    for job in jobs:
        cancel(job)
    assert {ended(job).state for job in jobs} == {"cancelled"}


@pytest.mark.parametrize("words", [[], ["photos"], ["runs", "rm", "x"], ["app"], ["-c", "x"],
                                   ["photos", "export"], ["demo", "photos"]])  # fmt: skip
def test_other_commands_are_refused(world: AppWorld, words: list[str]) -> None:
    with pytest.raises(UsageError, match="a command that pages may start"):
        start(world.workspace, "t", words)
    assert list_jobs(world.workspace.jobs) == []


def test_a_word_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(UsageError, match="words without a zero byte"):
        require_verb(["photos", "train", "a\0b"])


def test_jobs_are_listed_newest_first_and_strangers_passed_over(world: AppWorld) -> None:
    assert list_jobs(world.workspace.jobs) == []
    made = []
    for number in range(3):
        folder = world.workspace.jobs / f"20261121-12000{number}-0000000{number}"
        folder.mkdir(parents=True)
        asked = {"title": f"{number}", "words": ["photos", "train"], "begun_at": 1.0}
        (folder / ASKED).write_text(json.dumps(asked))
        made.append(folder.name)
    (world.workspace.jobs / "notes").mkdir()
    (world.workspace.jobs / "20261121-120009-00000009").mkdir()
    assert [job.id for job in list_jobs(world.workspace.jobs)] == made[::-1]
    assert {job.state for job in list_jobs(world.workspace.jobs)} == {"lost"}
    (world.workspace.jobs / made[0] / ENDED).write_text("{broken")
    assert read_job(world.workspace.jobs, made[0]).state == "lost"
    (world.workspace.jobs / made[0] / ENDED).write_text('{"code": 0, "at": 2, "cancelled": false}')
    assert read_job(world.workspace.jobs, made[0]).state == "finished"


@pytest.mark.parametrize("name", ["..", "../..", "", ".", "20261121-120000-0000000", "a/b"])
def test_a_job_is_not_found_under_another_name(world: AppWorld, name: str) -> None:
    with pytest.raises(UsageError, match="a job; found none called"):
        read_job(world.workspace.jobs, name)


@pytest.mark.parametrize(("line", "share"), [
    ("Epoch 3 of 12: loss 0.3", 0.25), ("5 of 0", None), ("9 of 3", 1.0), ("out of luck", None),
    ("", None),
])  # fmt: skip
def test_the_share_that_is_done(line: str, share: float | None) -> None:
    assert share_done(line) == share


def test_the_password_of_the_app_stays_with_the_app(
    world: AppWorld, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLINE_APP_PASSWORD", "correct horse")
    names = "('TOUCHLINE_APP_PASSWORD', 'TOUCHLINE_CATALOG')"
    stand_in(f"import os; print(*map(os.environ.get, {names}))")
    job = ended(start(world.workspace, "t", ["photos", "train"], new_folder(world.workspace)))
    assert job.output == f"None {world.folder / 'touchline.catalog'}\n"


def test_the_worker_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", "raise SystemExit(5)"))
    lock = os.open(tmp_path / "alive", os.O_RDWR | os.O_CREAT)
    assert worker.work(tmp_path, lock, []) == 5
    os.close(lock)
    assert json.loads((tmp_path / ENDED).read_text())["code"] == 5


def test_pages_are_told_what_is_under_way_and_cancel_it(
    world: AppWorld, stand_in: Callable[[str], None]
) -> None:
    stand_in(
        "import sys, time\nprint('Reading: 1 of 4', file=sys.stderr, flush=True)\ntime.sleep(600)\n"
    )
    client = TestClient(Starlette(routes=job_routes(world.workspace)))
    assert client.get("/jobs").json() == []
    job = start(world.workspace, "<b>Teach", ["photos", "train"])
    until(job, lambda found: bool(found.messages))
    answer = client.get("/jobs")
    assert answer.headers["cache-control"] == "no-store"
    told = {"id": job.id, "title": "<b>Teach", "line": "Reading: 1 of 4", "share": 0.25}
    assert answer.json() == [told]
    for wrong in ("20261121-101010-00000000", "..", "%2e%2e"):
        assert client.post(f"/jobs/{wrong}/cancel").status_code == 404
    assert client.get(f"/jobs/{job.id}/cancel").status_code == 405
    assert client.post(f"/jobs/{job.id}/cancel").json() == {}
    assert ended(job).state == "cancelled"
    assert client.get("/jobs").json() == []
