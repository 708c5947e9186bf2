"""How the epochs of a run went, as lines that differ in more than their colour."""

import csv
import math
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from touchline.run_listing.records import EPOCHS

NO_CURVES = frozenset({"epoch", "stage", "seconds", "learning_rate"})
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up")


def show_curves(run: Path) -> None:
    """Losses in one chart, scores in another; says so where a run had no epochs."""
    columns = read_epochs(run / EPOCHS)
    if not columns:
        st.info("This run has no epochs: it was learnt in one step, or has not begun.")
        return
    losses = {name: values for name, values in columns.items() if "loss" in name}
    scores = {name: values for name, values in columns.items() if name not in losses}
    for title, lines in (("Losses", losses), ("Scores", scores)):
        if lines:
            figure = lines_figure(title, lines)
            st.plotly_chart(figure, key=f"curves {title}", alt=f"{title} of each epoch")


def read_epochs(file: Path) -> dict[str, list[float]]:
    """The curves of a `results.csv` by name; what is no number is a gap, what is all gaps is none.

    A file that is missing or broken has no curves.
    """
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    names = [name for name in (rows[0] if rows else ()) if name and name not in NO_CURVES]
    curves = {name: [_number(row.get(name)) for row in rows] for name in names}
    return {
        name: values for name, values in curves.items() if not all(map(math.isnan, values))
    }  # fmt: skip


def lines_figure(title: str, lines: dict[str, list[float]]) -> go.Figure:
    """Curves over epochs, counted from 1."""
    figure = go.Figure(layout={"title": title, "xaxis": {"title": "epoch"}, "height": 320})
    for place, (name, values) in enumerate(lines.items()):
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=values, name=name.replace("_", " "),
            mode="lines+markers", line={"dash": DASHES[place % len(DASHES)]},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)]},
        )  # fmt: skip
    return figure


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
