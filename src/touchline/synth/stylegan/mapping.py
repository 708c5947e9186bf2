"""From a class, and noise where there is any, to the vector that styles or judges an image."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from touchline.synth.stylegan.layers import EqualLinear, normalise

RATE = 0.01
"""How fast the layers learn beside the convolutions; faster ones make training unsteady."""


class Mapping(nn.Module):
    """Fully connected layers from z and the class to w.

    The class is embedded, z and the embedding are normalised, joined, and mapped.

    Args:
        classes: how many there are.
        noise: length of z; 0 maps the class alone.
        outputs: length of w and of every layer.
        layers: how many, at least 1.
    """

    def __init__(self, classes: int, noise: int, outputs: int, layers: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(classes, outputs)
        widths = [noise + outputs] + [outputs] * layers
        self.layers = nn.Sequential(
            *(
                EqualLinear(before, after, rate=RATE, active=True)
                for before, after in pairwise(widths)
            )
        )

    def forward(self, labels: Tensor, z: Tensor | None = None) -> Tensor:
        """Map class places `(n,)` and noise `(n, noise)` to w `(n, outputs)`."""
        embedded = normalise(self.embedding(labels))
        joined = embedded if z is None else torch.cat([normalise(z), embedded], dim=1)
        w: Tensor = self.layers(joined)
        return w
