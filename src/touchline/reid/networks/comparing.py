"""A taught embedder made ready to compare crops: uint8 pixels in, unit vectors out."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from touchline.backbones.folding import fold_batch_normalisation
from touchline.media.framing import normalise
from touchline.reid.networks.adapters import merged
from touchline.reid.networks.embedder import Embedder
from touchline.reid.networks.trunk import Size, check_size


class ComparisonNetwork(nn.Module):
    """An embedder for one size of crops, with all that only training needs taken out of it.

    Adapters are merged, batch normalisation is folded, position embeddings are interpolated once
    for all; there is no classifier. The embedder given is left as it is.

    Args:
        embedder: a taught one.
        size: height and width of the crops.
        flip_views: whether a crop's vector is that of the sum of its feature and its mirror
            image's.

    Raises:
        UsageError: when the size is none that the embedder can take.
    """

    def __init__(self, embedder: Embedder, size: Size, flip_views: bool) -> None:
        super().__init__()
        check_size(size, embedder.multiple, "this network")
        self.size, self.flip_views, self.features = size, flip_views, embedder.features
        self.mean, self.std = embedder.mean, embedder.std
        trunk = merged(embedder.trunk).eval().cpu()
        _fix_positions(trunk, size)
        example = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0))
        with torch.autocast("cpu", enabled=False):
            self.trunk: nn.Module = fold_batch_normalisation(trunk, example)
        head = nn.Sequential(embedder.embedding, embedder.neck)
        self.head: nn.Module = copy.deepcopy(head).eval().cpu()
        self.precision = torch.float32

    def compute_in(self, precision: torch.dtype) -> "ComparisonNetwork":
        """Let the trunk compute in `precision`; what follows it, which costs nothing, in float32.

        Convolutions run fastest with the channels of a pixel side by side.
        """
        self.trunk.to(dtype=precision).to(memory_format=torch.channels_last)
        self.precision = precision
        return self

    def forward(self, pixels: Tensor) -> Tensor:
        """uint8 `(batch, 3, height, width)` -> float32 `(batch, features)` of length 1."""
        values = normalise(pixels, self.mean, self.std).to(self.precision)
        if not self.flip_views:
            return normalize(self._compared(values))
        both = self._compared(torch.cat([values, values.flip(-1)]))
        return normalize(both.reshape(2, -1, self.features).sum(0))

    def _compared(self, values: Tensor) -> Tensor:
        compared: Tensor = self.head(self.trunk(values).float())
        return compared


def _fix_positions(network: nn.Module, size: Size) -> None:
    """Interpolate the position embeddings of a timm transformer now, not at every call."""
    set_input_size = getattr(network, "set_input_size", None)
    if set_input_size and getattr(network, "dynamic_img_size", False):
        set_input_size(img_size=size)
