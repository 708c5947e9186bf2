"""Score a finished run on other annotated matches."""

import csv
from dataclasses import dataclass
from pathlib import Path

import torch

from touchline.errors import UsageError
from touchline.faults import Fault, first_of
from touchline.reporting.progress import say
from touchline.runs import Run, create_run
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import Footage, labelled_footage
from touchline.spotting.model import load_spotter
from touchline.spotting.predict import blocks_of_rows
from touchline.spotting.records import SPLIT_FILE, write_records
from touchline.spotting.report import write_report
from touchline.spotting.scoring import ScoredFootage, events_of, truth_of
from touchline.training.devices import DeviceName, PrecisionName


@dataclass(frozen=True)
class FreshFootage:
    """What a run can be scored on.

    Attributes:
        footage: annotated videos of matches that it has not seen.
        left_out: the names of those that it has.
        faults: what was broken.
    """

    footage: tuple[Footage, ...]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]


def evaluate(
    run: Run,
    data: Path,
    out: Path | None = None,
    device: DeviceName = "auto",
    precision: PrecisionName = "auto",
) -> Run:
    """Score a run on annotated matches, and report it as a scored run of its own.

    Matches that the run has learnt from or was chosen by, by name, are left out and named. Events
    of classes that the run does not know count as missed.

    Args:
        run: a finished run.
        data: annotated matches in any known layout.
        out: where the scores go; `runs/spotting/<date and time>` when None.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: no match with events is left to score.
    """
    spotter = load_spotter(run, device, precision)
    found = fresh_footage(run, data)
    if found.left_out:
        say(f"left out, for the run has seen them: {', '.join(found.left_out)}")
    rate, scorer = spotter.frames.rate, spotter.scorer
    scored = []
    for piece in found.footage:
        blocks = [torch.from_numpy(block) for block in blocks_of_rows(spotter, piece.video)]
        scored.append(ScoredFootage(piece, torch.cat(blocks).numpy()))
    labels = {event.label for piece in found.footage for event in piece.events}
    classes = (*spotter.classes, *sorted(labels - set(spotter.classes)))
    events = events_of(scored, spotter.classes, scorer.columns, rate, spotter.peaks)
    result = create_run("spotting", out)
    result.config.write_bytes(run.config.read_bytes())
    write_records(result, {"test": (truth_of(scored), events)}, classes, {
        "of_run": str(run.folder), "left_out": found.left_out,
    })  # fmt: skip
    result.write_json("manifest.json", {
        "of_run": str(run.folder),
        "faults": [fault.as_row() for fault in found.faults],
    })  # fmt: skip
    write_report(result)
    return result


def fresh_footage(run: Run, data: Path) -> FreshFootage:
    """The annotated videos of matches that a run has neither learnt from nor was chosen by.

    Raises:
        UsageError: there are none, or nothing happens in them.
    """
    config = resolve(SpottingConfig, run.config)
    found = labelled_footage(data, config.frames.height)
    seen = _matches_seen(run)
    fresh = tuple(piece for piece in found.footage if piece.match not in seen)
    if not any(piece.events for piece in fresh):
        raise UsageError(
            "annotated matches with video and events that the run has not learnt from",
            f"none in {data}"
            + first_of(found.faults),
            "Give other matches.",
        )  # fmt: skip
    left_out = sorted({piece.match for piece in found.footage} & seen)
    return FreshFootage(fresh, tuple(left_out), found.faults)


def _matches_seen(run: Run) -> set[str]:
    """The names of the matches in the run's training and validation splits."""
    try:
        text = run.file(SPLIT_FILE).read_text(encoding="utf-8")
    except OSError:
        return set()
    return {row["match"] for row in csv.DictReader(text.splitlines()) if row["split"] != "test"}
