"""Who is this: the crops of one folder searched for in another, or in an index."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop
from touchline.reid.distances import FeatureDistances
from touchline.reid.folder_vectors import pictures_in, vectors_of
from touchline.reid.index.opened import open_index
from touchline.reid.index.searching import search
from touchline.reid.matching.candidates import Match, identities_known
from touchline.reid.matching.match_files import json_lines_writer, recorded
from touchline.reid.matching.matching import match
from touchline.reid.matching.strips import write_strips
from touchline.reid.model import load_reidentifier
from touchline.reid.protocol import Protocol
from touchline.reid.sample import sample_folder
from touchline.reid.tally import Tally
from touchline.runs import Run
from touchline.training.devices import DeviceName, PrecisionName

MATCHES, STRIPS = "matches.csv", "matches.html"


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
    asked, known = pictures_in(queries), pictures_in(gallery)
    if by_action:
        _require_actions(asked)
    if dry_run:
        return Tally(
            None, len(asked), len(known), (), f"{len(asked)} queries and {len(known)} gallery crops"
        )
    _require_new(out)
    found = load_reidentifier(run, device, precision)
    seen, asked_vectors, faults = vectors_of(found, asked)
    there, known_vectors, more = vectors_of(found, known)
    protocol = Protocol("action" if by_action else "everything", "kept")
    matches = match(
        FeatureDistances(asked_vectors, known_vectors), seen, there, protocol, found.confidence, top
    )
    _write(matches, out, stdout, _called(run), known=identities_known(seen, there))
    return Tally(
        out, len(seen), len(there), (*faults, *more), _done(out, len(seen), len(there))
    )  # fmt: skip


def search_index(
    run: Run, index: Path, queries: Path, out: Path | None, stdout: TextIO, *, top: int,
    by_action: bool, device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Tally:  # fmt: skip
    """Find each query's likeliest crops in an index; arguments and errors as `match_folders`.

    Raises:
        UsageError: also when another network made the index.
    """
    asked = pictures_in(queries)
    if by_action:
        _require_actions(asked)
    _require_new(out)
    found = load_reidentifier(run, device, precision)
    opened = open_index(index, found.fingerprint)
    seen, vectors, faults = vectors_of(found, asked)
    matches = search(opened, seen, vectors, found.confidence, top, by_action=by_action)
    known = opened.named and any(crop.identity != NOBODY for crop in seen)
    _write(matches, out, stdout, _called(run), known=known)
    count = opened.facts.count
    return Tally(out, len(seen), count, faults, _done(out, len(seen), count))


def _require_actions(queries: Sequence[Crop]) -> None:
    without = [crop for crop in queries if not crop.action]
    if without:
        raise UsageError(
            "queries that belong to an action", f"{len(without)} without, e.g. {without[0].path}",
            "Leave out --group-by-action, or name the crops as SoccerNet does.",
        )  # fmt: skip


def _require_new(out: Path | None) -> None:
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("a new or empty folder", f"something at {out}", "Name another with --out.")


def _called(run: Run) -> str:
    """The run as people know it."""
    folder = run.folder.resolve()
    return "the sample" if folder == sample_folder().resolve() else f"the run {folder.name}"


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
    write_strips(out / STRIPS, written, "Matches", f"By {name}.", known=known)


def _done(out: Path | None, queries: int, gallery: int) -> str:
    where = f"; look at {out / STRIPS}" if out else ""
    return f"{queries} queries matched with {gallery} gallery crops{where}"
