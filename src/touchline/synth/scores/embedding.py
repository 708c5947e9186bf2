"""Photos as points: what a network that knows a thousand things of the world sees in them.

The network is the packaged EfficientNet-Lite0, which needs no download. Distances between its
features, and KID above all, are of another size than those of the Inception network that most
papers take: compare them with each other, never with published ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2.functional import resize

from touchline.backbones.loading import load_backbone
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import Runner, both_ways, make_runner
from touchline.reporting.progress import track

NETWORK = "tf_efficientnet_lite0"
SIDE = 224
"""What the network learnt at; smaller photos are enlarged to it, larger ones reduced."""
BATCH = 64


@dataclass(frozen=True)
class Embedder:
    """Features of photos by one network, loaded once and used for all scores.

    Attributes:
        runner: the network, ready to run.
        side: pixels to which photos are brought before it sees them.
    """

    runner: Runner
    side: int = SIDE

    def __call__(
        self, pixels: Tensor, views: Sequence[View] = (View(),), *, quiet: bool = False
    ) -> np.ndarray:
        """Features `(n, views, features)`, float32.

        Args:
            pixels: uint8 `(n, 3, side, side)` on the CPU, n at least 1.
            views: which of them are mirrored; the photos are framed already.
            quiet: show no progress.
        """
        parts = torch.split(pixels, BATCH)
        shown = parts if quiet else track(parts, "Computing features of photos")
        return np.concatenate([self._features(part, views) for part in shown])

    def _features(self, pixels: Tensor, views: Sequence[View]) -> np.ndarray:
        bicubic = InterpolationMode.BICUBIC
        sized = resize(pixels, [self.side, self.side], bicubic, antialias=True)
        ways = [self.runner(sized.flip(-1) if view.mirrored else sized) for view in views]
        return np.stack(ways, axis=1)


def load_embedder(device: torch.device | None = None) -> Embedder:
    """The packaged network in float32, so that scores depend little on the machine.

    Args:
        device: where it runs; None is the CPU.

    Raises:
        EnvironmentMissingError: the package with its weights is missing.
    """
    backbone = load_backbone(NETWORK, "packaged")
    place = device or torch.device("cpu")
    return Embedder(
        make_runner(backbone.network, backbone.mean, backbone.std, SIDE, place, torch.float32)
    )


def views_of(mirror: MirrorMap) -> tuple[View, ...]:
    """How photos are shown: with left/right classes both ways, the plain view first.

    What tells left from right is the difference between a photo and its mirror image, for networks
    that learnt from mirrored pictures hardly know a side.
    """
    return both_ways((View(),)) if mirror.pairs else (View(),)
