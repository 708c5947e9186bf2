"""What turns a batch of crops into comparable vectors, whatever runs it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.reid.distances import Features
from touchline.reid.networks.comparing import ComparisonNetwork
from touchline.reid.networks.embedder import Embedder
from touchline.reid.networks.trunk import Size

CACHE_BATCH = 8
"""Crops a CPU runs at once: their activations still fit its caches."""


class Extractor(Protocol):
    """Crops of one size to unit vectors."""

    @property
    def size(self) -> Size:
        """Height and width of the crops it takes, in pixels."""
        ...

    @property
    def features(self) -> int:
        """The length of a vector."""
        ...

    def __call__(self, pixels: Tensor) -> Features:
        """uint8 pixels `(batch, 3, height, width)` -> float32 `(batch, features)` of length 1.

        Raises:
            UsageError: when the pixels are of another size.
        """
        ...


@dataclass(frozen=True)
class TorchExtractor:
    """An extractor that torch runs.

    Attributes:
        network: on `device`, in the precision it is to run in.
        device: where it runs.
    """

    network: ComparisonNetwork
    device: torch.device

    @property
    def size(self) -> Size:
        """Height and width of the crops it takes."""
        return self.network.size

    @property
    def features(self) -> int:
        """The length of a vector."""
        return self.network.features

    def __call__(self, pixels: Tensor) -> Features:
        """Unit vectors of uint8 pixels."""
        check_pixels(pixels, self.size)
        at_once = CACHE_BATCH if self.device.type == "cpu" else len(pixels)
        # Validation may run inside a training step's autocast, which would round the vectors.
        with torch.inference_mode(), torch.autocast(self.device.type, enabled=False):
            parts = torch.split(pixels, at_once)
            vectors = [self.network(part.to(self.device)).cpu().numpy() for part in parts]
        return np.concatenate(vectors)


def make_extractor(
    embedder: Embedder, size: Size, *, flip_views: bool = True,
    device: torch.device | None = None, precision: torch.dtype = torch.float32,
) -> TorchExtractor:  # fmt: skip
    """Prepare an embedder for comparing; it is left as it is.

    Args:
        embedder: a taught one.
        size: height and width of the crops.
        flip_views: see `ComparisonNetwork`.
        device: where to run; the CPU when None.
        precision: of the trunk's weights and activations.

    Raises:
        UsageError: when the size is none that the embedder can take.
    """
    home = device or torch.device("cpu")
    network = ComparisonNetwork(embedder, size, flip_views).compute_in(precision)
    return TorchExtractor(network.to(home), home)


def check_pixels(pixels: Tensor, size: Size) -> None:
    """Refuse pixels that are not of the size an extractor was taught on.

    Raises:
        UsageError: on any other size; resizing in silence would change what crops look like.
    """
    if tuple(pixels.shape[1:]) != (3, *size) or pixels.dtype != torch.uint8:
        raise UsageError(
            f"uint8 pixels of shape (batch, 3, {size[0]}, {size[1]})",
            f"{pixels.dtype} of shape {tuple(pixels.shape)}",
            "Show the crops at the size the network was taught on.",
        )  # fmt: skip
