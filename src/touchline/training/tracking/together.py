"""Several trackers as one, none of which can end a training."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from touchline.reporting.progress import say
from touchline.training.tracking.tracker import Tracker


class Together:
    """Tells each tracker in turn; one that fails is said once and told nothing more.

    Args:
        trackers: by the name a person knows them by.
    """

    def __init__(self, trackers: Mapping[str, Tracker]) -> None:
        self._trackers = dict(trackers)

    def settings(self, values: Mapping[str, Any]) -> None:
        """Tell all the settings."""
        self._tell(lambda tracker: tracker.settings(values))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Tell all the figures."""
        self._tell(lambda tracker: tracker.scalars(values, step))

    def picture(self, name: str, path: Path) -> None:
        """Show all the picture."""
        self._tell(lambda tracker: tracker.picture(name, path))

    def close(self, finished: bool = True) -> None:
        """Close all."""
        self._tell(lambda tracker: tracker.close(finished))

    def _tell(self, telling: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._trackers.items()):
            try:
                telling(tracker)
            # What a service of others raises cannot be known; the training is worth more than it.
            except Exception as error:
                del self._trackers[name]
                reason = f"{type(error).__name__}: {error}".partition("\n")[0]
                say(f"warning: {name} no longer follows the run ({reason}); the training goes on")
