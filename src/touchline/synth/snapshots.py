"""What a training keeps on its way: the last weights, the best, and the state to go on from.

In the folder of a run: `weights/images-000012000.safetensors` (the last ones),
`weights/best.safetensors` (lowest score), `weights/last.ckpt` (state) and `snapshots.json`, which
names them. Each file is written whole or not at all, the state after the weights: until then the
snapshot before is what a run resumes from. The files of weights tell images and score themselves,
so a crash between two of them cannot make the table lie for long.
"""

import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as as_safetensors
from torch import Tensor

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.synth.limits.disk import BLOCK, allocated, folder_bytes
from touchline.synth.limits.failures import SNAPSHOTS, disk_ran_out
from touchline.synth.limits.quantities import shown_bytes
from touchline.training.saved_state import read_checkpoint

_LEFTOVER = re.compile(r"\..+\.[a-z0-9_]{8}")
"""A file that `write_atomically` was stopped in the middle of."""


@dataclass(frozen=True)
class Kept:
    """Weights on the disk.

    Attributes:
        path: of the safetensors file.
        images: photos that had been shown until then.
        score: what they were judged by, lower is better; NaN where they were not.
    """

    path: Path
    images: int
    score: float

    def as_dict(self) -> dict[str, Any]:
        """For the table; JSON knows no NaN."""
        score = self.score if math.isfinite(self.score) else None
        return {"file": self.path.name, "images": self.images, "score": score}


@dataclass(frozen=True)
class State:
    """What a training goes on from: the photos shown until then, and all that was saved."""

    images: int
    state: dict[str, Any]


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of a run; `open_snapshots` opens those of a run that may be interrupted.

    Attributes:
        folder: of the run.
        keep: how many weights are kept besides the best, the last ones.
        disk: bytes that the folder may take at any instant, with all that lies there; None for
            any number.
    """

    folder: Path
    keep: int
    disk: int | None

    @property
    def state_file(self) -> Path:
        """The state to go on from."""
        return self.folder / "weights" / "last.ckpt"

    @property
    def best_file(self) -> Path:
        """The best weights."""
        return self.folder / "weights" / "best.safetensors"

    def kept(self) -> tuple[Kept, ...]:
        """The last weights, the oldest first."""
        paths = sorted((self.folder / "weights").glob("images-*.safetensors"))
        return tuple(_described(path) for path in paths)

    def last(self) -> Kept | None:
        """The newest weights, if there are any."""
        return next(reversed(self.kept()), None)

    def best(self) -> Kept | None:
        """The weights of the lowest score, the earliest of equals; the first where none has one."""
        return _described(self.best_file) if self.best_file.is_file() else None

    def load_state(self) -> State:
        """The state to go on from, tensors on the CPU.

        Raises:
            UsageError: there is none, or no whole one of ours.
        """
        content = read_checkpoint(self.state_file)
        return State(int(content["images"]), content["state_dict"])

    def save(
        self, images: int, state: Mapping[str, Any], weights: Mapping[str, Tensor], score: float
    ) -> None:
        """Keep a snapshot, and drop the weights that are older than the last ones.

        Where room is short they are dropped before and not after; the best weights and the only
        whole state never are.

        Args:
            images: photos shown so far.
            state: all that going on needs, tensors and plain values.
            weights: what sampling needs, contiguous, on the CPU.
            score: lower is better; NaN is never better.

        Raises:
            EnvironmentMissingError: the folder would grow past its limit; nothing that is needed
                to go on was touched.
            OSError: the disk is full; the snapshot before is whole.
        """
        content = as_checkpoint(images, state)
        described = {"images": str(images), "score": repr(float(score))}
        tensors = as_safetensors(dict(weights), metadata=described)
        better = _is_better(score, self.best())
        self._make_room(len(content), len(tensors), better)
        self._write(self.folder / "weights" / f"images-{images:09d}.safetensors", tensors)
        if better:
            self._write(self.best_file, tensors)
        self._write(self.state_file, content)
        self._drop(self.kept()[: -self.keep])
        self._write_table(images)

    def write(self, name: str, content: bytes | str) -> None:
        """Write any other file of the run, whole or not at all, within the limit.

        Raises:
            EnvironmentMissingError: the folder would grow past its limit; nothing was written.
            OSError: the disk is full; nothing was written.
        """
        self._write(self.folder / name, content.encode() if isinstance(content, str) else content)

    def require_room(self, count: int) -> None:
        """Refuse to write a file of `count` bytes where the folder would pass its limit.

        While it is written the file that it replaces is there still, so that is not taken off.

        Raises:
            EnvironmentMissingError: names the limit, what is there and what would come.
        """
        taken = folder_bytes(self.folder)
        if self.disk is not None and taken + allocated(count) > self.disk:
            raise disk_ran_out(
                f"{shown_bytes(taken)} there and {shown_bytes(allocated(count))} to be written",
                self.disk, self.folder,
            )  # fmt: skip

    def _make_room(self, state: int, weights: int, better: bool) -> None:
        """See that a whole snapshot fits at every instant of its writing, before the first."""
        weights, state = allocated(weights), allocated(state)
        replaced = weights if better and not self.best_file.is_file() else 0
        needed = weights + max(replaced + state, weights if better else 0) + 4 * BLOCK
        for old in self.kept()[: -(self.keep - 1) or None]:
            if self.disk is None or folder_bytes(self.folder) + needed <= self.disk:
                break
            self._drop((old,))
        self.require_room(needed)

    def _write(self, path: Path, content: bytes) -> None:
        new_folders = sum(not parent.exists() for parent in path.parents)
        self.require_room(allocated(len(content)) + BLOCK * new_folders)
        write_atomically(path, content)

    def _drop(self, old: tuple[Kept, ...]) -> None:
        for weights in old:
            weights.path.unlink()

    def _write_table(self, images: int) -> None:
        best = self.best()
        table = {
            "images": images,
            "best": best.as_dict() if best else None,
            "kept": [weights.as_dict() for weights in self.kept()],
        }
        self.write(SNAPSHOTS, json.dumps(table, indent=1) + "\n")


def open_snapshots(folder: Path, keep: int, disk: int | None) -> Snapshots:
    """The snapshots of a run, what an interrupted write left behind removed.

    Nobody else may be training in the folder. Arguments as for `Snapshots`.
    """
    for path in folder.rglob(".*"):
        if path.is_file() and _LEFTOVER.fullmatch(path.name):
            path.unlink()
    return Snapshots(folder, keep, disk)


def as_checkpoint(images: int, state: Mapping[str, Any]) -> bytes:
    """The content of a state's file; `training.saved_state.read_checkpoint` reads it."""
    content = io.BytesIO()
    torch.save({"images": images, "state_dict": dict(state)}, content)
    return content.getvalue()


def _is_better(score: float, best: Kept | None) -> bool:
    """Lower is; any score is better than none."""
    if best is None or math.isnan(best.score):
        return best is None or not math.isnan(score)
    return score < best.score


def _described(path: Path) -> Kept:
    try:
        with safe_open(path, framework="pt") as stream:
            told = stream.metadata() or {}
        return Kept(path, int(told["images"]), float(told["score"]))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UsageError(
            "weights that a training has kept", f"{type(error).__name__} reading {path}",
            "Remove the file; the run goes on without it.",
        ) from error  # fmt: skip
