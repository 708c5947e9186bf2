"""Which XMP sidecar belongs to which photo: `photo.jpg.xmp`, or Adobe's `photo.xmp`.

Adobe's form names no extension, so `photo.xmp` beside `photo.jpg` and `photo.CR2` belongs to both.
"""

from collections import Counter
from pathlib import Path
from typing import Literal, get_args

from touchline.archive.names import name_key, stem_and_ending

SidecarStyle = Literal["photo.ext.xmp", "adobe"]
SIDECAR_STYLES: tuple[SidecarStyle, ...] = get_args(SidecarStyle)
SIDECAR_ENDING = ".xmp"


def sidecar_name(photo_name: str, style: SidecarStyle) -> str:
    """The sidecar's file name for a photo's file name.

    >>> sidecar_name("IMG_1.jpg", "photo.ext.xmp"), sidecar_name("IMG_1.jpg", "adobe")
    ('IMG_1.jpg.xmp', 'IMG_1.xmp')
    """
    stem = photo_name if style == "photo.ext.xmp" else stem_and_ending(photo_name)[0]
    return stem + SIDECAR_ENDING


class Siblings:
    """The names in folders, each folder read once; a folder that cannot be read has none."""

    def __init__(self) -> None:
        self._names: dict[Path, frozenset[str]] = {}
        self._stems: dict[Path, Counter[str]] = {}

    def names(self, folder: Path) -> frozenset[str]:
        """The names in `folder`."""
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(entry.name for entry in folder.iterdir())
            except (OSError, ValueError):  # a name with a zero byte names no folder
                self._names[folder] = frozenset()
        return self._names[folder]

    def sidecar(self, photo: Path, style: SidecarStyle) -> Path | None:
        """The photo's sidecar in this style where there is one, `.xmp` or `.XMP`; else None."""
        name = sidecar_name(photo.name, style)
        for spelling in (name, name.removesuffix(SIDECAR_ENDING) + SIDECAR_ENDING.upper()):
            if spelling in self.names(photo.parent) and spelling != photo.name:
                return photo.parent / spelling
        return None

    def is_shared(self, photo: Path) -> bool:
        """Whether other files beside the photo would take `photo.xmp` for theirs too."""
        if photo.parent not in self._stems:
            pairs = map(stem_and_ending, map(name_key, self.names(photo.parent)))
            self._stems[photo.parent] = Counter(
                stem for stem, ending in pairs if ending != SIDECAR_ENDING
            )
        return self._stems[photo.parent][stem_and_ending(name_key(photo.name))[0]] > 1
