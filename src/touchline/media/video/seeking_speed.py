"""What a proxy gains: clips a second from a video and from its proxy, side by side."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from touchline.media.video.clips import ClipReader
from touchline.media.video.facts import probe
from touchline.media.video.grid import grid_length


@dataclass(frozen=True)
class SeekingSpeed:
    """Random clips a second, read by one thread from files that are open already.

    Attributes:
        clips: how many clips were read from each.
        video: clips a second from the video.
        proxy: clips a second from its proxy.
    """

    clips: int
    video: float
    proxy: float

    @property
    def gain(self) -> float:
        """How many times faster the proxy is."""
        return self.proxy / self.video


def measure_seeking(
    video: Path,
    proxy: Path,
    rate: float,
    height: int,
    width: int,
    frames: int = 100,
    clips: int = 20,
    seed: int = 0,
) -> SeekingSpeed:
    """Read the same random clips from both, turn by turn, so that both meet the same load.

    Args:
        video: the original.
        proxy: its proxy, on the same grid.
        rate: frames a second of the grid.
        height: of the pictures, in pixels.
        width: of the pictures, in pixels.
        frames: grid frames in a clip.
        clips: how many clips to read from each.
        seed: of the choice.

    Raises:
        UnreadableVideoError: one of them cannot be opened, or shows nothing.
    """
    length = grid_length(probe(proxy).seconds or 0.0, rate)
    starts = np.random.default_rng(seed).integers(max(1, length - frames), size=clips).tolist()
    spent = {video: 0.0, proxy: 0.0}
    with ClipReader(rate, height, width) as reader:
        for path in spent:
            reader.read(path, 0, 1)
        for start in starts:
            for path in spent:
                began = time.perf_counter()
                reader.read(path, start, frames)
                spent[path] += time.perf_counter() - began
    return SeekingSpeed(clips, clips / spent[video], clips / spent[proxy])
