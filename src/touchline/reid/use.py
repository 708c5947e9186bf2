"""Galleries without labels as a person asks for them: two folders matched, an index searched."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reid.crops import NOBODY, Crop
from touchline.reid.distances import FeatureDistances, Features
from touchline.reid.extracting import extract
from touchline.reid.index.building import build_index
from touchline.reid.index.facts import Kind
from touchline.reid.index.opened import open_index
from touchline.reid.index.searching import search
from touchline.reid.matching.candidates import Match, identities_known
from touchline.reid.matching.match_files import json_lines_writer, recorded
from touchline.reid.matching.matching import match
from touchline.reid.matching.strips import write_strips
from touchline.reid.model import Reidentifier, load_reidentifier
from touchline.reid.protocol import Protocol
from touchline.reid.reading.plain_folders import crops_in
from touchline.runs import Run
from touchline.training.devices import DeviceName, PrecisionName

MATCHES, STRIPS = "matches.csv", "matches.html"
BLOCK = 4096
"""Crops whose vectors are made at once for an index."""


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


def match_folders(
    run: Run, queries: Path, gallery: Path, out: Path | None, stdout: TextIO, *, top: int,
    by_action: bool, device: DeviceName = "auto", precision: PrecisionName = "auto",
    dry_run: bool = False,
) -> Tally:  # fmt: skip
    """Find each query's likeliest crops in a gallery.

    Args:
        run: a finished run.
        queries: a folder of crops; where all have SoccerNet's names, who they are is known.
        gallery: likewise.
        out: a new folder for `matches.csv` and `matches.html`; None writes JSON lines to `stdout`.
        stdout: for those.
        top: candidates kept a query.
        by_action: compare only inside actions.
        device: where the network runs.
        precision: how it computes.
        dry_run: only count.

    Raises:
        UsageError: a folder without crops, a folder for results that holds something, or queries
            without an action where it is asked for.
    """
    asked, known = _crops(queries), _crops(gallery)
    if by_action:
        _require_actions(asked)
    if dry_run:
        return _dry(len(asked), len(known), f"{len(asked)} queries and {len(known)} gallery crops")
    _require_new(out)
    found = load_reidentifier(run, device, precision)
    seen, asked_vectors, faults = _vectors(found, asked)
    there, known_vectors, more = _vectors(found, known)
    protocol = Protocol("action" if by_action else "everything", "kept")
    matches = match(
        FeatureDistances(asked_vectors, known_vectors), seen, there, protocol, found.confidence, top
    )
    _write(matches, out, stdout, found.name, known=identities_known(seen, there))
    return Tally(
        out, len(seen), len(there), (*faults, *more), _done(out, len(seen), len(there))
    )  # fmt: skip


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
    crops = _crops(gallery)
    if dry_run:
        return _dry(0, len(crops), f"{len(crops)} crops would be put into {out}")
    found = load_reidentifier(run, device, precision)
    faults: list[Fault] = []

    def blocks() -> Iterator[tuple[Sequence[Crop], Features]]:
        for start in range(0, len(crops), BLOCK):
            readable, vectors, broken = _vectors(found, crops[start : start + BLOCK])
            faults.extend(broken)
            if readable:
                yield readable, vectors

    facts = build_index(blocks(), out, found.name, found.fingerprint, kinds[kind])
    return Tally(out, 0, facts.count, tuple(faults), f"{facts.describe()}; in {out}")


def search_index(
    run: Run, index: Path, queries: Path, out: Path | None, stdout: TextIO, *, top: int,
    by_action: bool, device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Tally:  # fmt: skip
    """Find each query's likeliest crops in an index; arguments and errors as `match_folders`.

    Raises:
        UsageError: also when another network made the index.
    """
    asked = _crops(queries)
    if by_action:
        _require_actions(asked)
    _require_new(out)
    found = load_reidentifier(run, device, precision)
    opened = open_index(index, found.fingerprint)
    seen, vectors, faults = _vectors(found, asked)
    matches = search(opened, seen, vectors, found.confidence, top, by_action=by_action)
    known = opened.named and any(crop.identity != NOBODY for crop in seen)
    _write(matches, out, stdout, found.name, known=known)
    count = opened.facts.count
    return Tally(out, len(seen), count, faults, _done(out, len(seen), count))


def _crops(folder: Path) -> tuple[Crop, ...]:
    if not folder.is_dir():
        raise UsageError("a folder of crops", f"no folder at {folder}", "Check the path.")
    crops, _ = crops_in(folder)
    if not crops:
        raise UsageError("crops of people", f"no pictures in {folder}", "Name another folder.")
    return crops


def _require_actions(queries: Sequence[Crop]) -> None:
    without = [crop for crop in queries if not crop.action]
    if without:
        raise UsageError(
            "queries that belong to an action", f"{len(without)} without, e.g. {without[0].path}",
            "Leave out --group-by-action, or name the crops as SoccerNet does.",
        )  # fmt: skip


def _vectors(
    found: Reidentifier, crops: Sequence[Crop]
) -> tuple[tuple[Crop, ...], Features, tuple[Fault, ...]]:
    """The crops that can be read, their vectors, and what is wrong with the others."""
    features, faults = extract(found.extractor, crops)
    good = ~np.isnan(features[:, 0])
    readable = tuple(crop for crop, fine in zip(crops, good, strict=True) if fine)
    return readable, features[good], faults


def _require_new(out: Path | None) -> None:
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("a new or empty folder", f"something at {out}", "Name another with --out.")


def _write(
    matches: Iterable[Match], out: Path | None, stdout: TextIO, name: str, *, known: bool
) -> None:
    if out is None:
        write = json_lines_writer(stdout, known)
        for each in matches:
            write(each)
        return
    out.mkdir(parents=True, exist_ok=True)
    written = recorded(out / MATCHES, matches, known=known)
    write_strips(out / STRIPS, written, "Matches", f"By the run {name}.", known=known)


def _done(out: Path | None, queries: int, gallery: int) -> str:
    where = f"; look at {out / STRIPS}" if out else ""
    return f"{queries} queries matched with {gallery} gallery crops{where}"


def _dry(queries: int, gallery: int, done: str) -> Tally:
    return Tally(None, queries, gallery, (), done)
