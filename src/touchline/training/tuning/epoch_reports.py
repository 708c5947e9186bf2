"""The score of a trial that is a training: its best epoch, each epoch reported on the way."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from touchline.training.history import Row, best_figure
from touchline.training.tracking.tracker import Tracker
from touchline.training.tuning.tuning import Report


class EpochReports:
    """Passes the monitored figure of each epoch on; epochs count on over the stages of a training.

    Args:
        report: told the epoch, from 1, and its figure; what it raises ends the training.
        monitored: the name of the figure, without the stage before it.
    """

    def __init__(self, report: Report, monitored: str) -> None:
        self._report, self._monitored = report, monitored
        self._epochs = 0

    def settings(self, values: Mapping[str, Any]) -> None:
        """Nothing: the study knows them."""

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Report the monitored figure where it is among these."""
        del step  # begins at 1 again in each stage
        for name, value in values.items():
            if name.rpartition("/")[2] == self._monitored:
                self._epochs += 1
                self._report(self._epochs, value)

    def picture(self, name: str, path: Path) -> None:
        """Nothing: trials draw none."""

    def close(self, finished: bool = True) -> None:
        """Nothing is held."""


def score_of_training(
    teach: Callable[[Path, Tracker], Sequence[Row]], monitored: str, report: Report
) -> float:
    """Train in a folder that is removed again, and say what the kept weights score.

    Args:
        teach: trains into a folder, tells a tracker each epoch, and gives a row for each.
        monitored: the figure that chooses the epoch, the larger the better.
        report: told each epoch; it may end the trial.

    Raises:
        TrialPruned: by way of `report`.
    """
    with tempfile.TemporaryDirectory(prefix="touchline-trial-") as folder:
        return best_figure(teach(Path(folder), EpochReports(report, monitored)), monitored)
