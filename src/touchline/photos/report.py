"""A scored run for people: one HTML page, its charts, and a few lines for the terminal.

Everything is read back from the run's files, so that a report can be made again at any time.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from touchline.media.images import UnreadableImageError, read_image
from touchline.photos.conformal import COVERAGE
from touchline.photos.records import PREDICTIONS
from touchline.reporting.class_charts import confusion_chart, f1_chart
from touchline.reporting.confidence import Score, Unit
from touchline.reporting.curve_charts import (
    reliability_chart,
    risk_coverage_chart,
    training_chart,
)  # fmt: skip
from touchline.reporting.data_uris import THUMBNAIL_SIDE, thumbnail_data_uri
from touchline.reporting.gallery import Answer, Gallery, worst_first
from touchline.reporting.page import (
    Fact,
    Facts,
    Page,
    Part,
    Picture,
    Section,
    Text,
    write_page,
)  # fmt: skip
from touchline.reporting.tables import Table, as_csv, format_cell
from touchline.runs import Run

REPORT = "report.html"
HEADLINES: dict[str, tuple[str, Unit]] = {
    "accuracy": ("Accuracy", "share"),
    "top5": ("Top-5 accuracy", "share"),
    "macro_f1": ("Macro F1", "share"),
    "weighted_f1": ("Weighted F1", "share"),
    "baseline_majority": ("Majority baseline", "share"),
    "set_coverage": ("Conformal sets that hold the class", "share"),
    "set_size": ("Classes in a conformal set", "number"),
    "left_right_confusion": ("Left/right confusion", "share"),
    "train_accuracy": ("Accuracy on learnt photos", "share"),
    "log_loss": ("Log loss", "number"),
    "calibration_error": ("Calibration error", "number"),
}
WRONG_TILES, RIGHT_TILES = 96, 24


def write_report(run: Run) -> Path:
    """Draw the charts below `plots/` and write `report.html` and the tables as CSV."""
    metrics, table = run.read_json("metrics.json"), pd.read_parquet(run.file(PREDICTIONS))
    sections = [
        Section("Scores", (_facts(metrics), _about(run, metrics))),
        Section("Classes", _class_parts(run, metrics)),
        Section("Confidence", _confidence_parts(run, metrics, table)),
        *_training_section(run),
        Section("Photos, the worst first", (_gallery(table),)),
        *_left_out_section(run),
    ]
    title = f"Photo classifier: {run.folder.name}"
    return write_page(Page(title, tuple(sections), metrics["evaluation"]), run.file(REPORT))


def describe(run: Run) -> str:
    """The run in a few lines for a terminal."""
    facts = _facts(run.read_json("metrics.json")).facts
    width = max(len(fact.name) for fact in facts)
    lines = [f"{fact.name:<{width}}  {format_cell(fact.value)}" for fact in facts]
    return "\n".join([*lines, f"{'Report':<{width}}  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The run for programs: where it is, and all its scores."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _score(values: dict[str, Any], unit: Unit = "share") -> Score:
    """A score read back from JSON, where null stands for what was not measured."""
    numbers = {key: math.nan if value is None else value for key, value in values.items()}
    return Score(numbers["value"], values["n"], numbers["low"], numbers["high"], unit)


def _facts(metrics: dict[str, Any]) -> Facts:
    return Facts(tuple(
        Fact(title, _score(metrics[name], unit))
        for name, (title, unit) in HEADLINES.items() if metrics.get(name) and metrics[name]["n"]
    ))  # fmt: skip


def _about(run: Run, metrics: dict[str, Any]) -> Text:
    lines = [
        f"Learnt from {metrics['learnt_from']} photos {_and_synthetic(metrics)}of "
        f"{len(metrics['classes'])} classes; "
        f"scored on {metrics['accuracy']['n']}: {metrics['evaluation']}.",
        f"On the photos learnt from the accuracy is {_gap(metrics):+.1f} points higher.",
        "Every figure carries its 95 % interval and the number of photos behind it.",
    ]
    if "cost" in metrics:
        cost = metrics["cost"]
        lines.append(
            f"{cost['parameters']:,} parameters, {cost['gflops_per_photo']:.2f} GFLOPs a photo, "
            f"{metrics['seconds']:.0f} s from raw files to report."
        )
    return Text((*lines, f"Run folder: {run.folder}"))


def _and_synthetic(metrics: dict[str, Any]) -> str:
    count = metrics.get("learnt_from_synthetic", 0)
    return f"and {count} synthetic ones (never scored) " if count else ""


def _gap(metrics: dict[str, Any]) -> float:
    """The train-test gap in points."""
    return 100 * float(metrics["train_accuracy"]["value"] - metrics["accuracy"]["value"])


def _class_parts(run: Run, metrics: dict[str, Any]) -> tuple[Part, ...]:
    classes = metrics["classes"]
    measures = ("precision", "recall", "f1")
    each = {
        name: {m: _score(row[m]) for m in measures} for name, row in metrics["per_class"].items()
    }
    rows = tuple(
        (name, *row.values(), metrics["per_class"][name]["support"]) for name, row in each.items()
    )
    table = Table(("class", *measures, "photos"), rows)
    run.file("per_class.csv").write_text(as_csv(table), encoding="utf-8")
    matrix = np.array(metrics["confusion_matrix"])
    pd.DataFrame(matrix, index=classes, columns=classes).to_csv(run.file("confusion_matrix.csv"))
    confusion = confusion_chart(matrix, classes, _plot(run, "confusion_matrix"))
    bars = f1_chart([each[name]["f1"] for name in classes], classes, _plot(run, "f1"))
    return (
        table,
        Picture(confusion, "Confusion matrix: rows are true classes, columns labels given"),
        Picture(bars, "F1 of each class with its 95 % interval"),
    )


def _confidence_parts(run: Run, metrics: dict[str, Any], table: pd.DataFrame) -> tuple[Part, ...]:
    confidence = table["confidence"].to_numpy(float)
    correct = (table["truth"] == table["label"]).to_numpy()
    reliability = reliability_chart(confidence, correct, _plot(run, "reliability"))
    risk = risk_coverage_chart(confidence, correct, _plot(run, "risk_coverage"))
    lines = ["Confidence is calibrated by a temperature fitted on photos held out in training, "
             "never on the photos scored here."]  # fmt: skip
    if "set_coverage" in metrics:
        lines.append(
            "A photo's conformal set is its best class and all others whose confidence reaches a "
            f"line: the one that {COVERAGE:.0%} of the photos held out reach with their true "
            "class. As many sets, or more, are to hold the class of other photos like those, over "
            "all classes and not in each. How many do is measured on the photos scored here, which "
            "had no part in drawing the line."
        )
    return (
        Text(tuple(lines)),
        Picture(reliability, "Share of right labels against confidence"),
        Picture(risk, "Share of mistakes among the photos kept, the surest first"),
    )  # fmt: skip


def _training_section(run: Run) -> tuple[Section, ...]:
    if not run.file("results.csv").is_file():
        return ()
    rows = pd.read_csv(run.file("results.csv"))
    rows = rows[rows["stage"] == "validated"]
    losses = rows["validation_loss"]
    chart = training_chart(
        _plot(run, "training"),
        train_loss=list(rows["train_loss"]), validation_loss=list(losses),
        train_accuracy=[float("nan")] * len(rows),
        validation_accuracy=list(rows["validation_accuracy"]),
        chosen_epoch=int(losses.argmin()) + 1,
    )  # fmt: skip
    return (Section("Training", (Picture(chart, "Loss and accuracy over the epochs"),)),)


def _gallery(table: pd.DataFrame) -> Gallery:
    wrong = table[table["truth"] != table["label"]].nlargest(WRONG_TILES, "confidence")
    right = table[table["truth"] == table["label"]].nsmallest(RIGHT_TILES, "confidence")
    answers = []
    for row in pd.concat([wrong, right]).itertuples():
        try:
            image = read_image(Path(str(row.path)), at_least=THUMBNAIL_SIDE, side="longer")
        except UnreadableImageError:  # moved since it was scored; the report is still worth having
            continue
        answers.append(Answer(
            thumbnail_data_uri(image), str(row.name), str(row.truth), str(row.label),
            float(row.confidence),  # type: ignore[arg-type]
        ))  # fmt: skip
    return worst_first(answers)


def _left_out_section(run: Run) -> tuple[Section, ...]:
    if not run.file("manifest.json").is_file():
        return ()
    rejected = run.read_json("manifest.json").get("rejected", [])
    if not rejected:
        return ()
    table = Table(("file", "why it was left out"), tuple(tuple(row) for row in rejected))
    return (Section("Files left out", (table,)),)


def _plot(run: Run, name: str) -> Path:
    run.file("plots").mkdir(exist_ok=True)
    return run.file("plots") / f"{name}.png"
