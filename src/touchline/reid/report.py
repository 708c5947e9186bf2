"""A scored run for people: one HTML page, its charts, and a few lines for the terminal.

Everything is read back from the run's files, so that a report can be made again at any time.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from touchline.reid.charts import action_chart, rank_chart
from touchline.reid.records import PREDICTIONS, SPLIT_FILE
from touchline.reporting.confidence import Score
from touchline.reporting.faults_section import faults_section
from touchline.reporting.learning_section import learning_section
from touchline.reporting.page import Fact, Facts, Page, Part, Picture, Section, Text, write_page
from touchline.reporting.tables import Table, format_cell
from touchline.runs import Run
from touchline.training.history import best_epoch, read_rows

REPORT = "report.html"
STRIPS = "plots/strips.png"
"""Some queries beside their ranked galleries, as training draws them."""
NAMES = {
    "mAP": "mAP", "rank1": "rank-1", "rank5": "rank-5", "rank10": "rank-10", "mINP": "mINP",
}  # fmt: skip
HEADINGS = {"test": "Test queries", "valid": "Validation queries (chosen on)"}
CHOSEN_ON = "The epoch and the confidences were chosen on these queries, so the figures flatter."
MEANING = (
    "Each query's gallery is ranked by distance. Average precision is the mean, over the query's "
    "own crops in the gallery, of the precision at the rank of each; mAP is its mean over queries. "
    "Rank-k is the share of queries with one of their own among the first k. mINP says how far "
    "down the hardest of them stands.",
    "Chance is what an order at random is expected to score: small galleries make it high, so read "
    "every figure beside it.",
)


def write_report(run: Run) -> Path:
    """Draw the charts below `plots/` and write `report.html`.

    Raises:
        UsageError: when the run is not finished.
    """
    metrics = run.read_json("metrics.json")
    table = pd.read_parquet(run.file(PREDICTIONS))
    run.file("plots").mkdir(exist_ok=True)
    sections = [
        section
        for name in ("test", "valid") if name in metrics
        for section in _split_sections(run, name, metrics[name], table[table["split"] == name])
    ]  # fmt: skip
    sections += [*_strips_section(run), *_training_section(run), *_data_sections(run)]
    headline = metrics.get("test") or metrics["valid"]
    subtitle = f"{headline['mAP']['n']:,} queries scored; {_scope(headline)}"
    return write_page(
        Page(f"Re-identifier: {run.folder.name}", tuple(sections), subtitle), run.file(REPORT)
    )


def describe(run: Run) -> str:
    """The run in a few lines for a terminal."""
    lines = []
    for name, part in _parts(run):
        facts = _facts(part).facts
        width = max(len(fact.name) for fact in facts)
        lines.append(HEADINGS[name])
        for fact in facts:
            note = f" ({fact.note})" if fact.note else ""
            lines.append(f"  {fact.name:<{width}}  {format_cell(fact.value)}{note}")
    return "\n".join([*lines, f"Report  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The run for programs: where it is, and all its scores."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _parts(run: Run) -> list[tuple[str, dict[str, Any]]]:
    metrics = run.read_json("metrics.json")
    return [(name, metrics[name]) for name in ("test", "valid") if name in metrics]


def _facts(part: dict[str, Any]) -> Facts:
    facts = [
        Fact(title, Score.from_dict(part[name]), f"chance {100 * part['chance'][name]:.1f} %")
        for name, title in NAMES.items()
    ]
    left_out = part["queries_left_out"]
    note = f"{left_out} more without a positive" if left_out else ""
    return Facts((*facts, Fact("Queries", part["mAP"]["n"], note)))


def _scope(part: dict[str, Any]) -> str:
    inside = "its own action" if part["protocol"]["within"] == "action" else "the whole gallery"
    return f"each in {inside} ({part['compared']:.1f} crops on average)"


def _split_sections(run: Run, name: str, part: dict[str, Any], rows: pd.DataFrame) -> list[Section]:
    words = Text(MEANING) if name == "test" else Text((CHOSEN_ON,))
    ranks = rows["first_right"].to_numpy(dtype=np.int64)
    chart = rank_chart(ranks, math.ceil(part["compared"]), run.file(f"plots/ranks-{name}.png"))
    parts: list[Part] = [words, _facts(part), Picture(
        chart, "Share of queries with one of their own among the first k",
        "CMC: the share of queries with one of their own crops among the first k.",
    )]  # fmt: skip
    precision = rows["average_precision"].to_numpy(dtype=np.float64)
    if rows["action"].astype(bool).any():
        drawn = action_chart(
            precision, rows["action"].to_numpy(), run.file(f"plots/actions-{name}.png")
        )
        alt = "Mean average precision of each action, sorted"
        parts.append(Picture(drawn, alt, "Each action's mAP: a few hard ones, or all alike?"))
    worst = rows.nsmallest(10, "average_precision")
    parts.append(Table(
        ("query", "average precision", "first of its own at rank"),
        tuple(zip(
            worst["query"].tolist(), worst["average_precision"].tolist(),
            worst["first_right"].tolist(), strict=True,
        )),
        "The worst queries; `touchline reid match` shows them as pictures.",
    ))  # fmt: skip
    return [Section(HEADINGS[name], tuple(parts))]


def _strips_section(run: Run) -> tuple[Section, ...]:
    if not run.file(STRIPS).is_file():
        return ()
    words = (
        "Failures come first, the most confident leading; hits follow, the least confident "
        "leading: no fair sample of the queries."
    )
    return (Section("Ranked strips", (
        Picture(run.file(STRIPS), "Queries, each beside the first of its ranked gallery", words),
    )),)  # fmt: skip


def _training_section(run: Run) -> tuple[Section, ...]:
    rows = [row for row in read_rows(run.file("results.csv")) if "validation_map" in row]
    if not rows:
        return ()
    last = [row for row in rows if row["stage"] == rows[-1]["stage"]]
    kept = len(rows) - len(last) + best_epoch(last, "validation_map", "max")
    return learning_section(
        [float(row["train_loss"]) for row in rows], [float(row["validation_map"]) for row in rows],
        kept, "validation mAP", run.file("plots/training.png"),
    )  # fmt: skip


def _data_sections(run: Run) -> tuple[Section, ...]:
    sections = []
    if run.file(SPLIT_FILE).is_file():
        table = pd.read_csv(run.file(SPLIT_FILE), keep_default_na=False, dtype=str)
        rows = tuple(
            (str(split), str(name), len(part), int(part["identity"].nunique()),
             int(part["action"].nunique()))
            for (split, name), part in table.groupby(["split", "part"], sort=False)
        )  # fmt: skip
        columns = ("split", "part", "crops", "identities", "actions")
        sections.append(Section("Data", (Table(columns, rows),)))
    sections += faults_section(run.read_json("manifest.json")["faults"])
    return tuple(sections)
