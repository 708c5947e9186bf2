"""What a set of photos is: where each lies, its class, and what is known to keep photos together.

`touchline.photos.reading` makes sets from folders and tables; everything after it reads only these
values.
"""

import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from touchline.media.images import IMAGE_ENDINGS

SPLIT_SPELLINGS = {
    "train": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test",
}  # fmt: skip
"""How data sets spell their splits (in lower case), and the one word we use for each."""

_IGNORED_IN_CLASS_NAMES = str.maketrans("", "", "_-")


@dataclass(frozen=True)
class Photo:
    """One photo that can be learnt from or scored.

    Attributes:
        path: the file.
        name: its path relative to the set's root with `/` between folders: its key in every table.
        label: its class; empty when it has none.
        split: `train`, `valid` or `test` where the data says so; else empty.
        group: photos of one group (burst, player, given column) must stay together; else empty.
    """

    path: Path
    name: str
    label: str = ""
    split: str = ""
    group: str = ""


@dataclass(frozen=True)
class Rejected:
    """A file or folder that was left out, and why, in words."""

    path: Path
    reason: str


@dataclass(frozen=True)
class PhotoSet:
    """Photos in order of their names, and what was left out or spelt anew.

    Attributes:
        root: the folder that the photos' names start from.
        photos: the photos, each name once.
        rejected: what was left out, in order of paths.
        merged: class names that were another spelling of a class: (spelling found, spelling used).
    """

    root: Path
    photos: tuple[Photo, ...]
    rejected: tuple[Rejected, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, sorted; photos without a class count for none."""
        return tuple(sorted({photo.label for photo in self.photos if photo.label}))


def class_key(label: str) -> str:
    """What two spellings of one class have in common: case, spaces, `_` and `-` do not count.

    >>> class_key("Full Body") == class_key("full_body") == class_key("FULL-body ")
    True
    >>> class_key("HandsOnHips-90-deg-l") == class_key("HandsOnHips-90deg-r")
    False
    """
    plain = unicodedata.normalize("NFC", label).casefold()
    return "".join(plain.translate(_IGNORED_IN_CLASS_NAMES).split()) or label


def why_not_a_photo(path: Path) -> str:
    """Why a file cannot be one of the photos, judged without opening it; empty when it may be.

    Whether its pixels can be decoded is another question, asked when it is decoded.
    """
    ending = path.suffix.lower()
    if ending not in IMAGE_ENDINGS:
        return f"not an image ({ending or 'no ending'})"
    try:
        str(path).encode()
        state = path.stat()
    except ValueError:  # bytes that are no text, or a zero byte
        return "its name is not valid text"
    except FileNotFoundError:
        return "there is no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not stat.S_ISREG(state.st_mode):
        return "not a file"
    return "" if state.st_size else "the file is empty"
