"""A scored run for people: one HTML page, its charts, and a few lines for the terminal.

Everything is read back from the run's files, so that a report can be made again at any time. The
test matches come first; figures of the validation matches are named as what the run was chosen on.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from touchline.reporting.faults_section import faults_section
from touchline.reporting.learning_section import learning_section
from touchline.reporting.page import Fact, Facts, Page, Part, Picture, Section, Text, write_page
from touchline.reporting.tables import Table, as_csv, format_cell
from touchline.runs import Run
from touchline.spotting.charts import average_precision_chart, tolerance_chart
from touchline.spotting.metrics.support import TOO_FEW
from touchline.spotting.recorded import RecordedScores, recorded_scores
from touchline.spotting.records import SPLIT_FILE
from touchline.spotting.report_events import event_sections
from touchline.training.history import best_epoch, read_rows

REPORT = "report.html"
CHOSEN_ON = (
    "The epoch, the peaks and the confidences were chosen on these matches, so the figures flatter."
)
MEANING = (
    "mAP@1 asks for the right class within half a second: a prediction is right when it lies at "
    "most ±0.5 s from a true event of its class that no surer prediction has taken (the 1 is the "
    "whole width of the window). For each class, average precision is the area under precision "
    "over recall, from the surest prediction to the faintest; mAP is its mean over the classes.",
    "Two readings stand side by side. The exact one needs no grid and leaves out classes without a "
    "true event. The official one is what SoccerNet's own scorer gives, to every digit: 11 points "
    "of recall on a grid of frames, absent classes counting 0; set it beside published figures.",
    "Two baselines do not look at the video: majority says the most frequent class once a second, "
    "chance says as many events of each class as there are, at random times.",
)


def write_report(run: Run) -> Path:
    """Draw the charts below `plots/` and write `report.html` and `per_class.csv`.

    Raises:
        UsageError: when the run is not finished.
    """
    parts = recorded_scores(run)
    headline = parts[0]
    run.file("plots").mkdir(exist_ok=True)
    sections = [
        Section(_heading(headline), (_facts(headline), *_words(headline))),
        Section("Classes", _class_parts(run, headline)),
        Section("Tolerance", _tolerance_parts(run, headline)),
        *event_sections(run, headline),
        *(
            Section(_heading(part), (Text((CHOSEN_ON,)), _facts(part), _class_table(part)))
            for part in parts[1:]
        ),
        *_training_section(run),
        *_peaks_section(run),
        *_data_sections(run),
    ]
    title = f"Spotter: {run.folder.name}"
    subtitle = f"Scored on {len(headline.matches)} {_matches_of(headline)}"
    return write_page(Page(title, tuple(sections), subtitle), run.file(REPORT))


def describe(run: Run) -> str:
    """The run in a few lines for a terminal."""
    lines = []
    for part in recorded_scores(run):
        facts = _facts(part).facts
        width = max(len(fact.name) for fact in facts)
        lines.append(_heading(part))
        for fact in facts:
            note = f" ({fact.note})" if fact.note else ""
            lines.append(f"  {fact.name:<{width}}  {format_cell(fact.value)}{note}")
        lines += [f"  {note}" for note in part.notes]
    return "\n".join([*lines, f"Report  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The run for programs: where it is, and all its scores."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _matches_of(part: RecordedScores) -> str:
    kind = "test" if part.split == "test" else "validation"
    return f"{kind} match" + "es" * (len(part.matches) != 1)


def _heading(part: RecordedScores) -> str:
    return "Test matches" if part.split == "test" else "Validation matches (chosen on)"


def _facts(part: RecordedScores) -> Facts:
    """The headline figures, each mean beside what no skill reaches."""
    facts = [
        Fact(f"{name} at ±{part.window / 2:g} s, exact", score, part.baseline_note(name))
        for name, score in part.means.items()
    ]
    facts += [
        Fact(title, part.official_score(name), note)
        for name, title, note in (
            ("at1", "mAP@1, official", part.baseline_note("official_at1")),
            ("tight", "tight mAP, official", "mean over windows of 1 to 5 s"),
            ("loose", "loose mAP, official", "mean over windows of 5 to 60 s"),
        )
        if name in part.official
    ]
    if (team := part.team_at1) is not None:
        facts.append(Fact("team mAP@1, official", team, "class and side both right"))
    return Facts((*facts, Fact("True events", part.events)))


def _words(part: RecordedScores) -> tuple[Part, ...]:
    warning = () if part.split == "test" else (f"No match was held out to test on. {CHOSEN_ON}",)
    return Text((*warning, *MEANING)), *((Text(part.notes),) if part.notes else ())


def _class_parts(run: Run, part: RecordedScores) -> tuple[Part, ...]:
    table = _class_table(part)
    run.file("per_class.csv").write_text(as_csv(table), encoding="utf-8")
    chart = average_precision_chart(
        part.average_precision, part.classes, _plot(run, "average_precision")
    )
    alt = "Average precision of each class with its interval and number of true events"
    return table, Picture(chart, alt, f"Hatched: fewer than {TOO_FEW} true events.")


def _class_table(part: RecordedScores) -> Table:
    columns = (
        "class", "true events", "", "AP, exact", "AP@1, official",
        f"precision at {part.threshold:g}", "recall", "F1",
    )  # fmt: skip
    return Table(columns, tuple(part.class_rows()))


def _tolerance_parts(run: Run, part: RecordedScores) -> tuple[Part, ...]:
    chart = tolerance_chart(part.official_by_window, _plot(run, "tolerance"))
    text = (
        "A curve that climbs says that events are seen but mistimed; a flat one that they are "
        "missed or taken for other classes."
    )
    return Text((text,)), Picture(chart, "Official mAP at windows of 1 to 5 seconds")


def _training_section(run: Run) -> tuple[Section, ...]:
    rows = [row for row in read_rows(run.file("results.csv")) if "validation_map" in row]
    if not rows:
        return ()
    kept = best_epoch(rows, "validation_map", "max")
    return learning_section(
        [float(row["train_loss"]) for row in rows], [float(row["validation_map"]) for row in rows],
        kept, "validation mAP@1", _plot(run, "training"),
    )  # fmt: skip


def _peaks_section(run: Run) -> tuple[Section, ...]:
    peaks = dict(run.read_json("metrics.json").get("peaks") or {})
    if not peaks:
        return ()
    thresholds = peaks.pop("thresholds", {})
    settings = Table(
        ("setting", "value"),
        tuple((name.replace("_", " "), value) for name, value in peaks.items()),
    )
    shown = Table(("class", "shown from confidence"), tuple(thresholds.items()))
    text = "How events are picked from scores, tuned on the validation matches."
    return (Section("Peaks", (Text((text,)), settings, *((shown,) if thresholds else ()))),)


def _data_sections(run: Run) -> tuple[Section, ...]:
    sections = []
    if run.file(SPLIT_FILE).is_file():
        table = pd.read_csv(run.file(SPLIT_FILE), keep_default_na=False)
        rows = tuple(
            (str(name), int(part["match"].nunique()), len(part), int(part["events"].sum()))
            for name, part in table.groupby("split", sort=False)
        )
        sections.append(
            Section("Data", (Table(("split", "matches", "videos", "true events"), rows),))
        )
    if run.file("manifest.json").is_file():
        sections += faults_section(run.read_json("manifest.json")["faults"])
    return tuple(sections)


def _plot(run: Run, name: str) -> Path:
    return run.file("plots") / f"{name}.png"
