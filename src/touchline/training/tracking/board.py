"""TensorBoard: event files in the run's own folder, for `tensorboard --logdir`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image
from torch.utils.tensorboard import SummaryWriter
from torch.utils.tensorboard.summary import hparams

from touchline.training.tracking.figures import flat_settings
from touchline.training.tracking.tracker import BOARD


class BoardTracker:
    """Writes into `tensorboard/` of a run; another process going on with the run adds a file."""

    def __init__(self, run_folder: Path) -> None:
        self._writer = SummaryWriter(str(run_folder / BOARD))

    def settings(self, values: Mapping[str, Any]) -> None:
        """Show the settings as hyperparameters, and whole as a text."""
        for summary in hparams(flat_settings(values), {}):  # type: ignore[no-untyped-call]
            assert self._writer.file_writer is not None
            self._writer.file_writer.add_summary(summary)
        text = yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True)
        self._writer.add_text("settings", "".join(f"    {line}" for line in text.splitlines(True)))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Add a point to each curve."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def picture(self, name: str, path: Path) -> None:
        """Show the picture."""
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        self._writer.add_image(name, pixels, dataformats="HWC")
        self._writer.flush()

    def close(self, finished: bool = True) -> None:
        """Close the event file."""
        del finished  # event files do not say it
        self._writer.close()
