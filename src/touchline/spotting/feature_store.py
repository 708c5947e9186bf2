"""Features of whole videos on disk, so that a frozen encoder looks at a video only once.

A file a video and orientation, in half precision: about 20 kB a frame where maps are kept. They lie
in the user's cache folder (`touchline.files.default_cache`) and may be deleted at any time.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from touchline.files import sha256_of_file, write_atomically

FORM = 1
"""Goes up whenever the same encoder would give other features."""


class FeatureStore:
    """Reads and writes features by what they were made of and how.

    Args:
        folder: several processes may share it.
        facts: of the encoder and of how frames are shown, JSON-friendly; part of every key.
    """

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self._folder, self._facts = folder, {**facts, "form": FORM}

    def get(self, video: Path, mirrored: bool) -> Tensor | None:
        """The features `(time, features)`, float16; None when there are none, or damaged ones."""
        try:
            return torch.from_numpy(np.load(self._file(video, mirrored), allow_pickle=False))
        except (OSError, EOFError, ValueError):
            return None

    def put(self, video: Path, mirrored: bool, features: Tensor) -> Tensor:
        """Keep features, whole or not at all; what is returned is what `get` will give.

        Raises:
            OSError: when the folder cannot be written.
        """
        half = features.half()
        stream = io.BytesIO()
        np.save(stream, half.numpy())
        file = self._file(video, mirrored)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, stream.getvalue())
        return half

    def _file(self, video: Path, mirrored: bool) -> Path:
        facts = {**self._facts, "video": sha256_of_file(video), "mirrored": mirrored}
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{key}.npy"
