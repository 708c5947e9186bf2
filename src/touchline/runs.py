"""A run: the folder that holds everything one training made, and says how it was made."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from touchline import __version__
from touchline.errors import UsageError
from touchline.files import write_atomically

RECORDED_LIBRARIES = (
    "diffusers", "numpy", "onnxruntime", "pandas", "peft", "pillow", "pytorch-lightning",
    "scikit-learn", "timm", "torch", "torchvision",
)  # fmt: skip

STUDY = "space.yaml"
"""What a tuning study has in its folder and a run has not."""


@dataclass(frozen=True)
class Run:
    """A run folder and the names of what lies in it (see DESIGN: `runs/<task>/<name>/`)."""

    folder: Path

    @property
    def config(self) -> Path:
        """The resolved configuration; `--config` of this file repeats the run."""
        return self.folder / "config.yaml"

    @property
    def weights(self) -> Path:
        """The network's weights, as safetensors."""
        return self.folder / "weights" / "best.safetensors"

    def file(self, name: str) -> Path:
        """The path of a file of the run."""
        return self.folder / name

    def write_json(self, name: str, values: Any) -> None:
        """Write a JSON file of the run, whole or not at all."""
        text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(self.folder / name, text + "\n")

    def read_json(self, name: str) -> Any:
        """Read a JSON file of the run.

        Raises:
            UsageError: when it is missing or broken: the run is not finished.
        """
        path = self.folder / name
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:  # ValueError: no JSON, no UTF-8
            raise UsageError(
                "a finished run", f"{type(error).__name__} at {path}",
                f"Finish it with `--resume {self.folder}` or name another run.",
            ) from error  # fmt: skip


def create_run(task: str, out: Path | None) -> Run:
    """Make the folder of a new run; an existing one is never overwritten.

    Args:
        task: the name of one, e.g. `photos`.
        out: the folder; when None, `runs/<task>/<date and time>` below the working folder.

    Raises:
        UsageError: when the folder exists and is not empty.
    """
    folder = out or Path("runs") / task / datetime.now().strftime("%Y-%m-%d_%H%M%S")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "a folder for the run", f"{error.strerror}: {folder}", "Name another with --out."
        ) from error
    require_new(folder)
    return Run(folder)


def require_new(folder: Path) -> None:
    """Refuse a folder that `create_run` would refuse, before long work whose end it would be.

    Raises:
        UsageError: when it is a file, or exists and is not empty.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    raise UsageError(
        "a new or empty folder for the run",
        f"files in {folder}" if folder.is_dir() else f"the file {folder}",
        "Name another with --out, or go on with an interrupted run with --resume.",
    )


def open_run(folder: Path) -> Run:
    """The run in `folder`.

    Raises:
        UsageError: when there is no run, or a tuning study, which has two.
    """
    run = Run(folder)
    if run.file(STUDY).is_file():
        raise UsageError(
            "the folder of a run", f"a tuning study in {folder}",
            "Name one of its runs, `winner` or `untuned`.",
        )  # fmt: skip
    if not run.config.is_file():
        raise UsageError(
            "the folder of a run", f"no config.yaml in {folder}",
            "Check the path; `touchline photos train DATA --out RUN` and its like make a run.",
        )  # fmt: skip
    return run


def manifest(seed: int, **facts: Any) -> dict[str, Any]:
    """What made a run: version, commit, seed, libraries and machine, and the `facts` given."""
    return {
        "touchline": __version__,
        "commit": _git_commit(),
        "command": sys.argv[1:],
        "seed": seed,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in RECORDED_LIBRARIES},
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        **facts,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git_commit() -> str | None:
    """The commit Touchline itself stands at, where it runs from a checkout."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40"],
            cwd=Path(__file__).parent, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
