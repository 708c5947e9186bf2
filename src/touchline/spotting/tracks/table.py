"""All tracks of a video in columns, and the file that keeps them."""

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from touchline.files import write_atomically
from touchline.spotting.tracks.bytetrack import ByteTrackSettings, track
from touchline.spotting.tracks.detections import Detections


@dataclass(frozen=True, eq=False)
class Tracks:
    """Everything detected in a video, one row for each box, in order of time.

    Attributes:
        steps: how many frames were looked at.
        rate: frames a second.
        width: of a frame in pixels.
        height: of a frame in pixels.
        step: `(rows,)` int64: the frame of each box, from 0.
        boxes: `(rows, 4)` float32: left, top, right, bottom in pixels.
        confidence: `(rows,)` float32 in [0, 1].
        balls: `(rows,)` bool: balls; the others are players.
        ids: `(rows,)` int64: who it is; -1 for a box of no track.
    """

    steps: int
    rate: float
    width: int
    height: int
    step: np.ndarray
    boxes: np.ndarray
    confidence: np.ndarray
    balls: np.ndarray
    ids: np.ndarray


def follow(
    frames: Iterable[Detections],
    rate: float,
    width: int,
    height: int,
    settings: ByteTrackSettings | None = None,
) -> Tracks:
    """Track the detections of a whole video.

    Args:
        frames: one for each frame, in order of time; they may come lazily.
        rate: frames a second.
        width: of a frame in pixels.
        height: of a frame in pixels.
        settings: how detections become tracks.
    """
    seen = list(frames)
    ids = list(track(seen, rate, settings))
    return Tracks(
        len(seen), rate, width, height,
        np.repeat(np.arange(len(seen)), [len(found) for found in seen]),
        np.concatenate([np.zeros((0, 4), np.float32), *(found.boxes for found in seen)]),
        np.concatenate([np.zeros(0, np.float32), *(found.confidence for found in seen)]),
        np.concatenate([np.zeros(0, bool), *(found.balls for found in seen)]),
        np.concatenate([np.zeros(0, np.int64), *ids]),
    )  # fmt: skip


def write_tracks(tracks: Tracks, file: Path) -> None:
    """Keep tracks in a compressed `.npz` file, whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    stream = io.BytesIO()
    columns: dict[str, Any] = {f.name: np.asarray(getattr(tracks, f.name)) for f in fields(tracks)}
    np.savez_compressed(stream, **columns)
    write_atomically(file, stream.getvalue())


def read_tracks(file: Path) -> Tracks | None:
    """The tracks of a file written by `write_tracks`; None when there is none, or a damaged one."""
    try:
        content = io.BytesIO(file.read_bytes())  # numpy leaves a damaged file open
        with np.load(content, allow_pickle=False) as columns:
            values = {field.name: columns[field.name] for field in fields(Tracks)}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        return None
    scalars = {name: value.item() for name, value in values.items() if value.ndim == 0}
    return Tracks(**(values | scalars))
