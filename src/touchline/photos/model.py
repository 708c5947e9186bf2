"""The network of every recipe: a backbone, a head, and one way to run them over a photo's views."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from touchline.backbones.folding import fold_batch_normalisation
from touchline.media.framing import as_pixels, frame, normalise, side_needed
from touchline.media.images import read_image
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap


class PhotoNetwork(nn.Module):
    """Backbone and head: normalised pixels in, logits and the embedding under them out.

    Shapes: `(batch, 3, side, side)` -> `(batch, classes)` and `(batch, features)`.

    Args:
        backbone: normalised pixels to features.
        head: features to logits.
        learn_statistics: whether training changes the statistics of the backbone's batch
            normalisation.
    """

    def __init__(
        self, backbone: nn.Module, head: nn.Sequential, *, learn_statistics: bool = False
    ) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head
        self.learn_statistics = learn_statistics

    def train(self, mode: bool = True) -> "PhotoNetwork":
        """Training mode, but for the backbone's batch normalisation: its statistics mostly stay.

        A few dozen photos estimate them worse than the million they were learnt from.
        """
        super().train(mode)
        for module in () if self.learn_statistics else self.backbone.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and embedding of normalised pixels."""
        embedding = self.backbone(pixels)
        return self.head(embedding), embedding


def build_head(
    features: int, classes: int, hidden: Sequence[int], dropout: float, batch_norm: bool
) -> nn.Sequential:
    """A classifier of linear layers: for each hidden size linear, norm, ReLU, dropout.

    Without hidden sizes it is dropout and one linear layer.
    """
    layers: list[nn.Module] = []
    sizes = [features, *hidden]
    for before, after in pairwise(sizes):
        layers.append(nn.Linear(before, after))
        layers += [nn.BatchNorm1d(after)] if batch_norm else []
        layers += [nn.ReLU(), nn.Dropout(dropout)]
    layers += [] if hidden else [nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], classes))


def views_for(views: Sequence[View], multiple: int, mirror: bool) -> tuple[View, ...]:
    """The views as the backbone can take them: sizes in multiples of its patch size.

    Without `mirror` a mirrored view is shown as it is, and views that become equal are shown once.
    """
    fitting = [
        View(framing=v.framing, size=v.size // multiple * multiple, mirrored=v.mirrored and mirror)
        for v in views
    ]
    return tuple(dict.fromkeys(fitting))


def both_ways(views: Sequence[View]) -> tuple[View, ...]:
    """The views and, behind them, those of their mirror images that are not among them yet."""
    return tuple(dict.fromkeys((*views, *(view.mirror() for view in views))))


def pixels_of(content: bytes, views: Sequence[View]) -> list[Tensor]:
    """Decode a photo once and show it in every view: uint8 tensors `(3, size, size)`.

    Raises:
        touchline.media.images.UnreadableImageError: when it cannot be decoded.
    """
    whole = all(side_needed(view.framing) == "longer" for view in views)
    largest = max(view.size for view in views)
    image = read_image(content, at_least=largest, side="longer" if whole else "shorter")
    pixels = []
    for view in views:
        shown = as_pixels(frame(image, view.size, view.framing))
        pixels.append(shown.flip(-1) if view.mirrored else shown)
    return pixels


CACHE_BATCH = 8
"""Photos a CPU runs at once: their activations still fit its caches, which makes it about twice as
fast as with 32."""


@dataclass(frozen=True)
class Runner:
    """A feature network ready to run: in evaluation mode, folded, on a device, in a precision."""

    network: nn.Module
    mean: tuple[float, ...]
    std: tuple[float, ...]
    device: torch.device
    precision: torch.dtype

    def __call__(self, pixels: Tensor) -> np.ndarray:
        """Features `(batch, features)`, float32, of uint8 pixels `(batch, 3, side, side)`."""
        with torch.inference_mode(), torch.autocast(self.device.type, enabled=False):
            size = CACHE_BATCH if self.device.type == "cpu" else len(pixels)
            parts = torch.split(pixels, size)
            return np.concatenate([self._features(part) for part in parts])

    def _features(self, pixels: Tensor) -> np.ndarray:
        values = normalise(pixels.to(self.device), self.mean, self.std).to(self.precision)
        return np.asarray(self.network(values).float().cpu().numpy())


def make_runner(
    network: nn.Module, mean: tuple[float, ...], std: tuple[float, ...], side: int,
    device: torch.device, precision: torch.dtype,
) -> Runner:  # fmt: skip
    """Prepare a network for inference; the network given is left as it is.

    Args:
        network: normalised pixels to features.
        mean: of the normalisation.
        std: of the normalisation.
        side: an image side the network takes, to try the folded network on.
        device: where it runs.
        precision: of weights and activations.
    """
    home = next(network.parameters()).device
    with torch.autocast(home.type, enabled=False):
        example = torch.zeros(2, 3, side, side, device=home)
        folded = fold_batch_normalisation(network, example)
    ready = folded.to(device=device, dtype=precision).to(memory_format=torch.channels_last)
    return Runner(ready, mean, std, device, precision)


def head_logits(head: nn.Module, embeddings: np.ndarray) -> np.ndarray:
    """Logits `(n, views, classes)` of embeddings `(n, views, features)`, in float32."""
    home = next(head.parameters()).device
    # Validation may run inside a training step's autocast, which would round the logits.
    with torch.inference_mode(), torch.autocast(home.type, enabled=False):
        flat = head(torch.from_numpy(embeddings).flatten(0, 1).to(home))
    return np.asarray(flat.reshape(*embeddings.shape[:2], -1).cpu().numpy())


def average_views(logits: np.ndarray, views: Sequence[View], mirror: MirrorMap) -> np.ndarray:
    """The mean over the views of logits `(n, views, classes)`, mirrored ones permuted back."""
    straight = [
        mirror.permute(logits[:, v]) if view.mirrored else logits[:, v]
        for v, view in enumerate(views)
    ]
    return np.asarray(np.mean(straight, axis=0))
