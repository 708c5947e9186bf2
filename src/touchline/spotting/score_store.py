"""Score rows kept on disk while a video is worked through, so that a killed prediction goes on.

One line of JSON says what the rows are of; the rows follow as raw float32. A last row that was cut
off by a crash is dropped.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


class ScoreStore:
    """A growing file of score rows.

    Attributes:
        rows: those that an earlier, interrupted prediction of the same video by the same run left,
            `(steps, columns)` float32; none where there was no such prediction.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any], columns: int) -> None:
        """Open the store at `path`; one of another video, run or setting is begun afresh."""
        self.path = path
        header = json.dumps(dict(identity), sort_keys=True).encode() + b"\n"
        self.rows = np.zeros((0, columns), np.float32)
        if path.is_file():
            first, _, rest = path.read_bytes().partition(b"\n")
            if first + b"\n" == header:
                whole = len(rest) // (4 * columns)
                self.rows = np.frombuffer(rest[: 4 * columns * whole], np.float32).reshape(
                    whole, columns
                )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header + self.rows.tobytes())

    def append(self, rows: np.ndarray) -> None:
        """Add rows `(steps, columns)`."""
        with self.path.open("ab") as file:
            file.write(np.ascontiguousarray(rows, np.float32).tobytes())

    def remove(self) -> None:
        """Delete the file: the work is done."""
        self.path.unlink(missing_ok=True)
