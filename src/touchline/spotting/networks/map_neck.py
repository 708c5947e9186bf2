"""What is made of a feature map, step by step, before time comes in."""

from torch import Tensor, nn

from touchline.spotting.networks.encoder import Encoder
from touchline.spotting.networks.frame_encoder import FrameEncoder

CHANNELS = 64


def build_neck(encoder: Encoder, features: int, dropout: float) -> "MapNeck | None":
    """What is learnt on the maps of an encoder; None for one that gives no maps."""
    if not (isinstance(encoder, FrameEncoder) and encoder.map_channels):
        return None
    return MapNeck(encoder.map_channels, encoder.grid, features, dropout)


class MapNeck(nn.Module):
    """Two convolutions over the cells of a map, then a vector that still knows where things are.

    A network taught on photos has, half way through, features of edges and small shapes that serve
    a match as well; averaged over the whole picture at its end they no longer say where a player
    or the ball is. This keeps the places and learns from them, cheaply enough for a CPU.

    Args:
        channels: of the map.
        grid: its rows and columns.
        features: the length of a row of the output.
        dropout: share of features dropped while training.
    """

    def __init__(self, channels: int, grid: tuple[int, int], features: int, dropout: float) -> None:
        super().__init__()
        self.shape, self.features = (channels, *grid), features
        rows, columns = ((side + 1) // 2 for side in grid)
        self.cells = nn.Sequential(
            nn.Conv2d(channels, CHANNELS, 3, padding=1), nn.BatchNorm2d(CHANNELS), nn.ReLU(),
            nn.Conv2d(CHANNELS, CHANNELS, 3, stride=2, padding=1), nn.BatchNorm2d(CHANNELS),
            nn.ReLU(), nn.Flatten(),
        )  # fmt: skip
        self.vector = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(CHANNELS * rows * columns, features),
            nn.LayerNorm(features), nn.ReLU(),
        )  # fmt: skip

    def forward(self, sequence: Tensor) -> Tensor:
        """Flat maps `(batch, time, channels x rows x columns)` to `(batch, time, features)`."""
        batch, time = sequence.shape[:2]
        maps = sequence.reshape(batch * time, *self.shape)
        rows: Tensor = self.vector(self.cells(maps))
        return rows.reshape(batch, time, self.features)
