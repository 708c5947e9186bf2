"""The spotter that ships with the package, and runs by name or folder."""

from importlib.resources import files
from pathlib import Path

from touchline.runs import Run
from touchline.samples import copy_to_new_folder, open_run_or_sample


def open_spotting_run(name: str) -> Run:
    """The run in a folder, or the shipped one for `sample` (unless a folder is called so).

    Raises:
        UsageError: when there is no run.
    """
    return open_run_or_sample(name, sample_folder())


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
    copy_to_new_folder(sample_clip().parent, folder)
    return folder / sample_clip().name
