"""The part of a pre-norm layer that thinks about each step by itself."""

from torch import nn

WIDENING = 4


def feed_forward(features: int, dropout: float) -> nn.Sequential:
    """Normalisation and two layers over the features of each step; to be added to its input.

    Args:
        features: of a row of input and output.
        dropout: share of features dropped while training.
    """
    return nn.Sequential(
        nn.LayerNorm(features), nn.Linear(features, WIDENING * features), nn.GELU(),
        nn.Dropout(dropout), nn.Linear(WIDENING * features, features), nn.Dropout(dropout),
    )  # fmt: skip
