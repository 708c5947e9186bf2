"""Runs side by side: their settings, their scores with intervals, and which is better."""

from collections.abc import Sequence

import streamlit as st

from touchline.app.plain_words import plain
from touchline.errors import TouchlineError
from touchline.reporting.confidence import Score
from touchline.reporting.tables import Table, format_score
from touchline.run_listing.records import RunRecord
from touchline.run_listing.tables import differing_table, scores_table
from touchline.runs import open_run


def show_comparison(runs: Sequence[RunRecord]) -> None:
    """Compare the first run with each of the others, and all of them where they are of photos."""
    if all(run.task == "photos" and run.finished for run in runs):
        _show_verdict(runs)
    for other in runs[1:]:
        st.subheader(f"{plain(runs[0].folder.name)} and {plain(other.folder.name)}")
        differing = differing_table(runs[0], other)
        if differing.rows:
            show_table(differing)
        else:
            st.write("Their settings are the same.")
        show_table(scores_table(runs[0], other))


def show_table(table: Table) -> None:
    """A table of ours; scores come with their intervals and counts."""
    rows = [
        {name or "fact": _shown(cell) for name, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]
    st.dataframe(rows, hide_index=True)


def _show_verdict(runs: Sequence[RunRecord]) -> None:
    """Paired differences on the very same photos, or why they cannot be taken."""
    from touchline.photos.compare import compare_runs
    from touchline.photos.records import groups_of_run, scored_run

    try:
        opened = [open_run(run.folder) for run in runs]
        found = compare_runs([scored_run(run) for run in opened], groups=groups_of_run(opened[0]))
    except (TouchlineError, OSError, ValueError) as error:
        st.info(f"They cannot be compared photo by photo: {plain(str(error))}")
        return
    show_table(found.run_table())
    show_table(found.pair_table())
    st.caption(
        "Differences are paired, photo by photo, with 95 % intervals; *not distinguishable* means "
        "that the photos scored cannot tell the two apart."
    )


def _shown(cell: object) -> str:
    if isinstance(cell, Score):
        return format_score(cell)
    if isinstance(cell, float):
        return f"{cell:,.4g}"
    return "" if cell is None else str(cell)
