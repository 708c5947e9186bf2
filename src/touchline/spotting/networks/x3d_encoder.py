"""X3D as the encoder of a spotter: 3-D convolutions throughout, one feature vector for each frame.

Only space is pooled. Where one vector pooled over a clip is repeated for each of its frames, no
later network can say when in the clip anything happened.
"""

from torch import Tensor, nn

from touchline.backbones.x3d import X3D
from touchline.spotting.networks.pixels import Normalisation

MEAN = (0.45, 0.45, 0.45)
STD = (0.225, 0.225, 0.225)
"""The normalisation that the published weights were taught with."""


class X3DEncoder(nn.Module):
    """Features of each RGB frame by X3D.

    Args:
        network: becomes part of the encoder.

    Attributes:
        features: the length of a frame's feature vector.
        reach: 28 where the network squeezes by the frame; None where it averages whole clips.
        multiple: 1, for X3D never lowers the frame rate.
        channels: 3.
    """

    multiple = 1
    channels = 3

    def __init__(self, network: X3D) -> None:
        super().__init__()
        self.network = network
        self.features = network.features
        self.reach = network.reach
        self.normalisation = Normalisation(MEAN, STD)

    def forward(self, frames: Tensor) -> Tensor:
        """Features `(batch, time, features)` of frames `(batch, time, 3, height, width)`.

        Pixels are uint8, or floats in 0..255 where frames are mixed. Any height and width.
        """
        pictures = self.normalisation(frames.flatten(0, 1)).reshape(frames.shape)
        features: Tensor = self.network(pictures.transpose(1, 2))
        return features
