"""Whoever follows a training: told its settings, its figures and its pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

BOARD = "tensorboard"
"""The folder of TensorBoard's files in that of a run."""


class Tracker(Protocol):
    """One place that a training is followed at."""

    def settings(self, values: Mapping[str, Any]) -> None:
        """Keep what the run was told, as plain values by key, groups within groups."""

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Keep figures of one moment.

        Args:
            values: by name; slashes group the names.
            step: the epoch, from 1; 0 for what has none.
        """

    def picture(self, name: str, path: Path) -> None:
        """Keep the PNG or JPEG at `path` by a name."""

    def close(self, finished: bool = True) -> None:
        """Write down what is still held.

        Args:
            finished: whether the run came to its end.
        """


class Within:
    """A tracker that hears of one part of a run only, e.g. of one fold: its figures, renamed."""

    def __init__(self, tracker: Tracker, part: str) -> None:
        self._tracker, self._part = tracker, part

    def settings(self, values: Mapping[str, Any]) -> None:
        """Nothing: the settings are the whole run's."""

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Pass figures on, the part's name before theirs."""
        self._tracker.scalars({f"{self._part}/{name}": each for name, each in values.items()}, step)

    def picture(self, name: str, path: Path) -> None:
        """Pass a picture on, the part's name before its own."""
        self._tracker.picture(f"{self._part}/{name}", path)

    def close(self, finished: bool = True) -> None:
        """Nothing: the run goes on."""
