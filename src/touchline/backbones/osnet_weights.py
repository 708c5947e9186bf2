"""OSNet with random weights, those of a file, or those that its authors published."""

from pathlib import Path

import torch
from torch import Tensor

from touchline.backbones.loading import read_weights
from touchline.backbones.onnx_weights import read_onnx_weights
from touchline.backbones.osnet import NAMES, WIDTHS, OSNet
from touchline.backbones.published import download_published
from touchline.errors import EnvironmentMissingError, UsageError

MEAN: tuple[float, ...] = (0.485, 0.456, 0.406)
STD: tuple[float, ...] = (0.229, 0.224, 0.225)
"""With `MEAN` the normalisation of RGB in [0, 1] that every published OSNet was taught with."""

PUBLISHED = {
    name: f"https://huggingface.co/kaiyangzhou/osnet/resolve/main/{name}_imagenet.pth"
    for name in ("osnet_x1_0", "osnet_x0_25")
}
"""name -> the authors' ImageNet weights; others of theirs are given as files."""

CLASSIFIER = "classifier."
PARALLEL = "module."
"""What torch's data parallelism puts before the names of a network it wraps."""


def load_osnet(name: str, weights: str, seed: int = 0) -> OSNet:
    """Make an OSNet in evaluation mode.

    Args:
        name: one of `touchline.backbones.osnet.NAMES`.
        weights: `random`, `hub` (downloads the ImageNet weights once), or the path of a state dict
            (.pth, .pth.tar or .safetensors; a classifier in it is dropped) or of an ONNX file. Of
            an ONNX file whose batch normalisation was folded away the answers are kept, but not
            the statistics: see `touchline.backbones.unfolding` before teaching it further.
        seed: of the random weights.

    Raises:
        UsageError: an unknown name, or weights that do not fit.
        EnvironmentMissingError: weights that cannot be had on this machine.
    """
    if name not in NAMES:
        raise UsageError(f"one of {', '.join(NAMES)}", repr(name), "Name one of these.")
    kind, width = name.split("_x")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = OSNet(WIDTHS[f"x{width}"], instance_normalised=kind == "osnet_ain")
    if weights == "hub":
        _fill(network, _download(name), name, PUBLISHED[name])
    elif weights == "packaged":
        raise UsageError(
            "weights of OSNet: random, hub or a file", "packaged",
            "No package holds them; use hub or a file.",
        )  # fmt: skip
    elif weights.endswith(".onnx"):
        _fill(network, read_onnx_weights(Path(weights), network), name, weights)
    elif weights != "random":
        _fill(network, read_weights(Path(weights)), name, weights)
    return network.eval()


def _download(name: str) -> dict[str, Tensor]:
    if name not in PUBLISHED:
        raise EnvironmentMissingError(
            f"weights on the hub, which are known of {' and '.join(PUBLISHED)}", name,
            "Fetch its weights from the model zoo of deep-person-reid and give the file's path.",
        )  # fmt: skip
    return download_published(name, PUBLISHED[name])


def _fill(network: OSNet, state: dict[str, Tensor], name: str, source: str) -> None:
    """Put tensors into `network`; a classifier and the counts of batches seen may differ."""
    given = {key.removeprefix(PARALLEL): value for key, value in state.items()}
    counts = {key: v for key, v in network.state_dict().items() if key.endswith("batches_tracked")}
    own = {key: value for key, value in network.state_dict().items() if key not in counts}
    wrong = [key for key, value in own.items() if not _fits(given.get(key), value)]
    unknown = [
        key for key in given
        if key not in own and key not in counts and not key.startswith(CLASSIFIER)
    ]  # fmt: skip
    if wrong or unknown:
        raise UsageError(
            f"the weights of {name}",
            f"{len(wrong)} of {len(own)} tensors missing or of another shape and {len(unknown)} "
            f"unknown in {source} (first: {(wrong + unknown)[0]})",
            "Name the network that the file was saved from.",
        )  # fmt: skip
    network.load_state_dict({key: given[key] for key in own} | counts)


def _fits(value: object, wanted: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == wanted.shape
