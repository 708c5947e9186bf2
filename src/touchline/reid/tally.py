"""What became of the crops of a job, for people and for programs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.faults import Fault


@dataclass(frozen=True)
class Tally:
    """What became of the crops.

    Attributes:
        out: where the results are; None where they went to stdout.
        queries: how many were searched for.
        gallery: how many were searched in, or put into an index.
        faults: crops that could not be read.
        done: what was done, as a sentence without a full stop.
    """

    out: Path | None
    queries: int
    gallery: int
    faults: tuple[Fault, ...]
    done: str

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "out": str(self.out) if self.out else None, "queries": self.queries,
            "gallery": self.gallery, "faults": [fault.as_row() for fault in self.faults],
        }  # fmt: skip

    def describe(self) -> str:
        """For a terminal."""
        return self.done
