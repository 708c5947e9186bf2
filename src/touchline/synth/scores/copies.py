"""Generated photos that are photos learnt from, or nearly so: each beside the nearest of those.

Two photos are compared as pictures of 8 x 8 cells, each without its mean: what differs, over the
contrast of the generated one. So noise, compression and brightness hardly count; mirror images of
training photos, which are training photos too, and small shifts are tried as well. How near is too
near is learnt from real photos: nearer than all but 1 in 100 of them are to any of another burst.

A network's features find copies worse: at 64 pixels noise of 5 % of the range, or a recompression,
moves a photo further in them than real photos lie apart (none of 60 such copies was found), while
new photos of the same players lie as near to old ones as copies that are shifted. Measured on 216
drawn photos, of 60 copies each: exact, mirrored, brightened by 15 %, shifted by 2 of 64 pixels,
noise of 5 and 10 %, JPEG of quality 30, all found; noise of 20 % 98 and JPEG of quality 10 93 in
100; noise of 40 % none. Of 216 new photos 2 to 3 in 100 were called copies; with only groups of
players for bursts 13 in 100 were: give `twins` where they are known.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, pad

from touchline.reporting.confidence import Score, wilson
from touchline.synth.scores.scored_photos import ScoredPhotos, check_pixels

CELLS = 8
SHIFT = 1 / 32
"""By how much of the side a copy may be moved either way."""
RARE = 0.01
"""Share of real photos that lie nearer to one of another burst than the threshold."""
SURELY = 0.05
"""What is nearer than this is a copy, however alike the real photos are."""
FAINTEST = 1e-3
"""Contrast below which a picture counts as empty."""
ROWS_A_BLOCK = 256


@dataclass(frozen=True)
class Copies:
    """Each generated photo's nearest photo among those learnt from.

    Attributes:
        nearest: `(n,)` its place among the photos learnt from.
        mirrored: `(n,)` whether its mirror image is the nearest.
        distance: `(n,)` root mean square difference of the two, low-passed, over the generated
            photo's contrast: 0 for a copy, about 1 for strangers.
        threshold: at this distance or below it a photo is a copy.
    """

    nearest: np.ndarray
    mirrored: np.ndarray
    distance: np.ndarray
    threshold: float

    @property
    def is_copy(self) -> np.ndarray:
        """`(n,)` whether each generated photo is a copy."""
        return np.asarray(self.distance <= self.threshold)

    @property
    def share(self) -> Score:
        """The share of copies with its Wilson interval."""
        return wilson(int(self.is_copy.sum()), len(self.distance))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the share and what it rests on."""
        return {
            "share": self.share.as_dict(), "threshold": self.threshold,
            "median_distance": float(np.median(self.distance)),
        }  # fmt: skip


def find_copies(samples: Tensor, training: ScoredPhotos) -> Copies:
    """Set each generated photo beside its nearest training photo.

    Args:
        samples: uint8 `(n, 3, side, side)`, n at least 2.
        training: the photos learnt from, of the same side; photos of one burst do not say how near
            two photos usually are. Where all are of one burst, only near identity is a copy.

    Raises:
        UsageError: fewer than two photos, or what are no photos.
    """
    check_pixels(samples)
    known = torch.cat([_cells(training.pixels), _cells(training.pixels.flip(-1))])
    place, distance = _nearest(samples, known, None)
    _, codes = np.unique(training.bursts, return_inverse=True)
    _, apart = _nearest(training.pixels, known, codes)
    among = apart[np.isfinite(apart)]
    usual = float(np.quantile(among, RARE)) if len(among) else 0.0
    count = len(training)
    return Copies(place % count, place >= count, distance, max(SURELY, usual))


def _nearest(
    pixels: Tensor, known: Tensor, bursts: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Place and distance of the nearest known picture of each photo, those of its burst left out.

    Args:
        pixels: uint8 photos.
        known: cells of photos and, behind them, of their mirror images.
        bursts: numbers of the bursts of the photos, which are then the known ones; None leaves
            nothing out.
    """
    places, distances = [], []
    for start in range(0, len(pixels), ROWS_A_BLOCK):
        rows = slice(start, start + ROWS_A_BLOCK)
        found = _distances(pixels[rows], known)
        if bursts is not None:
            found[torch.from_numpy(bursts[rows, None] == np.tile(bursts, 2)[None, :])] = torch.inf
        least = found.min(dim=1)
        places.append(least.indices)
        distances.append(least.values)
    return torch.cat(places).numpy(), torch.cat(distances).numpy()


def _distances(pixels: Tensor, known: Tensor) -> Tensor:
    """`(n, known)` at the best of nine shifts."""
    side, reach = pixels.shape[-1], max(1, round(pixels.shape[-1] * SHIFT))
    roomy = pad(pixels.float(), (reach,) * 4, mode="replicate")
    best = torch.full((len(pixels), len(known)), torch.inf)
    for down in (0, reach, 2 * reach):
        for right in (0, reach, 2 * reach):
            cells = _cells(roomy[..., down : down + side, right : right + side])
            contrast = cells.square().mean(dim=1, keepdim=True).sqrt().clamp(min=FAINTEST)
            differing = torch.cdist(cells, known) / cells.shape[1] ** 0.5
            best = torch.minimum(best, differing / contrast)
    return best


def _cells(pixels: Tensor) -> Tensor:
    """`(n, 3 x cells^2)` low-passed photos in [0, 1], less their mean."""
    values = adaptive_avg_pool2d(pixels.float() / 255, CELLS).flatten(1)
    return values - values.mean(dim=1, keepdim=True)
