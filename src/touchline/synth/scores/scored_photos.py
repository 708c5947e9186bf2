"""Photos as scores take them: pixels, classes, and which of them belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from touchline.errors import UsageError


@dataclass(frozen=True)
class ScoredPhotos:
    """Real photos at the size of the generated ones.

    Attributes:
        pixels: uint8 `(n, 3, side, side)`, on the CPU.
        labels: `(n,)` places of classes.
        groups: `(n,)` keys, the same for photos of one burst or player; they are no independent
            witnesses, so intervals are computed over whole groups. A photo that stands alone has a
            key of its own; equal keys in two sets of photos mean the same group.
        twins: `(n,)` keys, the same for copies and shots of one burst only; such photos do not say
            how near to each other two photos usually are. Empty takes the groups.

    Raises:
        UsageError: fewer than two photos, or what are no photos.
        ValueError: the lengths differ.
    """

    pixels: Tensor
    labels: np.ndarray
    groups: np.ndarray
    twins: np.ndarray = field(default_factory=lambda: np.empty(0, int))

    def __post_init__(self) -> None:
        check_pixels(self.pixels)
        lengths = {len(self.pixels), len(self.labels), len(self.groups)}
        if len(lengths | ({len(self.twins)} if len(self.twins) else set())) > 1:
            raise ValueError(f"pixels, labels, groups and twins of lengths {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def bursts(self) -> np.ndarray:
        """`(n,)` the twins where they are known, else the groups."""
        return self.twins if len(self.twins) else self.groups

    def take(self, places: np.ndarray) -> "ScoredPhotos":
        """The same for some photos only, given by their places or a mask."""
        rows = np.arange(len(self))[places]
        twins = self.twins[rows] if len(self.twins) else self.twins
        return ScoredPhotos(
            self.pixels[torch.from_numpy(rows)], self.labels[rows], self.groups[rows], twins
        )


def check_pixels(pixels: Tensor) -> None:
    """Refuse what are no photos.

    Raises:
        UsageError: not uint8 of shape `(n, 3, side, side)`, or fewer than two.
    """
    square = pixels.ndim == 4 and pixels.shape[1] == 3 and pixels.shape[2] == pixels.shape[3]
    if pixels.dtype != torch.uint8 or not square:
        raise UsageError(
            "photos as uint8 of shape (n, 3, side, side)",
            f"{str(pixels.dtype).removeprefix('torch.')} of shape {tuple(pixels.shape)}",
            "Bring all photos to one square size.",
        )  # fmt: skip
    require_two(pixels, "photos to score")


def require_two(items: Sequence[object] | np.ndarray | Tensor, what: str) -> None:
    """Refuse sets in which no two photos can be compared.

    Raises:
        UsageError: fewer than two.
    """
    if len(items) < 2:
        raise UsageError(f"at least 2 {what}", f"{len(items)}", "Add photos.")
