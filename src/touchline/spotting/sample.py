"""The spotter that ships with the package, and runs by name or folder."""

import shutil
from importlib.resources import files
from pathlib import Path

from touchline.errors import UsageError
from touchline.runs import Run, open_run

SAMPLE = "sample"
"""The run name it answers to."""


def open_spotting_run(name: str) -> Run:
    """The run in a folder, or the shipped one for `sample` (unless a folder is called so).

    Raises:
        UsageError: when there is no run.
    """
    folder = Path(name)
    return open_run(sample_folder() if name == SAMPLE and not folder.is_dir() else folder)


def sample_folder() -> Path:
    """Where the shipped run lies; its README.md says what it was taught on."""
    return Path(str(files("touchline.spotting").joinpath("sample_run")))


def sample_clip() -> Path:
    """A short rendered match to try it on, from no match that it has learnt from."""
    return Path(str(files("touchline.spotting").joinpath("sample_match", "224p.mp4")))


def copy_sample_match(folder: Path) -> Path:
    """Copy the short match and its true events into a new or empty folder; returns the video.

    Raises:
        UsageError: when the folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("a new or empty folder", f"something at {folder}", "Name another.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in sample_clip().parent.iterdir():
        shutil.copyfile(file, folder / file.name)
    return folder / sample_clip().name
