"""Small sets of drawn poses as scores take them, and a quick stand-in for the network."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from touchline.demo import draw_photo
from touchline.media.framing import as_pixels, frame
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap, pair_classes
from touchline.synth.scores.scored_photos import ScoredPhotos

SIDE = 64
POSES = ("HandsOnHips-45deg-l", "HandsOnHips-45deg-r", "Head Shot")


def mirror() -> MirrorMap:
    return pair_classes(POSES)


@cache
def drawn(players: tuple[int, ...], photos: int, first: int = 0) -> ScoredPhotos:
    """As many photos of each player in each pose; a player is a group, a photo its own burst."""
    shots = [
        (place, player, number)
        for place in range(len(POSES))
        for player in players
        for number in range(first, first + photos)
    ]
    pixels = torch.stack([
        as_pixels(frame(draw_photo(POSES[place], player, number, 0, (72, 96)), SIDE, "letterbox"))
        for place, player, number in shots
    ])  # fmt: skip
    return ScoredPhotos(
        pixels,
        np.array([place for place, _, _ in shots]),
        np.array([f"p{player}" for _, player, _ in shots]),
        np.array([f"{place}/{player}/{number}" for place, player, number in shots]),
    )


class PooledPixels:
    """Stands in for an `Embedder`: the means of 4 x 4 cells, where left and right are plain."""

    def __call__(
        self, pixels: Tensor, views: Sequence[View] = (View(),), *, quiet: bool = False
    ) -> np.ndarray:
        del quiet
        ways = [pixels.flip(-1) if view.mirrored else pixels for view in views]
        pooled = [adaptive_avg_pool2d(way.float() / 255, 4).flatten(1) for way in ways]
        return np.stack([way.numpy() for way in pooled], axis=1)
