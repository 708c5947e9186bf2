"""Crops as a CSV: `path,identity`, and where known camera, action, role, match, split and kind."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from touchline.faults import Fault
from touchline.media.images import IMAGE_ENDINGS
from touchline.reid.crops import Crop, CropData, Gallery, SplitName
from touchline.reid.reading.crop_rows import read_crop_rows

SPLIT_SPELLINGS: dict[str, SplitName] = {
    "train": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test",
    "challenge": "challenge",
}  # fmt: skip
"""How a table may spell its splits, in any case, and our word for each."""

KINDS = ("query", "gallery")


def read_crop_table(path: Path) -> CropData:
    r"""The crops of a CSV, numbered in the order of its rows, and the rows that are broken.

    Paths are absolute or relative to the CSV, and `\` in them means `/`. An empty identity is
    nobody's. A row without a split is of train or, where it has a `kind` (query or gallery), of
    test. Where one row has an action, all need one. A file that is listed again counts once.

    Raises:
        UsageError: it cannot be read, lacks a column or has one that is not known.
    """
    rows = list(read_crop_rows(path))
    need_action = any(row["action"] for _, row in rows)
    names_in = cache(_names_in)
    lists: dict[tuple[SplitName, str], list[Crop]] = {}
    lines: dict[Path, int] = {}
    faults = []
    for line, row in rows:
        try:
            if need_action and not row["action"]:
                raise ValueError("has no action, though others have")
            key = _list_of(row)
            picture = _picture_of(row, path.parent, names_in)
            if (first := lines.setdefault(picture, line)) != line:
                raise ValueError(f"lists the file of line {first} again")
        except ValueError as error:
            faults.append(Fault(path, f"line {line}", f"{error}; left out"))
            continue
        crops = lists.setdefault(key, [])
        crops.append(
            Crop(
                picture, len(crops), row["identity"], row["action"], row["camera"], row["role"],
                row["match"],
            )
        )  # fmt: skip
    train = tuple(lists.pop(("train", ""), []))
    galleries = {}
    for split in dict.fromkeys(split for split, _ in lists):
        found = Gallery(*(tuple(lists.get((split, kind), [])) for kind in KINDS))
        if found.queries and found.gallery:
            galleries[split] = found
            continue
        lacking = "gallery" if found.queries else "query"
        faults.append(Fault(path, split, f"has no row of kind {lacking}; the split is not used"))
    return CropData(train, galleries, tuple(faults))


def _list_of(row: dict[str, str]) -> tuple[SplitName, str]:
    """Split and kind of a row; train has no kinds.

    Raises:
        ValueError: they are not known, or do not go together.
    """
    kind, told = row["kind"].casefold(), row["split"].casefold()
    if row[""]:
        raise ValueError("has more cells than the first line")
    if told and told not in SPLIT_SPELLINGS:
        raise ValueError(f"split {row['split']!r} is none of {', '.join(SPLIT_SPELLINGS)}")
    split = SPLIT_SPELLINGS.get(told, "test" if kind else "train")
    if split == "train" and kind:
        raise ValueError(f"kind {row['kind']!r} is for other splits than train")
    if split != "train" and kind not in KINDS:
        raise ValueError(f"kind {row['kind']!r} is neither query nor gallery")
    return split, kind


def _picture_of(
    row: dict[str, str], folder: Path, names_in: Callable[[Path], frozenset[str]]
) -> Path:
    """The picture a row names, known by its name to be there.

    Raises:
        ValueError: it is none, or not there.
    """
    if not row["path"]:
        raise ValueError("names no file")
    picture = Path(os.path.normpath(folder / row["path"].replace("\\", "/")))
    if picture.suffix.lower() not in IMAGE_ENDINGS:
        raise ValueError(f"{row['path']} is not an image")
    if picture.name not in names_in(picture.parent):
        raise ValueError(f"there is no file {row['path']}")
    return picture


def _names_in(folder: Path) -> frozenset[str]:
    """What lies in a folder; asking once a folder is far faster than once a file."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except (OSError, ValueError):
        return frozenset()
