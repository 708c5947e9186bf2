"""One list of SoccerNet crops (train, query or gallery): its files set against `bbox_info.json`.

Rankings refer to a query or gallery crop by its `bbox_idx`, which has to be its place in the list.
So these two are taken whole or refused; of train, what is broken is left out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from touchline.errors import UsageError
from touchline.faults import Fault, first_of
from touchline.reid.crops import Crop
from touchline.reid.reading.bbox_info import FIELDS, BoxList, ListName
from touchline.reid.reading.listing import pictures_below
from touchline.reid.reading.soccernet_names import Box, box_of, crop_of_box, name_of


class Found(NamedTuple):
    """What became of a list.

    Attributes:
        boxes: each with the path of its picture below the folder of the list.
        lost: crops that should be there, with the reason why they are not.
        told: all else that is wrong.
    """

    boxes: list[tuple[Box, str]]
    lost: list[Fault]
    told: list[Fault]


def read_list(
    folder: Path, name: ListName, official: BoxList | None
) -> tuple[tuple[Crop, ...], list[Fault]]:
    """The crops of a list in the order of their numbers, and what was broken.

    Args:
        folder: of the list, e.g. `valid/query`, or `train`.
        name: the list; `train` is numbered anew where something is left out.
        official: its part of `bbox_info.json`; where there is none, the file names alone count.

    Raises:
        UsageError: the numbering of a query or gallery list cannot be kept.
    """
    names = pictures_below(folder) if folder.is_dir() else []
    if official is None:
        found = _by_names(folder, names)
    else:
        found = _by_entries(folder, names, official, name)
    if name != "train":
        _require_numbering(folder, name, found)
    elif found.boxes and not found.lost:
        count, last = len(found.boxes), found.boxes[-1][0].number
        if last != count - 1:
            reason = f"{count} crops are numbered up to {last}; numbered anew"
            found.told.append(Fault(folder, "", reason))
    pairs = enumerate(found.boxes)
    crops = (crop_of_box(box, folder, path, place) for place, (box, path) in pairs)
    return tuple(crops), [*found.lost, *found.told]


def _by_names(folder: Path, names: Sequence[str]) -> Found:
    """What the file names alone say; of two with one number the second is lost."""
    boxes: dict[int, tuple[Box, str]] = {}
    lost: list[Fault] = []
    told: list[Fault] = []
    for path in names:
        try:
            box = box_of(path.rpartition("/")[2])
        except ValueError as error:
            told.append(Fault(folder / path, "", f"{error}; left out"))
            continue
        first = boxes.setdefault(box.number, (box, path))[1]
        if first != path:
            reason = f"has the number {box.number} of {first}; left out"
            lost.append(Fault(folder / path, "", reason))
    return Found([boxes[number] for number in sorted(boxes)], lost, told)


def _by_entries(folder: Path, names: Sequence[str], official: BoxList, name: ListName) -> Found:
    """The picture of each entry; one whose name says something else is found by its number."""
    over = set(names)
    paths: list[str | None] = []
    for box, place in official.entries:
        expected = f"{place}/{name_of(box)}" if place else name_of(box)
        paths.append(expected if expected in over else None)
        over.discard(expected)
    others = _by_names(folder, sorted(over))
    by_number = {box.number: (box, path) for box, path in others.boxes}
    found = Found([], list(official.lost), [*others.lost, *others.told])
    for (box, place), path in zip(official.entries, paths, strict=True):
        if path is not None:
            found.boxes.append((box, path))
        elif box.number in by_number:
            other, lying_at = by_number.pop(box.number)
            found.boxes.append((box, lying_at))
            found.told.extend(_disagreement(folder / lying_at, other, box))
        else:
            reason = f"there is no file {place}/{name_of(box)}; left out"
            found.lost.append(Fault(folder, f"{name} {box.number}", reason))
    reason = "is in no entry of bbox_info.json that can be used; left out"
    found.told.extend(Fault(folder / path, "", reason) for _, path in by_number.values())
    return found


def _disagreement(path: Path, said: Box, official: Box) -> list[Fault]:
    pairs = zip(FIELDS, said, official, strict=True)
    for field, one, two in pairs:
        if one != two and one not in (None, ""):
            reason = f"its name says {field} {one}, bbox_info.json {two}, which counts"
            return [Fault(path, "", reason)]
    return []  # it lies in another folder, has another ending or, in the challenge, tells less


def _require_numbering(folder: Path, name: ListName, found: Found) -> None:
    """Refuse a list that lacks a crop.

    Raises:
        UsageError: it does.
    """
    wanted = f"{name} crops numbered from 0 without a gap"
    next_step = "Rankings refer to these numbers: fetch the split again, or mend it."
    if found.lost:
        raise UsageError(wanted, str(found.lost[0]).removesuffix("; left out"), next_step)
    for place, (box, _) in enumerate(found.boxes):
        if box.number != place:
            raise UsageError(
                wanted, f"no number {place} in {folder}{first_of(found.told)}", next_step
            )
