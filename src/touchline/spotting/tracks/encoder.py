"""The small network that lifts track features to a spotter's own."""

from torch import Tensor, nn


class TrackEncoder(nn.Module):
    """A perceptron for each step, as in Team 8's classifier (seed 003, week 5): n to 64 to 64.

    Args:
        inputs: the number of track features.
        features: the length of a row of the output.
    """

    reach = 0
    multiple = 1

    def __init__(self, inputs: int, features: int = 64) -> None:
        super().__init__()
        self.features = features
        self.layers = nn.Sequential(
            nn.Linear(inputs, features), nn.ReLU(), nn.Linear(features, features), nn.ReLU()
        )

    def forward(self, sequence: Tensor) -> Tensor:
        """Track features `(batch, time, inputs)` to `(batch, time, features)`."""
        encoded: Tensor = self.layers(sequence)
        return encoded
