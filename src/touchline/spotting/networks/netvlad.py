"""NetVLAD pooling (https://arxiv.org/abs/1511.07247): what differs from a learnt vocabulary."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize


class NetVlad(nn.Module):
    """Sums of differences from cluster centres, each position softly assigned to the clusters.

        V(k) = Σ_i a_k(x_i) (x_i - c_k), with a_k(x) = softmax_k (w_k · x + b_k)

    over the L2-normalised rows x_i; each V(k) is L2-normalised, then all of them together. As in
    the paper, w_k = 2 alpha c_k and b_k = -alpha |c_k|² to begin with, and all three learn on
    their own.

    Args:
        features_in: of a row of the input.
        clusters: size of the vocabulary; the output is clusters x features_in long.
        alpha: how hard the assignment is to begin with.

    Attributes:
        features: the length of the output.
    """

    def __init__(self, features_in: int, clusters: int, alpha: float = 1.0) -> None:
        super().__init__()
        self.features = clusters * features_in
        self.centres = nn.Parameter(normalize(torch.randn(clusters, features_in), dim=-1))
        self.assign = nn.Linear(features_in, clusters)
        with torch.no_grad():
            self.assign.weight.copy_(2 * alpha * self.centres)
            self.assign.bias.copy_(-alpha * self.centres.square().sum(dim=-1))

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, positions, features in)` to `(batch, clusters x features in)` of length 1."""
        # In float32, since the sums below nearly cancel.
        with torch.autocast(rows.device.type, enabled=False):
            rows = normalize(rows.float(), dim=-1)
            shares = torch.softmax(self.assign(rows), dim=-1)
            # Σ a x - (Σ a) c needs no difference of every row from every centre.
            sums = shares.transpose(1, 2) @ rows
            differences = sums - shares.sum(dim=1).unsqueeze(-1) * self.centres
        return normalize(normalize(differences, dim=-1).flatten(1), dim=-1)
