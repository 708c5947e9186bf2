"""Generalised-mean pooling (https://arxiv.org/abs/1711.02512): between the mean and the maximum."""

import torch
from torch import Tensor, nn

SMALLEST = 1e-6


class GeneralisedMean(nn.Module):
    """(mean x^p)^(1/p) of each feature over all positions, with one learnt power p.

    Negative features count as nought, as after a ReLU.

    Args:
        features: of a row of input and of the output.
        power: p to begin with; 1 is the mean, and the larger the nearer to the maximum.
    """

    def __init__(self, features: int, power: float = 3.0) -> None:
        super().__init__()
        self.features = features
        self.power = nn.Parameter(torch.tensor(power))

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, positions, features)` to `(batch, features)`, in float32."""
        positive = rows.float().clamp(min=SMALLEST)
        # The mean of a multiple is the multiple of the mean; of shares of the largest it neither
        # overflows nor vanishes, whatever the power.
        largest = positive.amax(dim=1, keepdim=True).detach()
        means = ((positive / largest) ** self.power).mean(dim=1) ** (1 / self.power)
        return largest.squeeze(1) * means
