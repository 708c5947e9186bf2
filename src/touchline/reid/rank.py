"""Rankings of a whole split in a file, as SoccerNet's evaluation takes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.faults import Fault
from touchline.reid.galleries import embed_gallery, gallery_of
from touchline.reid.model import load_reidentifier
from touchline.reid.ranking.ranking_file import write_ranking
from touchline.runs import Run
from touchline.training.devices import DeviceName, PrecisionName


@dataclass(frozen=True)
class RankTally:
    """What was ranked.

    Attributes:
        out: the file of rankings.
        queries: how many queries are in it.
        gallery: how many gallery crops they were ranked from.
        faults: crops that could not be read; they are ranked last.
    """

    out: Path
    queries: int
    gallery: int
    faults: tuple[Fault, ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "out": str(self.out), "queries": self.queries, "gallery": self.gallery,
            "faults": [fault.as_row() for fault in self.faults],
        }  # fmt: skip

    def describe(self) -> str:
        """For a terminal."""
        return f"{self.queries} queries ranked over {self.gallery} gallery crops in {self.out}"


def rank_split(
    run: Run, data: Path, split: str, out: Path,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> RankTally:  # fmt: skip
    """Rank every query of a split, named or not, and write `out` whole or not at all.

    Args:
        run: a finished run.
        data: a data set in any known layout.
        split: `valid`, `test` or `challenge`.
        out: the JSON file.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: there is no such split.
    """
    found = load_reidentifier(run, device, precision)
    gallery = gallery_of(data, split)
    embedded = embed_gallery(found.extractor, gallery)
    write_ranking(out, embedded.ranked(), gallery)
    return RankTally(out, len(gallery.queries), len(gallery.gallery), embedded.faults)
