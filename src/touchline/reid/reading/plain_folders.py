"""Folders of crops without a list: of people nobody has named, or a folder for each person."""

from pathlib import Path

from touchline.faults import Fault
from touchline.reid.crops import Crop, CropData
from touchline.reid.reading.listing import pictures_below
from touchline.reid.reading.soccernet_names import box_of, crop_of_box


def crops_in(folder: Path) -> tuple[tuple[Crop, ...], tuple[Fault, ...]]:
    """All pictures below a folder, in the order of their paths, numbered from 0.

    Where all of them have SoccerNet's names, what these say is told: action, role, person. Else
    nothing is known of the crops. Whether a picture can be decoded is found out when it is.

    Returns:
        The crops; a fault where there are none.

    Raises:
        UsageError: the folder cannot be read.
    """
    names = pictures_below(folder)
    faults = () if names else (Fault(folder, "", "holds no pictures"),)
    try:
        boxes = [box_of(name.rpartition("/")[2]) for name in names]
    except ValueError:
        return tuple(Crop(folder / name, place) for place, name in enumerate(names)), faults
    pairs = zip(boxes, names, strict=True)
    return tuple(
        crop_of_box(box, folder, name, place) for place, (box, name) in enumerate(pairs)
    ), faults


def holds_people(folder: Path) -> bool:
    """Whether the folder, or `train` in it, holds a folder of pictures for at least two people."""
    names = pictures_below(_base(folder))
    return len({name.partition("/")[0] for name in names if "/" in name}) > 1


def read_people(folder: Path) -> CropData:
    """Train crops from a folder for each person, whose name is the identity.

    Identities compare everywhere. Other splits are not read from such folders: which of their
    crops are queries is not told.

    Raises:
        UsageError: the folder cannot be read.
    """
    base = _base(folder)
    names = pictures_below(base)
    inside = [name for name in names if "/" in name]
    faults = [
        Fault(base / name, "", "lies outside any person's folder; left out")
        for name in names
        if "/" not in name
    ]
    if base != folder:
        reason = "is not read; a CSV with split and kind says which of its crops are queries"
        others = (folder / name for name in ("valid", "val", "validation", "test"))
        faults += (Fault(other, "", reason) for other in others if other.is_dir())
    train = (Crop(base / name, n, name.partition("/")[0]) for n, name in enumerate(inside))
    return CropData(tuple(train), {}, tuple(faults))


def _base(folder: Path) -> Path:
    return folder / "train" if (folder / "train").is_dir() else folder
