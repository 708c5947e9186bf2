"""Market-1501 and what is laid out like it: `bounding_box_train`, `query`, `bounding_box_test`.

File names begin with the identity and the camera: `0002_c1s1_000451_03.jpg`. Boxes of identity -1
are junk, which no score counts, and are left out here, as everyone does; 0000 are distractors.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from touchline.faults import Fault
from touchline.reid.crops import NOBODY, Crop, CropData, Gallery
from touchline.reid.reading.listing import pictures_below

TRAIN, QUERY, GALLERY = "bounding_box_train", "query", "bounding_box_test"

_NAME = re.compile(r"(-1|\d+)_(c\d+).*", re.ASCII)


def is_market(folder: Path) -> bool:
    """Whether the folder is laid out as Market-1501."""
    return (folder / TRAIN).is_dir() or (folder / GALLERY).is_dir()


def read_market(folder: Path) -> CropData:
    """Read Market-1501: its train crops, and its queries and gallery as the split `test`.

    Identities compare everywhere, so actions are empty. The order is that of the file names.
    """
    faults: list[Fault] = []
    lists = {name: _read_list(folder / name, faults) for name in (TRAIN, QUERY, GALLERY)}
    train, queries, gallery = lists.values()
    for name, crops in lists.items():
        if (folder / name).is_dir() and not crops:
            faults.append(Fault(folder / name, "", "holds no crops"))
    if queries and gallery:
        return CropData(train, {"test": Gallery(queries, gallery)}, tuple(faults))
    if queries or gallery:
        faults.append(Fault(folder, "", f"{QUERY} and {GALLERY} need each other; not used as test"))
    return CropData(train, {}, tuple(faults))


def parse_name(name: str) -> tuple[str, str]:
    """Identity and camera of a file name; the identity of junk is -1, of a distractor `NOBODY`.

    Raises:
        ValueError: when it is no such name.

    >>> parse_name("0002_c1s1_000451_03.jpg"), parse_name("0000_c6s4_002352_01.jpg")
    (('0002', 'c1'), ('', 'c6'))
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(
            "its name does not begin with an identity and a camera, as 0002_c1s1_ does"
        )
    return found[1] if found[1].strip("0") else NOBODY, found[2]


def _read_list(folder: Path, faults: list[Fault]) -> tuple[Crop, ...]:
    if not folder.is_dir():
        return ()
    return tuple(
        Crop(path, number, identity, camera=camera)
        for number, (path, identity, camera) in enumerate(_named_pictures(folder, faults))
    )


def _named_pictures(folder: Path, faults: list[Fault]) -> Iterator[tuple[Path, str, str]]:
    """Path, identity and camera of all but the junk; what is no such name is added to `faults`."""
    for name in pictures_below(folder):
        try:
            identity, camera = parse_name(name.rpartition("/")[2])
        except ValueError as error:
            faults.append(Fault(folder / name, "", f"{error}; left out"))
            continue
        if identity != "-1":
            yield folder / name, identity, camera
