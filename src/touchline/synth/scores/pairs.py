"""Generated photos beside the photos learnt from that are nearest to them, as pictures."""

from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from touchline.synth.scores.copies import Copies

PAIRS = "plots/pairs"
MOST_PAIRS = 48
GAP = 4
"""Pixels between the two photos of a pair, at the size they are."""


def write_pairs(
    folder: Path, samples: Tensor, training: Tensor, copies: Copies, most: int = MOST_PAIRS
) -> list[Path]:
    """Write the nearest pairs as `<sample>.png`: the generated photo left, its nearest right.

    A photo whose mirror image is the nearest is shown mirrored, so that the two look alike.

    Args:
        folder: where to; it is made. `PAIRS` below a run is where its report looks.
        samples: uint8 `(n, 3, side, side)`.
        training: uint8 `(m, 3, side, side)`.
        copies: of these samples among these training photos.
        most: how many pairs, the nearest first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for place in np.argsort(copies.distance, kind="stable")[:most].tolist():
        nearest = training[int(copies.nearest[place])]
        shown = nearest.flip(-1) if copies.mirrored[place] else nearest
        paths.append(folder / f"{place}.png")
        _pair(samples[place], shown).save(paths[-1])
    return paths


def _pair(left: Tensor, right: Tensor) -> Image.Image:
    side = left.shape[-1]
    picture = Image.new("RGB", (2 * side + GAP, side), "white")
    for number, pixels in enumerate((left, right)):
        tile = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
        picture.paste(tile, (number * (side + GAP), 0))
    return picture
