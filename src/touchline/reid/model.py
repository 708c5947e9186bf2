"""A taught re-identifier, kept in a run and taken out again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.reid.config import ReidConfig
from touchline.reid.matching.confidence import Confidence
from touchline.reid.networks.embedder import Embedder, build_embedder
from touchline.reid.networks.extractor import Extractor, make_extractor
from touchline.reid.onnx_model import export_onnx
from touchline.runs import Run
from touchline.settings import resolve
from touchline.training.devices import DeviceName, PrecisionName, choose_device, choose_precision
from touchline.training.saved_weights import load_saved_weights

Content = TypeVar("Content")


@dataclass(frozen=True)
class Reidentifier:
    """Everything needed to compare crops.

    Attributes:
        extractor: pixels to vectors.
        confidence: what distances are worth, learnt on validation queries.
        config: what it was taught with.
        name: names the run in what it writes.
        fingerprint: SHA-256 of its weights and of how crops are shown to it; names it in indexes.
    """

    extractor: Extractor
    confidence: Confidence
    config: ReidConfig
    name: str
    fingerprint: str


def save_reidentifier(run: Run, config: ReidConfig, classes: int | None, found: Confidence) -> None:
    """Write what `load_reidentifier` needs besides the configuration and the weights."""
    height, width = config.size
    run.write_json("labels.json", {"classes": classes})
    run.write_json("calibration.json", found.as_dict())
    run.write_json("preprocess.json", {
        "height": height, "width": width, "flip_views": config.flip_views,
        "weights_sha256": sha256_of_file(run.weights),
    })  # fmt: skip


def load_embedder(run: Run) -> tuple[Embedder, ReidConfig]:
    """The network of a run in float32 on the CPU, and its configuration.

    Raises:
        UsageError: when files are missing or do not belong together.
    """
    config = resolve(ReidConfig, run.config, words=("network.weights=random",))
    classes = _read(run, "labels.json", _classes_of)
    embedder = build_embedder(config.network, config.size, config.seed, classes)
    load_saved_weights(embedder, run.weights)
    _require_own_weights(run)
    return embedder.eval(), config


def load_reidentifier(
    run: Run, device: DeviceName = "auto", precision: PrecisionName = "auto"
) -> Reidentifier:
    """The re-identifier of a finished run.

    Raises:
        UsageError: when the run is unfinished or damaged.
        EnvironmentMissingError: when the device is not there.
    """
    embedder, config = load_embedder(run)
    where = choose_device(device)
    return Reidentifier(
        extractor=make_extractor(
            embedder, config.size, flip_views=config.flip_views, device=where,
            precision=choose_precision(precision, where),
        ),
        confidence=_read(run, "calibration.json", Confidence.from_dict),
        config=config,
        name=run.folder.name,
        fingerprint=sha256_of_file(run.file("preprocess.json")),
    )  # fmt: skip


def export_run(run: Run, path: Path) -> Path:
    """Write the network of a finished run as one ONNX file.

    Raises:
        UsageError: when the run is unfinished or damaged.
    """
    embedder, config = load_embedder(run)
    return export_onnx(embedder, config.size, config.flip_views, path, run.folder.name)


def _require_own_weights(run: Run) -> None:
    """Refuse weights that were exchanged: confidences and indexes are those of the network's own.

    Raises:
        UsageError: they are others than the run was finished with.
    """
    taught = _read(run, "preprocess.json", lambda values: values["weights_sha256"])
    if sha256_of_file(run.weights) != taught:
        raise UsageError(
            "the weights that the run was finished with", f"others in {run.weights}",
            "Fetch the whole run again, or train it again.",
        )  # fmt: skip


def _classes_of(values: dict[str, Any]) -> int | None:
    classes = values["classes"]
    if classes is not None and (not isinstance(classes, int) or classes < 1):
        raise ValueError("no number of classes")
    return classes


def _read(run: Run, name: str, meaning_of: Callable[[Any], Content]) -> Content:
    """What a JSON file of the run means.

    Raises:
        UsageError: it is missing, or is not what a finished run has there.
    """
    try:
        return meaning_of(run.read_json(name))
    except (LookupError, TypeError, ValueError) as error:
        raise UsageError(
            f"{name} as a finished run has it", f"{type(error).__name__} in {run.file(name)}",
            "Fetch the whole run again, or train it again.",
        ) from error  # fmt: skip
