"""Jobs started and cancelled. All that is known of a job lies in its folder, no process id does."""

import fcntl
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from touchline.app.jobs.records import (
    ALIVE,
    ASKED,
    CANCEL,
    MESSAGES,
    OUTPUT,
    Job,
    list_jobs,
    read_job,
)
from touchline.app.jobs.verbs import require_verb
from touchline.app.workspace import Workspace
from touchline.errors import UsageError
from touchline.files import write_atomically

MOST_AT_ONCE = 4
SECONDS_BETWEEN_LINES = 1
# -P: nothing is imported from the working folder.
WORKER = (sys.executable, "-P", "-m", "touchline.app.jobs.worker")


def new_folder(workspace: Workspace) -> Path:
    """A folder for the records of a job, named so that later ones sort behind it."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
    folder = workspace.jobs.absolute() / name
    folder.mkdir(parents=True)
    return folder


def start(
    workspace: Workspace, title: str, words: Sequence[str], folder: Path | None = None,
    **facts: Any,
) -> Job:  # fmt: skip
    """Start a command in a process of its own, which lives on whatever becomes of this one.

    Args:
        workspace: its catalog is the one that the command uses.
        title: what is done, for people.
        words: the command behind `touchline`, e.g. `["photos", "train", "/photos"]`.
        folder: from `new_folder`, where the words already speak of it.
        **facts: what the page wants to know again when it shows the job.

    Raises:
        UsageError: pages may not start that command, or too much is under way already.
    """
    require_verb(words)
    if sum(job.state == "running" for job in list_jobs(workspace.jobs)) >= MOST_AT_ONCE:
        raise UsageError(
            "room for more work", f"{MOST_AT_ONCE} pieces of work under way",
            "Wait for one to end, or cancel it.",
        )  # fmt: skip
    place = folder or new_folder(workspace)
    asked = {"title": title, "words": list(words), "begun_at": time.time(), "facts": facts}
    write_atomically(place / ASKED, json.dumps(asked, indent=1) + "\n")
    _spawn(place, words, _environment(workspace))
    return read_job(workspace.jobs, place.name)


def cancel(job: Job) -> None:
    """Ask a job to stop: as by Ctrl-C, so that it saves its state; by force where it does not."""
    (job.folder / CANCEL).touch()


def _spawn(folder: Path, words: Sequence[str], environment: Mapping[str, str]) -> None:
    # The worker inherits the lock, held since before it exists, and lets go when it ends, however.
    alive = os.open(folder / ALIVE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with (folder / OUTPUT).open("wb") as output, (folder / MESSAGES).open("wb") as messages:
            worker = subprocess.Popen(
                [*WORKER, str(folder), str(alive), *words],
                stdin=subprocess.DEVNULL, stdout=output, stderr=messages, env=environment,
                cwd=folder, start_new_session=True, pass_fds=(alive,),
            )  # fmt: skip
    finally:
        os.close(alive)
    # Somebody has to take note of its end while this process lives.
    threading.Thread(target=worker.wait, name="end-of-job", daemon=True).start()


def _environment(workspace: Workspace) -> dict[str, str]:
    """This process's, with the catalog (whose password must not stand on a command line)."""
    kept = {name: value for name, value in os.environ.items() if name != "TOUCHLINE_APP_PASSWORD"}
    return {
        **kept, "TOUCHLINE_CATALOG": _address_of(workspace), "PYTHONUNBUFFERED": "1",
        "TOUCHLINE_PROGRESS_SECONDS": str(SECONDS_BETWEEN_LINES),
    }  # fmt: skip


def _address_of(workspace: Workspace) -> str:
    url = workspace.catalog.engine.url
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").absolute())
    return url.render_as_string(hide_password=False)
