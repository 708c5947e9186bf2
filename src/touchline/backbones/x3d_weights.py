"""X3D with random weights, those of a file, or those that pytorchvideo published."""

from pathlib import Path

import torch
from torch import Tensor

from touchline.backbones.loading import read_weights
from touchline.backbones.published import download_published
from touchline.backbones.squeeze_excitation import Squeeze
from touchline.backbones.x3d import X3D
from touchline.errors import UsageError

PUBLISHED = {
    "x3d_s": "https://dl.fbaipublicfiles.com/pytorchvideo/model_zoo/kinetics/X3D_S.pyth",
    "x3d_m": "https://dl.fbaipublicfiles.com/pytorchvideo/model_zoo/kinetics/X3D_M.pyth",
}
"""name -> checkpoint taught on Kinetics-400 (top-1 73.3 % and 75.9 %), about 30 MB each."""

CLASSIFIER = "blocks.5.proj."


def load_x3d(name: str, weights: str, squeeze: Squeeze = "clip", seed: int = 0) -> X3D:
    """Make an X3D.

    Args:
        name: `x3d_s` or `x3d_m`.
        weights: `random`, `hub` (downloads the published checkpoint once), or the path of a file
            with pytorchvideo's tensors, bare or as a checkpoint's `model_state`.
        squeeze: see `X3D`; the same weights serve both.
        seed: of the random weights.

    Raises:
        UsageError: an unknown name, or weights that do not fit.
        EnvironmentMissingError: weights that cannot be had on this machine.
    """
    if name not in PUBLISHED:
        raise UsageError(f"one of {', '.join(PUBLISHED)}", repr(name), "Name one of these.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = X3D(squeeze)
    if weights == "hub":
        _fill(network, download_published(name, PUBLISHED[name]), PUBLISHED[name])
    elif weights == "packaged":
        raise UsageError(
            "weights of X3D: random, hub or a file", "packaged", "No package holds them; use hub."
        )
    elif weights != "random":
        _fill(network, read_weights(Path(weights)), weights)
    return network.eval()


def _fill(network: X3D, checkpoint: dict[str, Tensor], source: str) -> None:
    """Put a checkpoint's tensors into `network`, without its classifier."""
    inner: object = checkpoint.get("model_state", checkpoint)
    given = inner if isinstance(inner, dict) else {}
    own = network.state_dict()
    wrong = [key for key, value in own.items() if key not in given or not _fits(given[key], value)]
    unknown = [key for key in given if key not in own and not key.startswith(CLASSIFIER)]
    if wrong or unknown:
        raise UsageError(
            "the weights of an X3D-S or X3D-M",
            f"{len(wrong)} of {len(own)} tensors missing or of another shape and {len(unknown)} "
            f"unknown in {source} (first: {(wrong + unknown)[0]})",
            "Give a checkpoint of pytorchvideo's x3d_s or x3d_m.",
        )  # fmt: skip
    network.load_state_dict({key: given[key] for key in own})


def _fits(value: object, wanted: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == wanted.shape
