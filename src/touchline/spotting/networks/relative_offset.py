"""TriDet's relative boundary head (https://arxiv.org/abs/2303.07347) for events of one moment."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad


class RelativeOffset(nn.Module):
    """How far the event is from a step, as an expectation over the steps around it.

    TriDet finds the start of an action, seen from step t, as the expectation of a distribution
    over the bins before t: the softmax of how much each instant looks like a start, plus what t
    itself says about each bin. An event of one moment has one boundary, on either side of t:

        P_t(b) = softmax_b (m[t + b] + c[t, b]) for b = -bins … bins with t + b in the sequence,
        offset(t) = Σ_b b P_t(b),

    with m = Linear(x) the response of each instant and c = Linear(x) the centre offsets.

    Args:
        features: of a row of the input.
        bins: steps looked at on either side; the offset lies in [-bins, bins].

    Attributes:
        reach: as for a `SequenceModel`, beyond the reach of the features.
    """

    def __init__(self, features: int, bins: int) -> None:
        super().__init__()
        self.bins = self.reach = bins
        self.response = nn.Linear(features, 1)
        self.centre = nn.Linear(features, 2 * bins + 1)

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, time, features)` to `(batch, time)`: steps from each step to the event."""
        time = rows.shape[1]
        # Nothing outside the sequence can be the moment.
        responses = pad(
            self.response(rows).squeeze(-1).float(), (self.bins, self.bins), value=-torch.inf
        )
        shifts = range(2 * self.bins + 1)
        around = torch.stack([responses[:, shift : shift + time] for shift in shifts], dim=-1)
        chances = torch.softmax(around + self.centre(rows).float(), dim=-1)
        steps = torch.arange(-self.bins, self.bins + 1, dtype=torch.float32, device=rows.device)
        # Autocast would take a matrix product to bf16, which cannot tell 3.51 from 3.52 steps.
        return (chances * steps).sum(dim=-1)
