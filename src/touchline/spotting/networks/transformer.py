"""A transformer over time whose steps see only their surroundings."""

from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.spotting.networks.feed_forward import feed_forward
from touchline.spotting.networks.local_attention import LocalAttention

HEADS = 8
SPAN = 50


class Transformer(nn.Module):
    """Pre-norm transformer layers (https://arxiv.org/abs/2002.04745) of local attention.

    A `SequenceModel` of reach span x layers.

    Args:
        features_in: the length of a row of the input.
        width: the length of a row of the output; a multiple of 2 x heads.
        layers: attention layers on top of each other.
        dropout: share of features and attention weights dropped while training.
        heads: attention heads.
        span: how far one layer sees, in steps; 50 are 4 s at 12.5 a second.

    Raises:
        UsageError: when the width cannot be shared out among the heads.
    """

    def __init__(
        self,
        features_in: int,
        width: int,
        layers: int,
        dropout: float,
        heads: int = HEADS,
        span: int = SPAN,
    ) -> None:
        super().__init__()
        if width % (2 * heads):
            raise UsageError(
                f"a transformer's width that is a multiple of {2 * heads}", str(width),
                "Change time.hidden.",
            )  # fmt: skip
        self.features = width
        self.reach: int | None = span * layers
        self.multiple = 1
        self.project = nn.Linear(features_in, width)
        self.layers = nn.Sequential(*(_Layer(width, heads, span, dropout) for _ in range(layers)))
        self.normalise = nn.LayerNorm(width)

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features in)` to `(batch, time, width)`."""
        rows: Tensor = self.normalise(self.layers(self.project(sequence)))
        return rows


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int, span: int, dropout: float) -> None:
        super().__init__()
        self.attend = nn.Sequential(
            nn.LayerNorm(width), LocalAttention(width, heads, span, dropout), nn.Dropout(dropout)
        )
        self.think = feed_forward(width, dropout)

    def forward(self, rows: Tensor) -> Tensor:
        rows = rows + self.attend(rows)
        thought: Tensor = rows + self.think(rows)
        return thought
