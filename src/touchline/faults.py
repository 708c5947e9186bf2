"""Something broken in the data: named, left out or put right, and said."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """Something broken in the data, left out or put right, and said.

    Attributes:
        path: the file it stands in.
        place: where in the file, e.g. `annotation 17`; empty for the whole file.
        reason: what is wrong and what was done about it.

    >>> str(Fault(Path("a.json"), "annotation 17", "left out: no position"))
    'a.json, annotation 17: left out: no position'
    """

    path: Path
    place: str
    reason: str

    @property
    def where(self) -> str:
        """File and place in words."""
        return f"{self.path}, {self.place}" if self.place else f"{self.path}"

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"

    def as_row(self) -> list[str]:
        """For JSON and tables: file (what is no UTF-8 in its name escaped), place, reason."""
        path = str(self.path).encode("utf-8", "backslashreplace").decode()
        return [path, self.place, self.reason]


def first_of(faults: Sequence[Fault]) -> str:
    """The first fault in brackets, to end a message with that one of them may explain; or nothing.

    >>> first_of([])
    ''
    """
    return f" ({faults[0]})" if faults else ""
