"""A taught classifier, kept in a run and taken out again: pixels in, probabilities out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from touchline.backbones.loading import create_network
from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.photos.calibration import Calibration
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import (
    PhotoNetwork,
    Runner,
    average_views,
    build_head,
    head_logits,
    make_runner,
)
from touchline.photos.scope import Scope
from touchline.photos.study import Learnt, Study
from touchline.runs import Run
from touchline.training.devices import (
    DeviceName,
    PrecisionName,
    choose_device,
    choose_precision,
)

SCOPE_FILE = "weights/scope.safetensors"


@dataclass(frozen=True)
class Answers:
    """What the classifier says of `n` photos.

    Attributes:
        probabilities: `(n, classes)`, calibrated, the mean over the views.
        distances: `(n,)` to the photos learnt from (see `touchline.photos.scope`).
        mirror_agrees: `(n,)` whether plain and mirrored views alone agree on the class; None when
            only one of the two kinds is shown.
    """

    probabilities: np.ndarray
    distances: np.ndarray
    mirror_agrees: np.ndarray | None


Network = Callable[[Sequence[Tensor]], tuple[np.ndarray, np.ndarray]]
"""uint8 pixels `(n, 3, size, size)` of each view -> logits `(n, views, classes)` and embeddings
`(n, views, features)`, float32."""


@dataclass(frozen=True)
class TorchNetwork:
    """The network in PyTorch: the backbone in its precision, the head in float32."""

    runner: Runner
    head: nn.Sequential

    def __call__(self, pixels: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Logits and embeddings of each view (see `Network`)."""
        embeddings = np.stack([self.runner(shown) for shown in pixels], axis=1)
        return head_logits(self.head, embeddings), embeddings


@dataclass(frozen=True)
class Classifier:
    """Everything needed to label photos.

    Attributes:
        network: what turns pixels into logits and embeddings.
        views: how photos are shown.
        mirror: the classes and what each is called in a mirror.
        calibration: logits to confidence.
        scope: what is unlike anything learnt.
        run: names the run in the labels' provenance.
    """

    network: Network
    views: tuple[View, ...]
    mirror: MirrorMap
    calibration: Calibration
    scope: Scope
    run: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the probabilities."""
        return self.mirror.classes

    def __call__(self, pixels: Sequence[Tensor]) -> Answers:
        """Label photos.

        Args:
            pixels: for each view a uint8 tensor `(n, 3, size, size)`.
        """
        logits, embeddings = self.network(pixels)
        return Answers(
            self.calibration.probabilities(average_views(logits, self.views, self.mirror)),
            self.scope.distances(embeddings.mean(axis=1)),
            self._agreement(logits),
        )

    def _agreement(self, logits: np.ndarray) -> np.ndarray | None:
        votes = []
        for mirrored in (False, True):
            some = [v for v, view in enumerate(self.views) if view.mirrored == mirrored]
            if not some:
                return None
            own = [self.views[v] for v in some]
            votes.append(average_views(logits[:, some], own, self.mirror).argmax(axis=1))
        return np.asarray(votes[0] == votes[1])


def save_classifier(
    run: Run, study: Study, learnt: Learnt, calibration: Calibration, scope: Scope
) -> None:
    """Write the files of a run that `load_classifier` needs. No pickles among them."""
    run.weights.parent.mkdir(exist_ok=True)
    state = {key: value.contiguous() for key, value in learnt.network.state_dict().items()}
    save_file(state, run.weights)
    scope.save(run.file(SCOPE_FILE))
    run.write_json("labels.json", study.mirror.as_dict())
    run.write_json("calibration.json", calibration.as_dict())
    run.write_json("preprocess.json", {
        "backbone": study.backbone.name,
        "features": study.backbone.features,
        "head": _head_shape(learnt.network.head),
        "views": [view.model_dump(mode="json") for view in study.views],
        "mean": study.backbone.mean,
        "std": study.backbone.std,
        "weights_sha256": sha256_of_file(run.weights),
    })  # fmt: skip


def load_network(run: Run) -> tuple[PhotoNetwork, dict[str, Any]]:
    """The network of a run in float32 on the CPU, and its `preprocess.json`.

    Raises:
        UsageError: when files are missing or do not belong together.
    """
    facts = run.read_json("preprocess.json")
    classes = len(run.read_json("labels.json")["classes"])
    head = build_head(facts["features"], classes, dropout=0.0, **facts["head"])
    network = PhotoNetwork(create_network(facts["backbone"]), head)
    try:
        network.load_state_dict(load_file(run.weights))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise UsageError(
            f"the weights of {facts['backbone']} with its head",
            f"{str(error).splitlines()[0]} in {run.weights}", "Train the run again.",
        ) from error  # fmt: skip
    return network.eval(), facts


def load_scope(run: Run) -> Scope:
    """What is unlike anything the run learnt.

    Raises:
        UsageError: when its file is missing or damaged.
    """
    path = run.file(SCOPE_FILE)
    try:
        return Scope.load(path)
    except (OSError, SafetensorError) as error:
        raise UsageError(
            "the scope of a finished run", f"{type(error).__name__} at {path}",
            "Train the run again.",
        ) from error  # fmt: skip


def load_classifier(
    run: Run, device: DeviceName = "auto", precision: PrecisionName = "auto"
) -> Classifier:
    """The classifier of a finished run.

    Args:
        run: the run.
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: `auto`, `fp32` or `bf16`.

    Raises:
        UsageError: when the run is unfinished or damaged.
        EnvironmentMissingError: when the device is not there.
    """
    network, facts = load_network(run)
    views = tuple(View(**view) for view in facts["views"])
    where = choose_device(device)
    runner = make_runner(
        network.backbone, tuple(facts["mean"]), tuple(facts["std"]), views[0].size,
        where, choose_precision(precision, where),
    )  # fmt: skip
    return Classifier(
        TorchNetwork(runner, network.head), views,
        MirrorMap.from_dict(run.read_json("labels.json")),
        Calibration.from_dict(run.read_json("calibration.json")),
        load_scope(run), str(run.folder),
    )  # fmt: skip


def _head_shape(head: nn.Sequential) -> dict[str, Any]:
    """What `build_head` needs to make the same layers again."""
    linear = [layer for layer in head if isinstance(layer, nn.Linear)]
    return {
        "hidden": [layer.out_features for layer in linear[:-1]],
        "batch_norm": any(isinstance(layer, nn.BatchNorm1d) for layer in head),
    }
