"""The rule of `--resume`, the same for every command that trains."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchline.errors import UsageError

if TYPE_CHECKING:
    from touchline.runs import Run


def run_to_resume(folder: Path | None, *beside: Any) -> "Run | None":
    """The interrupted run that `--resume` names; None without one.

    Args:
        folder: what `--resume` says.
        beside: everything else that was given and would change the run.

    Raises:
        UsageError: when anything stands beside `--resume`, or there is no run.
    """
    if folder is None:
        return None
    if any(value is not None and value != [] for value in beside):
        raise UsageError(
            "--resume alone", "other settings beside it",
            "An interrupted run goes on as it began; leave the others out.",
        )  # fmt: skip
    from touchline.runs import open_run

    return open_run(folder)
