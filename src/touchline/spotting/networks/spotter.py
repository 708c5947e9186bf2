"""The whole spotter: an encoder of frames, a model of time, and heads."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from touchline.media.video.pictures import Colour
from touchline.spotting.config import SpottingConfig
from touchline.spotting.networks.encoder import Encoder, build_encoder
from touchline.spotting.networks.heads import Outputs, SpottingHead
from touchline.spotting.networks.map_neck import MapNeck, build_neck
from touchline.spotting.networks.time_model import TimeModel, build_time_model
from touchline.spotting.tracks.encoder import TrackEncoder
from touchline.spotting.tracks.features import FEATURE_NAMES


class Spotter(nn.Module):
    """Frames in, scores for every step out.

    `encode` and `decide` are apart because a step is encoded once and decided on in windows.
    """

    def __init__(
        self, encoder: Encoder, neck: MapNeck | None, tracks: TrackEncoder | None,
        time: TimeModel, head: SpottingHead,
    ) -> None:  # fmt: skip
        super().__init__()
        self.neck: MapNeck | None = neck
        self.encoder: Encoder = encoder
        self.tracks: TrackEncoder | None = tracks
        self.time: TimeModel = time
        self.head: SpottingHead = head

    def encode(self, frames: Tensor) -> Tensor:
        """Features `(batch, time, features)` of uint8 frames `(batch, time, channels, h, w)`.

        Where the encoder takes frames in blocks, the last frame of a video fills the last block.
        """
        time = frames.shape[1]
        missing = -time % self.encoder.multiple
        if missing:
            frames = torch.cat([frames, *[frames[:, -1:]] * missing], dim=1)
        features: Tensor = self.encoder(frames)
        return features[:, :time]

    def decide(self, features: Tensor, tracks: Tensor | None = None) -> Outputs:
        """What the heads say of features `(batch, time, features)`.

        Args:
            features: from `encode`.
            tracks: `(batch, time, track features)`, where the spotter looks at tracks.
        """
        if self.neck is not None:
            features = self.neck(features)
        if self.tracks is not None:
            features = torch.cat([features, self.tracks(tracks)], dim=-1)
        outputs: Outputs = self.head(self.time(features))
        return outputs

    def forward(self, frames: Tensor, tracks: Tensor | None = None) -> Outputs:
        """Encode and decide."""
        return self.decide(self.encode(frames), tracks)


def colour_of(network: Spotter) -> Colour:
    """Whether a spotter looks at gray frames or at colours."""
    return "gray" if network.encoder.channels == 1 else "rgb"


def build_spotter(
    config: SpottingConfig, classes: Sequence[str], team: bool, second: Sequence[str] = ()
) -> Spotter:
    """The spotter that a configuration describes, with the weights it begins with.

    Args:
        config: the whole configuration.
        classes: the labels to spot.
        team: whether it also says the acting team's side.
        second: the labels of a second data set learnt at once.

    Raises:
        UsageError: for names or combinations that cannot be.
        EnvironmentMissingError: for weights that cannot be had on this machine.
    """
    chosen = config.encoder
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        encoder = build_encoder(
            kind=chosen.kind, name=chosen.name, weights=chosen.weights, shift=chosen.shift,
            shifted_stages=chosen.shifted_stages, colour=chosen.colour, blocks=chosen.blocks,
            stage=chosen.stage, grid=chosen.grid, seed=config.seed,
        )  # fmt: skip
        tracks = TrackEncoder(len(FEATURE_NAMES)) if config.tracks.detector != "none" else None
        neck = build_neck(encoder, chosen.neck, chosen.neck_dropout)
        width = (neck or encoder).features + (tracks.features if tracks else 0)
        time = build_time_model(
            config.time.kind, width, config.time.layers, config.time.hidden, config.time.dropout
        )
        head = SpottingHead(
            time.features, len(classes), config.head.offset, config.head.radius, team, len(second)
        )
    if chosen.frozen:
        encoder.requires_grad_(False)
    return Spotter(encoder, neck, tracks, time, head)
