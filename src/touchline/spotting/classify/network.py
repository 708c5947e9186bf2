"""The whole classifier of clips: an encoder of frames, pooling over all of them, one answer."""

import torch
from torch import Tensor, nn

from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.networks.clip_head import ClipHead
from touchline.spotting.networks.encoder import Encoder, build_encoder
from touchline.spotting.networks.map_neck import MapNeck, build_neck
from touchline.spotting.networks.stack_encoder import StackEncoder
from touchline.spotting.tracks.encoder import TrackEncoder

TRACK_FEATURES = 4
"""How many track features it looks at, from the first: those of Team 8 (seed 003, week 5)."""


class ClipClassifier(nn.Module):
    """Frames of whole clips in, logits of the classes out.

    Args:
        encoder: turns frames into features.
        neck: makes a vector of each map, where the encoder gives maps.
        tracks: lifts track features beside those of the frames, or None.
        head: pools over the clip and decides.
    """

    def __init__(
        self, encoder: Encoder, neck: MapNeck | None, tracks: TrackEncoder | None, head: ClipHead
    ) -> None:
        super().__init__()
        self.neck: MapNeck | None = neck
        self.encoder: Encoder = encoder
        self.tracks: TrackEncoder | None = tracks
        self.head: ClipHead = head

    def forward(self, frames: Tensor, tracks: Tensor | None = None) -> Tensor:
        """Logits `(batch, classes)` of frames `(batch, time, channels, height, width)`.

        Stacks are pooled over space and time at once; with tracks, which have no place in the
        picture, over time alone, as other encoders are.

        Args:
            frames: uint8, or floats in 0..255 where clips are mixed.
            tracks: `(batch, time, TRACK_FEATURES)`, where the classifier looks at tracks.
        """
        logits: Tensor
        if isinstance(self.encoder, StackEncoder) and self.tracks is None:
            logits = self.head(self.encoder.volume(frames))
            return logits
        features = self.encoder(frames)
        if self.neck is not None:
            features = self.neck(features)
        if self.tracks is not None:
            features = torch.cat([features, self.tracks(tracks)], dim=-1)
        logits = self.head(features)
        return logits


def build_clip_classifier(config: ClassifyConfig, classes: int) -> ClipClassifier:
    """The classifier that a configuration describes, with the weights it begins with.

    Args:
        config: the whole configuration.
        classes: how many there are.

    Raises:
        UsageError: for names or combinations that cannot be.
        EnvironmentMissingError: for weights that cannot be had on this machine.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        chosen = config.encoder
        encoder = build_encoder(
            **chosen.model_dump(exclude={"frozen", "neck", "neck_dropout"}), squeeze="clip",
            seed=config.seed,
        )  # fmt: skip
        neck = build_neck(encoder, chosen.neck, chosen.neck_dropout)
        tracks = TrackEncoder(TRACK_FEATURES) if config.tracks.detector != "none" else None
        width = (neck or encoder).features + (tracks.features if tracks else 0)
        head = config.head
        answer = ClipHead(head.pooling, width, classes, head.dropout, head.clusters)
    if config.encoder.frozen:
        encoder.requires_grad_(False)
    return ClipClassifier(encoder, neck, tracks, answer)
