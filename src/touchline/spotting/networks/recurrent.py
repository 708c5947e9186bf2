"""A bidirectional LSTM over time (Graves & Schmidhuber 2005)."""

import torch
from torch import Tensor, nn

from touchline.spotting.networks.lstm_for_onnx import lstm_for_onnx


class BidirectionalLstm(nn.Module):
    """One state that has seen all before a step, beside one that has seen all after it.

    A `SequenceModel` of unbounded reach: it runs over the whole video at once, which is cheap on
    features.

    Args:
        features_in: the length of a row of the input.
        hidden: the length of either state; rows of the output are twice as long.
        layers: LSTMs on top of each other.
        dropout: share of features dropped behind every layer while training.
    """

    def __init__(self, features_in: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.features = 2 * hidden
        self.reach: int | None = None
        self.multiple = 1
        # torch drops between layers only, and warns where there is but one.
        self.states = nn.LSTM(
            features_in, hidden, layers, batch_first=True, bidirectional=True,
            dropout=dropout if layers > 1 else 0.0,
        )  # fmt: skip
        self.drop = nn.Dropout(dropout)

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features in)` to `(batch, time, 2 hidden)`."""
        if torch.onnx.is_in_onnx_export():
            return lstm_for_onnx(self.states, sequence)
        states: Tensor = self.drop(self.states(sequence)[0])
        return states
