"""The vectors of a folder of crops kept in an index on disk."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reid.crops import Crop
from touchline.reid.distances import Features
from touchline.reid.folder_vectors import pictures_in, vectors_of
from touchline.reid.index.building import build_index
from touchline.reid.index.facts import Kind
from touchline.reid.model import load_reidentifier
from touchline.reid.tally import Tally
from touchline.runs import Run
from touchline.training.devices import DeviceName, PrecisionName

BLOCK = 4096
"""Crops whose vectors are made at once for an index."""


def index_gallery(
    run: Run, gallery: Path, out: Path, *, kind: str, device: DeviceName = "auto",
    precision: PrecisionName = "auto", dry_run: bool = False,
) -> Tally:  # fmt: skip
    """Keep the vectors of a folder of crops in a new index; what cannot be read is left out.

    Args:
        run: a finished run.
        gallery: a folder of crops.
        out: a new folder.
        kind: `flat` or `ivf`.
        device: where the network runs.
        precision: how it computes.
        dry_run: only count.

    Raises:
        UsageError: an unknown kind, a folder without crops, or as `build_index`.
    """
    kinds: dict[str, Kind] = {"flat": "flat", "ivf": "ivf"}
    if kind not in kinds:
        raise UsageError(f"one of {', '.join(kinds)}", kind, "Choose one with --kind.")
    crops = pictures_in(gallery)
    if dry_run:
        return Tally(None, 0, len(crops), (), f"{len(crops)} crops would be put into {out}")
    found = load_reidentifier(run, device, precision)
    faults: list[Fault] = []

    def blocks() -> Iterator[tuple[Sequence[Crop], Features]]:
        for start in range(0, len(crops), BLOCK):
            readable, vectors, broken = vectors_of(found, crops[start : start + BLOCK])
            faults.extend(broken)
            if readable:
                yield readable, vectors

    facts = build_index(blocks(), out, found.name, found.fingerprint, kinds[kind])
    return Tally(out, 0, facts.count, tuple(faults), f"{facts.describe()}; in {out}")
