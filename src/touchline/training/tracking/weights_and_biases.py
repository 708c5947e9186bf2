"""Weights & Biases through Lightning's logger: in the run's folder, or sent as it comes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import wandb
from pytorch_lightning.loggers import WandbLogger

from touchline.errors import EnvironmentMissingError
from touchline.training.tracking.settings import TrackingSettings

STEP = "trainer/global_step"
"""What Lightning's logger calls the horizontal axis."""


class WandbTracker:
    """A run of Weights & Biases; going on with the same identity goes on in the same run.

    Offline, each process leaves a folder `wandb/offline-run-…` of its own in the run's folder;
    `wandb sync` puts those of one identity together.

    Args:
        settings: where it goes.
        folder: of the run, which gives the name.
        task: becomes a tag.
        identity: of the W&B run, new or not.

    Raises:
        EnvironmentMissingError: when W&B refuses to begin, e.g. for want of a login.
    """

    def __init__(self, settings: TrackingSettings, folder: Path, task: str, identity: str) -> None:
        try:
            self._live = wandb.init(
                project=settings.project, name=folder.resolve().name, dir=str(folder.resolve()),
                id=identity, resume=None if settings.offline else "allow", tags=[task],
                mode="offline" if settings.offline else None, reinit="create_new",
                settings=wandb.Settings(silent=True, console="off"),
            )  # fmt: skip
        except wandb.Error as error:
            raise EnvironmentMissingError(
                "Weights & Biases ready to follow the run", " ".join(str(error).split()),
                "Run `wandb login`, or set tracking.offline=true.",
            ) from error  # fmt: skip
        self._logger = WandbLogger(experiment=self._live)
        self._live.define_metric(STEP)
        self._live.define_metric("*", step_metric=STEP, step_sync=True)

    def settings(self, values: Mapping[str, Any]) -> None:
        """Keep the settings as the run's configuration, groups within groups."""
        self._logger.log_hyperparams(dict(values))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Add a row to the run's history."""
        self._logger.log_metrics(dict(values), step)

    def picture(self, name: str, path: Path) -> None:
        """Add the picture to the run's media."""
        self._logger.log_image(name, [str(path)])

    def close(self, finished: bool = True) -> None:
        """End the run as finished or failed."""
        self._live.finish(exit_code=0 if finished else 1)
