"""Reading a checkpoint, whoever wrote it: tensors and plain values only, no code.

Apart from Lightning, whose import takes 100 MB that a small training may not have.
"""

from pathlib import Path
from typing import Any

import torch

from touchline.errors import UsageError


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The content of a checkpoint, tensors on the CPU.

    Raises:
        UsageError: when the file cannot be read or is no checkpoint of ours.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a spoilt pickle raises nearly anything, KeyError among it
        raise UsageError(
            "a checkpoint to resume from", f"{type(error).__name__} reading {path}",
            "Start the training anew, without resuming.",
        ) from error  # fmt: skip
    if not isinstance(content, dict) or "state_dict" not in content:
        raise UsageError(
            "a checkpoint to resume from", f"something else in {path}",
            "Start the training anew, without resuming.",
        )  # fmt: skip
    return content
