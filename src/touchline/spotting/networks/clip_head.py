"""One answer for a whole clip: pooling over all its positions, then a linear layer."""

from typing import Literal

from torch import Tensor, nn

from touchline.backbones.gem import GeneralisedMean
from touchline.spotting.networks.netvlad import NetVlad

Pooling = Literal["max", "mean", "gem", "netvlad"]
CLUSTERS = 64


class Maximum(nn.Module):
    """The largest value of each feature over all positions."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, positions, features)` to `(batch, features)`."""
        return rows.amax(dim=1)


class Mean(nn.Module):
    """The mean of each feature over all positions."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, positions, features)` to `(batch, features)`."""
        return rows.mean(dim=1)


class ClipHead(nn.Module):
    """Logits of the classes of whole clips.

    Args:
        pooling: how all positions of a clip become one row.
        features: of one position.
        classes: how many; there is no background.
        dropout: share of pooled features dropped while training.
        clusters: size of NetVLAD's vocabulary.
    """

    def __init__(
        self,
        pooling: Pooling,
        features: int,
        classes: int,
        dropout: float = 0.0,
        clusters: int = CLUSTERS,
    ) -> None:
        super().__init__()
        self.pool = _build_pooling(pooling, features, clusters)
        self.drop = nn.Dropout(dropout)
        self.classes = nn.Linear(self.pool.features, classes)

    def forward(self, features: Tensor) -> Tensor:
        """Sequences or volumes of features to `(batch, classes)`.

        Args:
            features: `(batch, time, features)`, or a volume `(batch, features, time, rows,
                columns)` all positions of which are pooled alike, in space as in time.
        """
        is_volume = features.dim() == 5
        rows = features.flatten(2).transpose(1, 2) if is_volume else features
        logits: Tensor = self.classes(self.drop(self.pool(rows)))
        return logits


def _build_pooling(
    pooling: Pooling, features: int, clusters: int
) -> Maximum | Mean | GeneralisedMean | NetVlad:
    match pooling:
        case "max":
            return Maximum(features)
        case "mean":
            return Mean(features)
        case "gem":
            return GeneralisedMean(features)
        case "netvlad":
            return NetVlad(features, clusters)
