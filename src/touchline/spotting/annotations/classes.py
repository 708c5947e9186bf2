"""Which classes there are, in which order, and how their names may be spelt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from touchline.faults import Fault

CLASS_FILE = "class.txt"

BALL_CLASSES = (
    "PASS", "DRIVE", "HEADER", "HIGH PASS", "OUT", "CROSS", "THROW IN", "SHOT",
    "BALL PLAYER BLOCK", "PLAYER SUCCESSFUL TACKLE", "FREE KICK", "GOAL",
)  # fmt: skip
"""SoccerNet's ball actions in the order of its `class.txt`."""


@dataclass(frozen=True)
class KnownClasses:
    """The classes of a `class.txt`; with no names every label is welcome."""

    names: tuple[str, ...] = ()

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {_spelling(name): name for name in self.names}

    def name_of(self, label: object) -> str:
        """The class that a label names, whatever its case, `_` standing for a space.

        Raises:
            ValueError: when it is missing, is no text or names none of the classes.

        >>> KnownClasses(("PASS", "HIGH PASS")).name_of("high_pass")
        'HIGH PASS'
        """
        if label is None or label == "":
            raise ValueError("has no label")
        if not isinstance(label, str) or not label.strip():
            raise ValueError(f"label {label!r} is no text")
        if not self.names:
            return label.strip()
        name = self._by_spelling.get(_spelling(label))
        if name is None:
            raise ValueError(f"label {label!r} is not in {CLASS_FILE}")
        return name


ANY_CLASS = KnownClasses()
"""Without a list of classes, every label is one."""


def read_classes(folder: Path) -> tuple[KnownClasses, tuple[Fault, ...]]:
    """The classes of the folder's `class.txt`, one a line; none, and no fault, without the file."""
    path = folder / CLASS_FILE
    if not path.is_file():
        return ANY_CLASS, ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        return ANY_CLASS, (Fault(path, "", f"cannot be read ({error}); not used"),)
    names = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not names:
        return ANY_CLASS, (Fault(path, "", "names no class; not used"),)
    return KnownClasses(names), ()


def class_order(labels: Iterable[str], known: Sequence[str] = BALL_CLASSES) -> tuple[str, ...]:
    """The different labels: those of SoccerNet in its order, then the others by the alphabet.

    >>> class_order(["SAVE", "OUT", "CARD", "PASS", "OUT"])
    ('PASS', 'OUT', 'CARD', 'SAVE')
    """
    found = set(labels)
    return (*(name for name in known if name in found), *sorted(found - set(known)))


def _spelling(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
