"""SGP-Mixer: two time scales of features made into one (after https://arxiv.org/abs/2404.05392)."""

import torch
from torch import Tensor, nn

from touchline.spotting.networks.feed_forward import feed_forward
from touchline.spotting.networks.sgp import Perception


class SgpMixer(nn.Module):
    """Fine features from the encoder (the skip) mixed with coarse ones from deeper down.

    T-DEED joins a skip by perceiving both scales and projecting the two together, so that the
    coarse context does not wash out the differences between neighbouring steps; here it is
    y = fine + W [f(norm(fine)); g(norm(coarse))] with f and g a `Perception` each, followed by a
    feed-forward layer as in `SgpLayer`.

    Args:
        features: of a row of either input and of the output.
        kernel: as for `Perception`.
        ratio: as for `Perception`.
        mean_span: as for `Perception`.
        dropout: share of features dropped while training.

    Attributes:
        reach: as for a `SequenceModel`.
    """

    def __init__(
        self, features: int, kernel: int, ratio: int, mean_span: int, dropout: float
    ) -> None:
        super().__init__()
        self.normalise_fine, self.normalise_coarse = nn.LayerNorm(features), nn.LayerNorm(features)
        self.perceive_fine = Perception(features, kernel, ratio, mean_span)
        self.perceive_coarse = Perception(features, kernel, ratio, mean_span)
        self.project = nn.Linear(2 * features, features)
        self.think = feed_forward(features, dropout)
        self.reach = self.perceive_fine.reach

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        """Both `(batch, time, features)`, the coarse ones already brought to the fine length."""
        seen_fine = self.perceive_fine(self.normalise_fine(fine))
        seen_coarse = self.perceive_coarse(self.normalise_coarse(coarse))
        rows = fine + self.project(torch.cat((seen_fine, seen_coarse), dim=-1))
        thought: Tensor = rows + self.think(rows)
        return thought
