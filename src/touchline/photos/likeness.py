"""How alike two photos are, from their tiny copies: 1 for the same picture, about 0 for any two.

The likeness does not change with brightness or contrast, and allows for a small crop and a small
mark laid over one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.photos.fingerprint import CHROMA_SIDE, LUMA_SIDE, Fingerprint

CROP = 0.03
"""The share that may be cut off at each edge."""
MARK = (4, 8)
"""Height and width, in cells of 32, of the part that may differ (a watermark, a caption)."""
GREY = 4
"""A photo whose colour differences stay within this of grey (of 255) is black and white."""

_PAIRS_AT_ONCE = 512
_LUMA_CELLS = LUMA_SIDE * LUMA_SIDE
_CELLS_A_CHROMA_CELL = (LUMA_SIDE // CHROMA_SIDE) ** 2


@dataclass(frozen=True)
class TinyCopies:
    """The tiny copies of some photos.

    Attributes:
        luma: brightness, `(photos, 32, 32)`.
        chroma: colour differences around 0, `(photos, 2, 16, 16)`.
    """

    luma: np.ndarray
    chroma: np.ndarray

    def at(self, places: np.ndarray, mirrored: np.ndarray) -> "TinyCopies":
        """The copies at these places, as float32, those of them mirrored that shall be."""
        luma, chroma = (a[places].astype(np.float32) for a in (self.luma, self.chroma))
        luma[mirrored] = luma[mirrored, :, ::-1]
        chroma[mirrored] = chroma[mirrored, :, :, ::-1]
        return TinyCopies(luma, chroma)


def tiny_copies(fingerprints: Sequence[Fingerprint]) -> TinyCopies:
    """The tiny copies of photos, in bytes; about 1.5 kB a photo."""
    luma = np.frombuffer(b"".join(f.luma for f in fingerprints), np.uint8)
    chroma = np.frombuffer(b"".join(f.chroma for f in fingerprints), np.uint8)
    return TinyCopies(
        luma.reshape(-1, LUMA_SIDE, LUMA_SIDE),
        (chroma ^ 128).view(np.int8).reshape(-1, 2, CHROMA_SIDE, CHROMA_SIDE),
    )


def likeness(
    copies: TinyCopies, first: np.ndarray, second: np.ndarray, mirrored: np.ndarray
) -> np.ndarray:
    """The likeness of pairs of photos, each in [-1, 1], shape `(pairs,)`.

    It is the correlation of brightness and colour over all cells but one small window, where the
    two differ most; the best over small crops of the one or the other. Colour counts unless one of
    the two is black and white.

    Args:
        copies: the tiny copies of all photos.
        first, second: places of the photos of each pair, `(pairs,)`.
        mirrored: whether the first is to be mirrored before it is compared, `(pairs,)`, bool.
    """
    result = np.empty(len(first), np.float32)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        a = copies.at(first[part], mirrored[part])
        b = copies.at(second[part], np.zeros_like(mirrored[part]))
        grey = _is_grey(a) | _is_grey(b)
        a.chroma[grey] = b.chroma[grey] = 0
        result[part] = np.maximum(_best_crop(a, b), _best_crop(b, a))
    return result


def _is_grey(copies: TinyCopies) -> np.ndarray:
    return np.asarray(np.abs(copies.chroma).max(axis=(1, 2, 3)) <= GREY)


def _best_crop(cut: TinyCopies, whole: TinyCopies) -> np.ndarray:
    """The best correlation over crops of `cut`: first of rows, then, with these, of columns."""
    target = _vectors(whole)
    rows = np.stack([_correlation(_vectors(_resample(cut, r, 0)), target) for r in _CROPS])
    best_rows = rows.argmax(axis=0)
    best = rows.max(axis=0)
    for columns in _CROPS[1:]:
        best = np.maximum(best, _correlation(_vectors(_resample(cut, best_rows, columns)), target))
    return best


def _matrix(cells: int, low: float, high: float) -> np.ndarray:
    """Resamples the part from `low` to `high` (of 1) of a line of cells to as many cells."""
    x = np.clip((low + (np.arange(cells) + 0.5) / cells * (high - low)) * cells - 0.5, 0, cells - 1)
    left = np.minimum(x.astype(int), cells - 2)
    matrix = np.zeros((cells, cells), np.float32)
    matrix[np.arange(cells), left] = 1 - (x - left)
    matrix[np.arange(cells), left + 1] += x - left
    return matrix
