"""Checkpoints: all that resuming needs in one file, which is whole or still the one before."""

import io
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO

from touchline.files import write_atomically
from touchline.training.saved_state import read_checkpoint


class WholeCheckpoints(TorchCheckpointIO):
    """Lightning's checkpoints, written atomically and read as tensors and plain values only.

    Lightning itself writes to the system's temporary folder and moves the file from there, which
    is no single step when that is another disk.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        """Put the checkpoint at `path`; a crash at any instant leaves the one before."""
        del storage_options  # there are none for a local file
        content = io.BytesIO()
        torch.save(checkpoint, content)
        write_atomically(Path(path), content.getvalue())

    def load_checkpoint(
        self, path: str | Path, map_location: Any = None, weights_only: bool | None = True
    ) -> dict[str, Any]:
        """Read the checkpoint onto the CPU; code hidden in it is never run."""
        del map_location, weights_only
        return read_checkpoint(Path(path))
