"""The network that looks at features over time, by the name of its kind."""

from typing import Literal, TypeAlias

from touchline.spotting.networks.no_time import NoTime
from touchline.spotting.networks.recurrent import BidirectionalLstm
from touchline.spotting.networks.sgp_pyramid import SgpPyramid
from touchline.spotting.networks.temporal_convolution import TemporalConvolution
from touchline.spotting.networks.transformer import Transformer

TimeModelKind = Literal["none", "lstm", "transformer", "tcn", "sgp"]
TimeModel: TypeAlias = NoTime | BidirectionalLstm | Transformer | TemporalConvolution | SgpPyramid
"""Any of them is a `SequenceModel` and a `torch.nn.Module`."""


def build_time_model(
    kind: TimeModelKind, features_in: int, layers: int, hidden: int, dropout: float
) -> TimeModel:
    """The time model of a kind, with random weights.

    Args:
        kind: its name, as in `TimeSettings`.
        features_in: the length of the encoder's rows.
        layers: how many; the levels of the encoder-decoder for sgp, and for tcn the blocks, each
            of twice the dilation of the one before.
        hidden: the length of the output's rows (of one direction for lstm); none keeps its own.
        dropout: share of features dropped while training.

    Raises:
        UsageError: when the width does not suit the kind.
    """
    match kind:
        case "none":
            return NoTime(features_in, dropout)
        case "lstm":
            return BidirectionalLstm(features_in, hidden, layers, dropout)
        case "transformer":
            return Transformer(features_in, hidden, layers, dropout)
        case "tcn":
            dilations = [2**layer for layer in range(layers)]
            return TemporalConvolution(features_in, hidden, dilations, dropout)
        case "sgp":
            return SgpPyramid(features_in, hidden, layers, dropout)
