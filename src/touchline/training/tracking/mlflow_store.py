"""MLflow through Lightning's logger: a folder of ours, or any store or server it knows."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from pytorch_lightning.loggers import MLFlowLogger

from touchline.errors import EnvironmentMissingError
from touchline.training.quiet import quiet
from touchline.training.tracking.figures import flat_settings
from touchline.training.tracking.settings import TrackingSettings

LOGGERS = ("mlflow", "alembic", "pytorch_lightning")
RETRIES = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
_ALLOWED = re.compile(r"[^A-Za-z0-9_\-. /]")


class MlflowTracker:
    """A run of MLflow; going on with a known identity goes on in the same run.

    Args:
        settings: where it goes.
        folder: of the run, which gives the name.
        task: becomes a tag.
        identity: of an MLflow run to go on with; a new one when None.

    Raises:
        EnvironmentMissingError: when the store cannot be reached, or has no run of that identity.
    """

    def __init__(
        self, settings: TrackingSettings, folder: Path, task: str, identity: str | None
    ) -> None:
        assert settings.mlflow is not None
        try:
            address, artifacts = store_at(settings.mlflow)
            with quiet(*LOGGERS, ignored=(Warning,)), _soon_given_up():
                self._logger = MLFlowLogger(
                    settings.project, folder.resolve().name, address, {"task": task},
                    artifact_location=artifacts, run_id=identity,
                )  # fmt: skip
                found = self._logger.run_id
                assert found is not None
                self.identity: str = found
                self._logger.experiment.update_run(self.identity, "RUNNING")
        # Whatever lies below (SQL, HTTP, files), the person can only mend or change the address.
        except Exception as error:
            raise EnvironmentMissingError(
                f"an MLflow store at {settings.mlflow}", _first_line(error),
                "Start the server, name another store, or leave tracking.mlflow out.",
            ) from error  # fmt: skip

    def settings(self, values: Mapping[str, Any]) -> None:
        """Keep the settings as parameters, which MLflow cuts at a length of its own."""
        self._logger.log_hyperparams(flat_settings(values))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Add a point to each metric."""
        self._logger.log_metrics({metric_name(name): each for name, each in values.items()}, step)

    def picture(self, name: str, path: Path) -> None:
        """Copy the picture to the run's artifacts, below its name."""
        parent = Path(name).parent.as_posix()
        self._logger.experiment.log_artifact(self.identity, str(path), parent)

    def close(self, finished: bool = True) -> None:
        """End the run as finished or failed."""
        self._logger.finalize("success" if finished else "failed")


def store_at(place: str) -> tuple[str, str | None]:
    """The address of a store and where its artifacts go, from a folder or an address.

    In a folder the store is SQLite's file `mlflow.db`, for MLflow no longer writes its old layout
    of plain files; pictures go to `artifacts` beside it. Elsewhere the server decides.

    Raises:
        OSError: when the folder cannot be made, or has another folder in the place of that file,
            which SQLite would try to open without end.

    >>> store_at("https://tracking.example")
    ('https://tracking.example', None)
    """
    if "://" in place or place == "databricks":
        return place, None
    folder = Path(place).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "mlflow.db"
    if database.is_dir():
        raise IsADirectoryError(f"{database} is a folder")
    return f"sqlite:///{database}", (folder / "artifacts").as_uri()


def metric_name(name: str) -> str:
    """A name that MLflow takes, different for different names: other signs become their number.

    >>> metric_name("per_class/kick, élan/f1"), metric_name("a/../b")
    ('per_class/kick_2c_ _e9_lan/f1', 'a/_2e__2e_/b')
    """
    parts = (_ALLOWED.sub(_number, part) for part in name.split("/"))
    return "/".join(
        re.sub(r"\.", _number, part) if part.strip(".") == "" else part for part in parts
    )


def _number(sign: re.Match[str]) -> str:
    return f"_{ord(sign.group()):x}_"


def _first_line(error: Exception) -> str:
    text = error.message if isinstance(error, MlflowException) else str(error)
    return f"{type(error).__name__}: {str(text).strip().partition(chr(10))[0]}"


@contextmanager
def _soon_given_up() -> Iterator[None]:
    """Let a server that does not answer be told within seconds, where nothing else is asked."""
    if RETRIES in os.environ:
        yield
        return
    os.environ[RETRIES] = "1"
    try:
        yield
    finally:
        del os.environ[RETRIES]
