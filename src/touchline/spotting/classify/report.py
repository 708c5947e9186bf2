"""A scored classifier of clips for people: one HTML page, and a few lines for the terminal.

Everything is worked out again from the run's files, so that a report can be made at any time. The
test comes first; figures of the validation clips are named as what the epoch was chosen on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from touchline.reporting.faults_section import faults_section
from touchline.reporting.page import Fact, Facts, Page, Section, Text, write_page
from touchline.reporting.tables import Table, format_cell, format_value
from touchline.runs import Run
from touchline.spotting.classify.records import SAID_FROM, ScoredClips, read_records
from touchline.spotting.metrics.support import TOO_FEW, TOO_FEW_TEXT, share_text
from touchline.spotting.scoring import MONITORED
from touchline.training.history import best_epoch, read_rows

REPORT = "report.html"
WORST_SHOWN = 30
HEADINGS = {"test": "Test clips", "valid": "Validation clips (chosen on)"}
CHOSEN_ON = "The epoch was chosen on these clips, so the figures flatter."
WINDOWS = (
    "The matches are cut into clips of one length, side by side and each scored once. A clip is "
    "right about a class when it says that the class happens in it exactly where it does; a class "
    f"is said from a confidence of {SAID_FROM:.0%} on.",
)
EVENTS = (
    "A clip runs from one event to the next and a little beyond, and its label is the event it "
    "begins with; the most confident class is the one said. The next event is in the picture too, "
    "so some labels are ambiguous by the way the clips are made.",
)
MEANING = (
    "For each class, average precision is the area under precision over recall as clips are ranked "
    "by confidence, as scikit-learn has it; mAP is its mean over the classes that occur. Intervals "
    "draw whole minutes of play.",
    f"The AP of a class with fewer than {TOO_FEW} true clips says next to nothing, and a mean that "
    "holds it can move by points on one hit.",
)


def write_report(run: Run) -> Path:
    """Write `report.html`.

    Raises:
        UsageError: when the run is not finished.
    """
    parts = read_records(run)
    name = next(iter(parts))
    headline = parts[name]
    warning = () if name == "test" else (f"No match was held out to test on. {CHOSEN_ON}",)
    kind = EVENTS if headline.one_label else WINDOWS
    sections = [
        Section(HEADINGS[name], (_facts(headline), Text((*warning, *kind, *MEANING)))),
        Section("Classes", (_class_table(headline),)),
        Section("Worst clips", (_worst_clips(headline),)),
        *(
            Section(HEADINGS[other], (Text((CHOSEN_ON,)), _facts(part), _class_table(part)))
            for other, part in parts.items()
            if other != name
        ),
        *_training_section(run),
        *_faults_section(run),
    ]
    title = f"Classifier of clips: {run.folder.name}"
    matches = headline.table["match"].nunique()
    subtitle = f"Scored on {len(headline.table):,} clips of {matches} matches"
    return write_page(Page(title, tuple(sections), subtitle), run.file(REPORT))


def describe(run: Run) -> str:
    """The run in a few lines for a terminal."""
    lines = []
    for name, part in read_records(run).items():
        facts = _facts(part).facts
        width = max(len(fact.name) for fact in facts)
        lines.append(HEADINGS[name])
        lines += [
            f"  {fact.name:<{width}}  {format_cell(fact.value)}"
            + (f" ({fact.note})" if fact.note else "")
            for fact in facts
        ]
    return "\n".join([*lines, f"Report  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The run for programs: where it is, and all its scores."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _facts(part: ScoredClips) -> Facts:
    """The headline figures, each beside what is reached without looking."""
    scores = part.scores
    chance = f"ranking at random {share_text(scores.baseline_mean_ap)}"
    majority = f"always the most frequent class {format_value(scores.baseline_majority)}"
    if not part.one_label:
        majority += f", never any {format_value(part.baseline_nothing)}"
    right = "Accuracy" if part.one_label else "Clips with every label right"
    return Facts((
        *(Fact(name, score, chance if place == 0 else "")
          for place, (name, score) in enumerate(scores.means.items())),
        Fact(right, scores.micro_accuracy, majority),
        Fact("Accuracy by class, averaged", scores.macro_accuracy),
        Fact("F1, all labels together", scores.micro_f1),
        Fact("F1 by class, averaged", scores.macro_f1),
        Fact("Clips", len(part.table)),
    ))  # fmt: skip


def _class_table(part: ScoredClips) -> Table:
    scores = part.scores
    columns = ("class", "true clips", "", "average precision", "precision", "recall", "F1")
    by_class = zip(scores.classes, scores.average_precision, scores.per_class, strict=True)
    return Table(columns, tuple(
        (
            label, area.n, TOO_FEW_TEXT if area.n < TOO_FEW else "", area,
            counts.precision, counts.recall, counts.f1,
        )
        for label, area, counts in by_class
    ))  # fmt: skip


def _worst_clips(part: ScoredClips) -> Table:
    """The clips with the most misplaced confidences: sure of what is not, or blind to what is."""
    misplaced = np.abs(part.truth - part.confidences)
    about = misplaced.argmax(axis=1)
    worst = np.argsort(-misplaced.max(axis=1), kind="stable")[:WORST_SHOWN]
    caption = "The confidence furthest from the truth decides."
    columns = ("video", "from", "to", "true labels", "most wrong about", "which", "confidence")
    return Table(columns, tuple(_clip_rows(part, worst, about)), caption)


def _clip_rows(
    part: ScoredClips, places: np.ndarray, about: np.ndarray
) -> Iterator[tuple[str | float, ...]]:
    for place in places:
        row, wrong = part.table.iloc[place], about[place]
        yield (
            row["video"], _clock(row["start"]), _clock(row["end"]),
            ", ".join(row["truth"]) or "none", part.classes[wrong],
            "happens" if part.truth[place, wrong] else "does not happen",
            f"{part.confidences[place, wrong]:.0%}",
        )  # fmt: skip


def _clock(seconds: float) -> str:
    """Minutes and seconds of a video.

    >>> _clock(3725.25)
    '62:05.2'
    """
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"


def _training_section(run: Run) -> tuple[Section, ...]:
    rows = [row for row in read_rows(run.file("results.csv")) if MONITORED in row]
    if not rows:
        return ()
    kept = best_epoch(rows, MONITORED, "max")
    table = Table(("epoch", "loss on the clips learnt from", "validation mAP"), tuple(
        (row["epoch"], row["train_loss"], row[MONITORED]) for row in rows
    ), f"Epoch {kept} is kept.")  # fmt: skip
    return (Section("Training", (table,)),)


def _faults_section(run: Run) -> tuple[Section, ...]:
    if not run.file("manifest.json").is_file():
        return ()
    return faults_section(run.read_json("manifest.json")["faults"])
