"""A folder of class folders in, its photos and what was left out of them out.

Two layouts are known: `CLASS/photo.jpg`, with folders inside a class folder as deep as you like,
and `train/CLASS/photo.jpg` beside `valid`, `val`, `validation` or `test`.
"""

import heapq
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from touchline.media.folder_contents import SERVICE_FOLDERS
from touchline.photos.data import SPLIT_SPELLINGS, Photo, Rejected, why_not_a_photo


def read_folder(root: Path) -> tuple[list[Photo], list[Rejected]]:
    """The photos below `root`, in no order, and the files and folders that were left out.

    Names that start with `.` and `SERVICE_FOLDERS` are passed over in silence. Links are followed,
    but every folder is read once: under its own name where it has one below `root`, else under the
    first link to it. So links that lead in a circle end.

    The second layout is taken when there is a `train` folder and at least one other that is spelt
    as a split (`SPLIT_SPELLINGS`, in any case), and each of them has at least half of its photos in
    sub-folders. Classes that happen to be called `train` and `test` keep their photos directly in
    them, so they stay classes; and a class called `test` without one called `train` always does.
    """
    names, folders, rejected = _walk(root)
    splits = _split_folders(names, folders)
    photos = []
    for name in names:
        above = name.split("/")[:-1]
        split = splits.get(above[0], "") if above else ""
        inner = above[1:] if split else above
        if splits and above and not split:
            rejected.append(Rejected(root / name, f"lies outside {_listed(splits)}"))
        elif not inner:
            rejected.append(Rejected(root / name, "lies outside any class folder"))
        else:
            photos.append(Photo(root / name, name, inner[0], split))
    named = {item.path for item in rejected}
    empty = _without_photo(folders, photos, splits)
    rejected += [Rejected(root / f, "holds no photo") for f in empty if root / f not in named]
    return photos, rejected


def _walk(root: Path) -> tuple[list[str], list[str], list[Rejected]]:
    """Names of photos, names of folders, and what is neither, below `root`."""
    names: list[str] = []
    folders: list[str] = []
    rejected: list[Rejected] = []
    seen: set[tuple[int, int]] = set()
    waiting = [(False, "")]  # (is a link, name): links come last, so that real names win
    while waiting:
        _, folder = heapq.heappop(waiting)
        try:
            state = (root / folder).stat()
            with os.scandir(root / folder) as scan:
                entries = list(scan)
        except OSError as error:
            rejected.append(Rejected(root / folder, f"cannot be read: {error.strerror}"))
            continue
        if (state.st_dev, state.st_ino) in seen:
            rejected.append(Rejected(root / folder, "leads to a folder that is read already"))
            continue
        seen.add((state.st_dev, state.st_ino))
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith(".") or entry.name in SERVICE_FOLDERS:
                continue
            if _is_folder(entry):
                heapq.heappush(waiting, (entry.is_symlink(), name))
                folders.append(name)
            elif reason := why_not_a_photo(root / name):
                rejected.append(Rejected(root / name, reason))
            else:
                names.append(name)
    return names, folders, rejected


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself is neither folder nor file
        return False


def _split_folders(names: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
    """The top folders that are splits, each with our word for it; empty in the first layout."""
    splits = {
        folder: SPLIT_SPELLINGS[folder.lower()]
        for folder in folders
        if folder.lower() in SPLIT_SPELLINGS
    }
    if "train" not in splits.values() or len(set(splits.values())) < 2:
        return {}
    direct: Counter[str] = Counter()
    deep: Counter[str] = Counter()
    for name in names:
        top, _, rest = name.partition("/")
        (deep if "/" in rest else direct)[top] += 1
    return splits if all(deep[folder] >= direct[folder] for folder in splits) else {}


def _without_photo(
    folders: Iterable[str], photos: Iterable[Photo], splits: dict[str, str]
) -> list[str]:
    """Class folders, and split folders, that no photo lies below."""
    parts = [photo.name.split("/") for photo in photos]
    filled = {item[0] for item in parts} | {"/".join(item[:2]) for item in parts}
    parents = set(splits) or {""}
    expected = [f for f in folders if f in splits or f.rpartition("/")[0] in parents]
    return [folder for folder in expected if folder not in filled]


def _listed(splits: Iterable[str]) -> str:
    *first, last = sorted(splits)
    return f"{', '.join(first)} and {last}"
