"""The names still free in the folders being sorted into, so that no two files ever collide."""

from collections import defaultdict
from collections.abc import Collection
from itertools import count
from pathlib import Path

from touchline.archive.names import name_key, stem_and_ending, suffixed
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings, sidecar_name
from touchline.files import sha256_of_file


class ReservedNames:
    """Names taken below `root`: by the files there, and by what has been reserved so far.

    Two names are one when some file system would take them for one. A photo never lands beside a
    sidecar that is not its own, so the names of its possible sidecars must be free as well.
    """

    def __init__(self, root: Path, ours: Collection[Path] = ()) -> None:
        """Files in `ours`, placed by an earlier run of the same sort, take no name."""
        self._root = root
        self._there = Siblings()
        self._ours = frozenset(ours)
        self._taken: dict[str, set[str]] = {}
        self._last_number: dict[tuple[str, str], int] = defaultdict(int)

    def place_of(self, source: Path, sha256: str, folder: str) -> str | None:
        """The name under which `folder` holds the source already: itself, a link or a copy."""
        there = self._there.names(self._root / folder)
        for number in count(1):
            name = suffixed(source.name, number)
            if name not in there:
                return None
            if _is_same(self._root / folder / name, source, sha256):
                return name
        raise AssertionError("count() does not end")

    def reserve(self, name: str, folder: str, *, has_stem_sidecar: bool = False) -> str:
        """Take `name`, or the first suffixed form of it that is free in `folder`.

        Args:
            name: the wanted file name.
            folder: the folder's name below the root.
            has_stem_sidecar: the photo brings a `photo.xmp`, so no file there may share its stem.
        """
        taken = self._taken_in(folder)
        numbers = count(self._last_number[folder, name] + 1)
        number = next(n for n in numbers if _is_free(suffixed(name, n), taken, has_stem_sidecar))
        self._last_number[folder, name] = number
        free = suffixed(name, number)
        self.take(free, folder)
        if has_stem_sidecar:
            self.take(sidecar_name(free, "adobe"), folder)
        return free

    def take(self, name: str, folder: str) -> None:
        """Count `name` in `folder` as taken from now on."""
        self._taken_in(folder).update((name_key(name), _stem_key(name)))

    def _taken_in(self, folder: str) -> set[str]:
        if folder not in self._taken:
            place = self._root / folder
            names = [name for name in self._there.names(place) if place / name not in self._ours]
            self._taken[folder] = set(map(name_key, names)) | set(map(_stem_key, names))
        return self._taken[folder]


def _is_free(name: str, taken: set[str], has_stem_sidecar: bool) -> bool:
    needed = [name, *(sidecar_name(name, style) for style in SIDECAR_STYLES)]
    if has_stem_sidecar and _stem_key(name) in taken:
        return False
    return not any(name_key(each) in taken for each in needed)


def _stem_key(name: str) -> str:
    """A key for a name's stem that no name's own key can equal."""
    return f"{stem_and_ending(name_key(name))[0]}/"


def _is_same(place: Path, source: Path, sha256: str) -> bool:
    """Whether `place` holds the source: itself, a link to it, or a copy of what was labelled."""
    try:
        if place.samefile(source):
            return True
        if place.is_symlink() or place.stat().st_size != source.stat().st_size:
            return False
        return place.is_file() and sha256_of_file(place) == sha256
    except OSError:
        return False
