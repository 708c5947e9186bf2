"""SoccerNet's file names: everything that is known of a crop, in eight fields (challenge: three).

`bbox_idx-action_idx-person_uid-frame_idx-class-ID-UAI-HEIGHTxWIDTH.png`; the height stands before
the width.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from touchline.reid.crops import NOBODY, Crop

NAMED_FIELDS = 8
NAMELESS_FIELDS = 3


class Box(NamedTuple):
    """One box around a person, in SoccerNet's terms.

    Attributes:
        number: `bbox_idx`, the place in its list.
        action: `action_idx`, within the split.
        height: of the crop, in pixels.
        width: of the crop, in pixels.
        person: `person_uid`, unique over all splits; None in the challenge.
        frame: `frame_idx`, within the split; None in the challenge.
        role: `class`, e.g. `Player_team_left`.
        shirt: `ID`, the number on the shirt or a letter; the word `None` of those seen only once.
        origin: `UAI`, the box's name in SoccerNet-v3.
    """

    number: int
    action: int
    height: int
    width: int
    person: int | None = None
    frame: int | None = None
    role: str = ""
    shirt: str = ""
    origin: str = ""


def box_of(name: str) -> Box:
    """The box that a file name describes; the ending of the name does not matter.

    Raises:
        ValueError: with the reason in words, when it is no such name.

    >>> box_of("0-0-0-0-Player_team_left-None-000r000_004597cb000d-74x32.png").shirt
    'None'
    >>> box_of("340-17-115x51.png") == Box(number=340, action=17, height=115, width=51)
    True
    """
    fields = name.rpartition(".")[0].split("-")
    if len(fields) not in (NAMED_FIELDS, NAMELESS_FIELDS):
        raise ValueError(
            f"its name has {len(fields)} fields between '-', "
            f"not {NAMED_FIELDS} (or {NAMELESS_FIELDS} in the challenge)"
        )
    number, action = whole(fields[0], "bbox_idx"), whole(fields[1], "action_idx")
    height, width = _size_of(fields[-1])
    if len(fields) == NAMELESS_FIELDS:
        return Box(number, action, height, width)
    person, frame = whole(fields[2], "person_uid"), whole(fields[3], "frame_idx")
    return Box(number, action, height, width, person, frame, *fields[4:7])


def is_box_name(name: str) -> bool:
    """Whether a file name describes a box that is named."""
    try:
        return box_of(name).person is not None
    except ValueError:
        return False


def name_of(box: Box) -> str:
    """The file name of a box, which `box_of` reads back.

    >>> name_of(Box(340, 17, 115, 51))
    '340-17-115x51.png'
    >>> name_of(Box(2, 0, 74, 32, 5, 1, "Main_referee", "None", "000r000_00"))
    '2-0-5-1-Main_referee-None-000r000_00-74x32.png'
    """
    start, size = f"{box.number}-{box.action}", f"{box.height}x{box.width}.png"
    if box.person is None:
        return f"{start}-{size}"
    return f"{start}-{box.person}-{box.frame}-{box.role}-{box.shirt}-{box.origin}-{size}"


def crop_of_box(box: Box, folder: Path, name: str, number: int) -> Crop:
    """The crop of a box whose picture lies at `folder / name`.

    `name` begins with the match where it has folders enough: `LEAGUE/SEASON/GAME/ACTION/FILE`.
    """
    place, _, file = name.rpartition("/")
    return Crop(
        _inner(folder, place) / file, number, NOBODY if box.person is None else str(box.person),
        str(box.action), "" if box.frame is None else str(box.frame), box.role,
        place.rpartition("/")[0],
    )  # fmt: skip


@lru_cache(maxsize=1024)  # paths are slow to make, and crops of an action lie together
def _inner(folder: Path, place: str) -> Path:
    return folder / place


def whole(value: object, field: str) -> int:
    """A whole number from 0, which may be written in digits.

    Raises:
        ValueError: when it is anything else.

    >>> whole("017", "action_idx"), whole(4, "bbox_idx")
    (17, 4)
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise ValueError(f"{field} {value!r} is not a whole number from 0")


def _size_of(text: str) -> tuple[int, int]:
    height, cross, width = text.partition("x")
    try:
        size = whole(height, "height"), whole(width, "width")
    except ValueError:
        size = 0, 0
    if not cross or 0 in size:
        raise ValueError(f"size {text!r} is not HEIGHTxWIDTH")
    return size
