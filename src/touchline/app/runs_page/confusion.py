"""Which classes are taken for which, and the very photos behind each number."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from touchline.app.components.photo_grid import photo_grid
from touchline.app.runs_page.answers import counted, read_answers, tiles_of
from touchline.app.workspace import Workspace

LARGEST_SQUARE = 34
MOST_NUMBERED = 30
"""Classes up to which the numbers are written into the squares."""


def show_confusion(workspace: Workspace, run: Path) -> None:
    """The matrix; a square that is pressed, or a pair chosen below it, shows its photos."""
    answers = read_answers(run)
    if not answers:
        st.info("This run kept no answers to photos of known class.")
        return
    pairs = counted(answers)
    classes = sorted({name for pair in pairs for name in pair})
    key = f"confusion {run}"
    chosen = st.plotly_chart(
        matrix_figure(pairs, classes), key=key, on_select="rerun", selection_mode="points",
        alt="Confusion matrix: how many photos of each class were labelled as each class",
    )  # fmt: skip
    truth, label = _chosen_pair(pairs, chosen.selection.points, key)
    wanted = [answer for answer in answers if (answer.truth, answer.label) == (truth, label)]
    tiles, missing = tiles_of(workspace, wanted)
    if missing:
        st.info(
            f"{missing:,} of these photos are not in the catalog. Index their folder on the page "
            "*Photos* to see them."
        )
    photo_grid(tiles, f"cell {run}")


def matrix_figure(pairs: Mapping[tuple[str, str], int], classes: Sequence[str]) -> go.Figure:
    """A square for each pair that occurs, larger and darker for a larger share of the true class.

    Mistakes are diamonds, so that they stand out without colour.
    """
    totals = {
        name: sum(count for (truth, _), count in pairs.items() if truth == name)
        for name in classes
    }  # fmt: skip
    shares = [count / totals[truth] for (truth, _), count in pairs.items()]
    figure = go.Figure(
        go.Scatter(
            x=[classes.index(label) for _, label in pairs],
            y=[classes.index(truth) for truth, _ in pairs],
            mode="markers+text" if len(classes) <= MOST_NUMBERED else "markers",
            text=[str(count) for count in pairs.values()], textposition="middle center",
            textfont={"color": "#111827"},
            customdata=[list(pair) for pair in pairs],
            hovertext=[f"{count} of {escaped(truth)} labelled as {escaped(label)}"
                       for (truth, label), count in pairs.items()], hoverinfo="text",
            marker={
                "size": [10 + (LARGEST_SQUARE - 10) * share for share in shares], "color": shares,
                "symbol": ["square" if truth == label else "diamond" for truth, label in pairs],
                "colorscale": [[0, "#dbeafe"], [1, "#60a5fa"]], "line": {"width": 1},
            },
        )
    )  # fmt: skip
    ticks = {"tickmode": "array", "tickvals": list(range(len(classes))),
             "ticktext": [escaped(name) for name in classes], "showgrid": True}  # fmt: skip
    figure.update_layout(
        xaxis={**ticks, "title": "labelled as"},
        yaxis={**ticks, "title": "true class", "autorange": "reversed"},
        height=max(320, 28 * len(classes) + 160), clickmode="event+select", margin={"t": 16},
    )  # fmt: skip
    return figure


def escaped(name: str) -> str:
    """A class name where Plotly would read a few HTML tags.

    >>> escaped("<b>&")
    '&lt;b&gt;&amp;'
    """
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _chosen_pair(
    pairs: Mapping[tuple[str, str], int], points: Sequence[Mapping[str, object]], key: str
) -> tuple[str, str]:
    """The pair that was pressed in the matrix last, or chosen from the list."""
    options = sorted(pairs, key=lambda pair: (pair[0] == pair[1], -pairs[pair]))
    pressed = points[0].get("customdata") if points else None
    if isinstance(pressed, list) and tuple(pressed) in pairs:
        if st.session_state.get(f"{key} pressed") != pressed:
            st.session_state[f"{key} pair"] = tuple(pressed)
        st.session_state[f"{key} pressed"] = pressed
    return st.selectbox(
        "Photos of", options, key=f"{key} pair",
        format_func=lambda pair: f"{pair[0]}, labelled as {pair[1]}: {pairs[pair]:,}",
    )  # fmt: skip
