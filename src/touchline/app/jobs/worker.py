"""The process of one job: runs the command, hands on a wish to cancel, writes down the end.

`python -m touchline.app.jobs.worker FOLDER LOCK WORD...`
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from touchline.app.jobs.records import CANCEL, ENDED
from touchline.files import write_atomically

COMMAND = (sys.executable, "-P", "-m", "touchline")
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_SAVE = 30.0
"""After the wish to cancel; then the command is ended by force."""


def work(folder: Path, lock: int, words: Sequence[str]) -> int:
    """Run a command to its end and write down how it ended.

    Args:
        folder: the job's.
        lock: the open lock that says that the job is alive; the command holds it as well.
        words: the command behind `touchline`.

    Returns:
        The exit code; negative when a signal ended it.
    """
    command = subprocess.Popen(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL, pass_fds=(lock,), process_group=0,
    )  # fmt: skip
    asked_at: float | None = None
    while True:
        try:
            code = command.wait(SECONDS_BETWEEN_LOOKS)
            break
        except subprocess.TimeoutExpired:
            if asked_at is None and (folder / CANCEL).exists():
                asked_at = time.monotonic()
                os.killpg(command.pid, signal.SIGINT)
            elif asked_at is not None and time.monotonic() - asked_at > SECONDS_TO_SAVE:
                os.killpg(command.pid, signal.SIGKILL)
    ended = {"code": code, "at": time.time(), "cancelled": asked_at is not None and code != 0}
    write_atomically(folder / ENDED, json.dumps(ended) + "\n")
    return code


def main() -> None:
    """The process."""
    # A handler, not SIG_IGN: the command would inherit that, and never hear of a Ctrl-C.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: (Path(sys.argv[1]) / CANCEL).touch())
    work(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])


if __name__ == "__main__":
    main()
