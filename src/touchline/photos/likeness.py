"""How alike two photos are, from their tiny copies: 1 for the same picture, about 0 for any two.

The likeness does not change with brightness or contrast, and allows for a small crop and a small
mark laid over one of the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from touchline.photos.fingerprint import CHROMA_SIDE, LUMA_SIDE, Fingerprint

CROP = 0.03
"""The share that may be cut off at each edge."""
MARK = (4, 8)
"""Height and width, in cells of 32, of the part that may differ (a watermark, a caption)."""
GREY = 4
"""A photo whose colour differences stay within this of grey (of 255) is black and white."""

_PAIRS_AT_ONCE = 256
_TINY = 1e-6
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
        first: the place of each pair's first photo, `(pairs,)`.
        second: the place of its second photo, `(pairs,)`.
        mirrored: whether the first is to be mirrored before it is compared, `(pairs,)`, bool.
    """
    result = np.empty(len(first), np.float32)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        a = copies.at(first[part], mirrored[part])
        b = copies.at(second[part], np.zeros_like(mirrored[part]))
        grey = _is_grey(a) | _is_grey(b)
        a.chroma[grey] = b.chroma[grey] = 0
        uncut = _correlation(a, b)
        cropped = _correlation(_best_crop(a, b), b), _correlation(a, _best_crop(b, a))
        result[part] = np.maximum(uncut, np.maximum(*cropped))
    return result


def _is_grey(copies: TinyCopies) -> np.ndarray:
    return np.asarray(np.abs(copies.chroma).max(axis=(1, 2, 3)) <= GREY)


def _best_crop(cut: TinyCopies, whole: TinyCopies) -> TinyCopies:
    """The crop of each of `cut` that is most like `whole` by its brightness.

    The crop of the rows is chosen first, then, with these, that of the columns.
    """
    target = whole.luma.reshape(len(whole.luma), -1)
    target = target - target.mean(axis=1, keepdims=True)
    pairs = np.arange(len(target))
    by_rows = np.stack([matrix @ cut.luma for matrix in _LUMA_CROPS])
    rows = np.argmax([_luma_correlation(luma, target) for luma in by_rows], axis=0)
    kept = by_rows[rows, pairs]
    by_columns = np.stack([kept @ matrix.T for matrix in _LUMA_CROPS])
    columns = np.argmax([_luma_correlation(luma, target) for luma in by_columns], axis=0)
    chroma = _CHROMA_CROPS[rows][:, None] @ cut.chroma
    return TinyCopies(
        by_columns[columns, pairs], chroma @ _CHROMA_CROPS[columns][:, None].swapaxes(2, 3)
    )


def _luma_correlation(luma: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Correlation with a target that is centred already, up to a positive factor each pair."""
    luma = luma.reshape(target.shape)
    variance = np.einsum("ij,ij->i", luma, luma) - luma.sum(axis=1) ** 2 / _LUMA_CELLS
    return np.asarray(np.einsum("ij,ij->i", luma, target) / np.sqrt(np.maximum(variance, _TINY)))


def _correlation(first: TinyCopies, second: TinyCopies) -> np.ndarray:
    """Correlation over all cells but the window where the two differ most, `(pairs,)`."""
    x, y = _centred(first), _centred(second)
    sums = np.stack([_blocks(x.luma), _blocks(y.luma), _dots(x, x), _dots(y, y), _dots(x, y)])
    xx, yy = np.maximum(sums[2:4].sum(axis=(2, 3), keepdims=True), _TINY)
    difference = sums[2] / xx + sums[3] / yy - 2 * sums[4] / np.sqrt(xx * yy)
    x_, y_, xx, yy, xy = sums.sum(axis=(2, 3)) - _in_worst_window(sums, difference)
    cells = _LUMA_CELLS - MARK[0] * MARK[1]
    spread = np.sqrt(np.maximum(xx - x_**2 / cells, 0) * np.maximum(yy - y_**2 / cells, 0))
    return np.asarray((xy - x_ * y_ / cells) / np.maximum(spread, _TINY))


def _in_worst_window(sums: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """How much of each of the `sums` lies in each pair's window of greatest difference.

    Args:
        sums: `(sums, pairs, 16, 16)`.
        difference: `(pairs, 16, 16)`.
    """
    shape = MARK[0] // 2, MARK[1] // 2
    windows = sliding_window_view(difference, shape, axis=(1, 2)).sum(axis=(3, 4))
    row, column = np.divmod(windows.reshape(len(windows), -1).argmax(axis=1), windows.shape[2])
    inside = sliding_window_view(sums, shape, axis=(2, 3))[:, np.arange(len(row)), row, column]
    return np.asarray(inside.sum(axis=(2, 3)))


def _centred(copies: TinyCopies) -> TinyCopies:
    """Brightness around 0; colour is around grey already, and a cast of it is to count."""
    return TinyCopies(copies.luma - copies.luma.mean(axis=(1, 2), keepdims=True), copies.chroma)


def _dots(first: TinyCopies, second: TinyCopies) -> np.ndarray:
    """Products of two copies summed over each chroma cell, `(pairs, 16, 16)`."""
    colour = (first.chroma * second.chroma).sum(axis=1)
    return np.asarray(_blocks(first.luma * second.luma) + _CELLS_A_CHROMA_CELL * colour)


def _blocks(luma: np.ndarray) -> np.ndarray:
    """Sums of 2 x 2 cells: brightness on the grid of the colours."""
    rows = luma[:, ::2] + luma[:, 1::2]
    return np.asarray(rows[:, :, ::2] + rows[:, :, 1::2])


def _resampling(cells: int) -> np.ndarray:
    """For each crop the matrix that stretches what it keeps of a line of cells over all of them."""
    matrices = np.zeros((len(_KEPT), cells, cells), np.float32)
    for matrix, (low, high) in zip(matrices, _KEPT, strict=True):
        centres = low + (np.arange(cells) + 0.5) / cells * (high - low)
        x = np.clip(centres * cells - 0.5, 0, cells - 1)
        left = np.minimum(x.astype(int), cells - 2)
        matrix[np.arange(cells), left] = 1 - (x - left)
        matrix[np.arange(cells), left + 1] += x - left
    return matrices


_KEPT = ((0, 1), (CROP, 1), (0, 1 - CROP), (CROP, 1 - CROP), (CROP / 2, 1 - CROP / 2))
_LUMA_CROPS, _CHROMA_CROPS = _resampling(LUMA_SIDE), _resampling(CHROMA_SIDE)
