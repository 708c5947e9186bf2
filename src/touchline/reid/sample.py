"""The re-identifier and the few crops that ship with the package."""

from importlib.resources import files
from pathlib import Path

from touchline.runs import Run
from touchline.samples import copy_to_new_folder, open_run_or_sample


def open_reid_run(name: str) -> Run:
    """The run in a folder, or the shipped one for `sample` (unless a folder is called so).

    Raises:
        UsageError: when there is no run.
    """
    return open_run_or_sample(name, sample_folder())


def sample_folder() -> Path:
    """Where the shipped run lies; its README.md says what it was taught on."""
    return Path(str(files("touchline.reid").joinpath("sample_run")))


def sample_crops() -> Path:
    """Where a few rendered actions lie, as SoccerNet lays them out: one split, `test`."""
    return Path(str(files("touchline.reid").joinpath("sample_crops")))


def copy_sample_crops(folder: Path) -> Path:
    """Copy those actions into a new or empty folder, and return it.

    They are of matches that the shipped run has not learnt from.

    Raises:
        UsageError: when the folder holds something.
    """
    copy_to_new_folder(sample_crops(), folder)
    return folder
