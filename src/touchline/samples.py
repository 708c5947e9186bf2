"""What ships with a task to try it on: a run that answers to `sample`, and files to copy."""

import shutil
from pathlib import Path

from touchline.errors import UsageError
from touchline.runs import Run, open_run

SAMPLE = "sample"
"""The name that the run answers to which ships with a task."""


def open_run_or_sample(name: str, sample: Path) -> Run:
    """The run in a folder, or the one that ships for `sample` (unless a folder is called so).

    Raises:
        UsageError: when there is no run.
    """
    folder = Path(name)
    return open_run(sample if name == SAMPLE and not folder.is_dir() else folder)


def copy_to_new_folder(source: Path, folder: Path) -> None:
    """Copy a folder with all below it to one that is new or empty.

    Raises:
        UsageError: when the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("a new or empty folder", f"something at {folder}", "Name another.")
    shutil.copytree(source, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
