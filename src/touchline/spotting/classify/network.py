"""The whole classifier of clips: an encoder of frames, pooling over all of them, one answer."""

import torch
from torch import Tensor, nn

from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.networks.clip_head import ClipHead
from touchline.spotting.networks.encoder import Encoder, build_encoder
from touchline.spotting.networks.stack_encoder import StackEncoder
from touchline.spotting.tracks.encoder import TrackEncoder

TRACK_FEATURES = 4
"""How many track features it looks at, from the first: those of Team 8 (seed 003, week 5)."""


class ClipClassifier(nn.Module):
    """Frames of whole clips in, logits of the classes out.

    Args:
        encoder: turns frames into features.
        tracks: lifts track features beside those of the frames, or None.
        head: pools over the clip and decides.
    """

    def __init__(self, encoder: Encoder, tracks: TrackEncoder | None, head: ClipHead) -> None:
        super().__init__()
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
        if self.tracks is not None:
            logits = self.head(torch.cat([self.encoder(frames), self.tracks(tracks)], dim=-1))
        elif isinstance(self.encoder, StackEncoder):
            logits = self.head(self.encoder.volume(frames))
        else:
            logits = self.head(self.encoder(frames))
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
        chosen = config.encoder.model_dump(exclude={"frozen"})
        encoder = build_encoder(**chosen, squeeze="clip", seed=config.seed)
        tracks = TrackEncoder(TRACK_FEATURES) if config.tracks.detector != "none" else None
        width = encoder.features + (tracks.features if tracks else 0)
        head = config.head
        answer = ClipHead(head.pooling, width, classes, head.dropout, head.clusters)
    if config.encoder.frozen:
        encoder.requires_grad_(False)
    return ClipClassifier(encoder, tracks, answer)
