"""Trackers of a run: opened as its settings say, told how it ended, and taken up again later."""

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from touchline.errors import EnvironmentMissingError
from touchline.runs import Run
from touchline.settings import Settings
from touchline.training.tracking.at_work import LOCK, at_work
from touchline.training.tracking.figures import flat_figures
from touchline.training.tracking.settings import TrackingSettings
from touchline.training.tracking.together import Together
from touchline.training.tracking.tracker import BOARD, Tracker

IDENTITIES = "tracking.json"
"""In the run's folder: which W&B and MLflow run it is, so that resuming goes on there."""
BEGUN = {"config.yaml", "split.csv", BOARD, "wandb", LOCK}
"""What a run has in its folder before it learns anything."""
NAMES = {"wandb": "Weights & Biases", "mlflow": "MLflow"}


def require_trackers(settings: TrackingSettings) -> None:
    """Refuse, before any work is done, what is not installed.

    Raises:
        EnvironmentMissingError: when the extra of a service that is asked for is missing.
    """
    for extra in settings.extras:
        try:
            importlib.import_module(extra)
        except ImportError as error:
            raise EnvironmentMissingError(
                f"the package of {NAMES[extra]}", str(error),
                f'Install it with `pip install "touchline[{extra}]"`, or leave tracking.{extra} '
                "out.",
            ) from error  # fmt: skip


@contextmanager
def tracked(run: Run, task: str, config: Settings, settings: TrackingSettings) -> Iterator[Tracker]:
    """Follow a run for the length of a `with` block, which is told as failed where it raises.

    A run that is gone on with goes on in the same W&B and MLflow runs. While it is followed the run
    is known to be at work (see `touchline.training.tracking.at_work`). A new one whose followers do
    not begin is taken away again, so that the same command can be repeated.

    Args:
        run: its folder exists.
        task: e.g. `photos`.
        config: the resolved configuration, kept as hyperparameters.
        settings: who follows besides TensorBoard.

    Raises:
        EnvironmentMissingError: when a service that is asked for is missing or does not begin.
        UsageError: when another process is training the run.
    """
    require_trackers(settings)
    with at_work(run.folder):
        new = not run.file(BOARD).exists()
        try:
            tracker = _open(run, task, settings)
        except EnvironmentMissingError:
            if new:
                _take_away(run)
            raise
        tracker.settings(config.model_dump(mode="json"))
        try:
            yield tracker
        except BaseException:
            tracker.close(finished=False)
            raise
        tracker.close()


def tell_outcome(tracker: Tracker, run: Run, *pictures: str) -> None:
    """Pass on the final metrics of a run, as `final/…`, and some of the charts of its report.

    Args:
        tracker: who follows the run.
        run: with its `metrics.json`.
        pictures: patterns of names below `plots/`, e.g. `match-*.png`.
    """
    figures = flat_figures(run.read_json("metrics.json"))
    tracker.scalars({f"final/{name}": value for name, value in figures.items()}, 0)
    for pattern in pictures:
        for path in sorted(run.file("plots").glob(pattern)):
            tracker.picture(f"plots/{path.stem}", path)


def _take_away(run: Run) -> None:
    """Remove the folder of a run that has only just begun; one with anything else in it stays."""
    if {each.name for each in run.folder.iterdir()} <= BEGUN:
        with suppress(OSError):
            shutil.rmtree(run.folder)


def _open(run: Run, task: str, settings: TrackingSettings) -> Together:
    from touchline.training.tracking.board import BoardTracker  # imports torch and TensorBoard

    known = run.read_json(IDENTITIES) if run.file(IDENTITIES).is_file() else {}
    trackers: dict[str, Tracker] = {"TensorBoard": BoardTracker(run.folder)}
    identities: dict[str, str] = {}
    try:
        if settings.wandb:
            from touchline.training.tracking.weights_and_biases import WandbTracker

            identities["wandb"] = known.get("wandb") or uuid4().hex[:8]
            trackers[NAMES["wandb"]] = WandbTracker(settings, run.folder, task, identities["wandb"])
        if settings.mlflow is not None:
            from touchline.training.tracking.mlflow_store import MlflowTracker

            store = MlflowTracker(settings, run.folder, task, known.get("mlflow"))
            trackers[NAMES["mlflow"]], identities["mlflow"] = store, store.identity
    except EnvironmentMissingError:
        Together(trackers).close(finished=False)
        raise
    if identities:
        run.write_json(IDENTITIES, identities)
    return Together(trackers)
