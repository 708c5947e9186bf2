"""What TensorBoard would show of a run."""

import io
from pathlib import Path

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def opened(run: Path) -> EventAccumulator:
    """The event files of a run, read to their end."""
    board = EventAccumulator(str(run / "tensorboard"))
    board.Reload()
    return board


def curve(run: Path, name: str) -> list[tuple[int, float]]:
    """The points of a curve."""
    return [(point.step, point.value) for point in opened(run).Scalars(name)]


def picture(run: Path, name: str) -> Image.Image:
    """The last picture of a name."""
    return Image.open(io.BytesIO(opened(run).Images(name)[-1].encoded_image_string))
