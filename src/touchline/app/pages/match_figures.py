"""Below the video: how two sets of events agree, when the match was busy, and the exports."""

from collections.abc import Sequence
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from touchline.app.match.comparing import ClassCounts, scores
from touchline.app.match.event_sets import CataloguedVideo, EventSet, StoredEvent
from touchline.app.match.exporting import FORMATS, save_for_training
from touchline.app.match.heat import heat_of
from touchline.app.match.showing import Reference
from touchline.app.workspace import Workspace
from touchline.errors import TouchlineError
from touchline.reporting.plain_text import printable
from touchline.reporting.tables import Table, format_cell, format_score
from touchline.spotting.events import Event
from touchline.spotting.metrics.spotting_scores import SpottingScores

CORRECTIONS = "corrections"
"""The folder beside the runs with a folder for each game that was corrected."""
MOST_TICKS = 12


def show_figures(
    workspace: Workspace, video: CataloguedVideo, event_set: EventSet,
    events: Sequence[StoredEvent], counted: Sequence[Event], reference: Reference | None,
) -> None:  # fmt: skip
    """Show everything that follows from one set of events.

    Args:
        workspace: where corrections are saved.
        video: of the events.
        event_set: what is looked at.
        events: all of its events, faint ones too.
        counted: those that reach the threshold of their class.
        reference: what they are compared with, if anything.
    """
    comparison, over_time, export = st.tabs(["Comparison", "Over time", "Export"])
    with comparison:
        if reference is None:
            st.info("Choose under “Compare with” the truth or another model's events.")
        else:
            _show_comparison(events, reference)
    with over_time:
        _show_heat(counted, video)
    with export:
        _show_exports(workspace, video, event_set, counted)


def _show_comparison(events: Sequence[StoredEvent], reference: Reference) -> None:
    st.caption("Matched: in both sets. Missed: only in the other. Extra: only in this one.")
    st.dataframe(
        [_row(counts) for counts in reference.comparison.counts], hide_index=True, width="stretch"
    )
    if not reference.event_set.is_truth:
        return
    everything = tuple(each.event for each in events)
    found = _scored(tuple(reference.events), everything)
    if found is None:
        st.info("The other set has no event, so there is nothing to score against.")
        return
    st.subheader("Scores against it")
    st.caption("Of all events, faint ones too, with 95 % intervals over minutes of play.")
    for table in (found.means_table(), found.classes_table()):
        st.dataframe(_rows(table), hide_index=True, width="stretch")
    for note in found.notes:
        st.text(note)


def _row(counts: ClassCounts) -> dict[str, str | int]:
    return {
        "class": printable(counts.label), "matched": counts.matched, "missed": counts.missed,
        "extra": counts.extra, "precision": format_score(counts.precision),
        "recall": format_score(counts.recall),
    }  # fmt: skip


def _rows(table: Table) -> list[dict[str, str]]:
    """A table of the reports as Streamlit takes it; every cell is text."""
    names = [name or " " for name in table.columns]
    return [dict(zip(names, map(format_cell, row), strict=True)) for row in table.rows]


@st.cache_data(max_entries=20, show_spinner="Scoring …")
def _scored(truth: tuple[Event, ...], predicted: tuple[Event, ...]) -> SpottingScores | None:
    return scores(truth, predicted)


def _show_heat(counted: Sequence[Event], video: CataloguedVideo) -> None:
    if not counted:
        st.info("No event reaches its threshold: lower one above, or add events.")
        return
    classes, counts = heat_of(counted, video.seconds or 0.0)
    names = [printable(label) for label in classes]
    figure = go.Figure(
        go.Heatmap(
            z=counts, y=[_plain(name) for name in names], x0=0, dx=1, zmin=0, colorscale="Blues",
            colorbar={"title": "events", "tickformat": "d"}, xgap=1, ygap=1,
            hovertemplate="minute %{x}<br>%{y}: %{z}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        xaxis_title="minute of the video", height=120 + 32 * len(classes),
        margin={"l": 10, "r": 10, "t": 10, "b": 40},
    )  # fmt: skip
    figure.update_xaxes(dtick=max(1, counts.shape[1] // MOST_TICKS))
    figure.update_yaxes(autorange="reversed", type="category")
    st.plotly_chart(figure, width="stretch", alt="Events by minute and class; a table follows")
    with st.expander("The same as a table"):
        minutes = [
            {"class": name, **{str(at): int(count) for at, count in enumerate(row)}}
            for name, row in zip(names, counts, strict=True)
        ]
        st.dataframe(minutes, hide_index=True, width="stretch")


def _plain(name: str) -> str:
    """A label for plotly, which takes some tags and entities for markup."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _show_exports(
    workspace: Workspace, video: CataloguedVideo, event_set: EventSet, counted: Sequence[Event]
) -> None:  # fmt: skip
    st.text(f"{len(counted)} events of {printable(event_set.name)} reach their thresholds.")
    name = video.path.stem
    columns = st.columns(2)
    for place, (words, (file_name, kind, export)) in enumerate(FORMATS.items()):
        columns[place % 2].download_button(
            words, partial(export, name, counted), file_name, kind,
            width="stretch", on_click="ignore",
        )  # fmt: skip
    st.caption(
        "To train on them, save them as annotations beside a link to the video; the folder then"
        " holds every match that was saved so."
    )
    if st.button("Save for training"):
        folder = workspace.runs.absolute() / CORRECTIONS
        try:
            saved = save_for_training(folder, workspace.roots.inside(video.path), video.id, counted)
        except TouchlineError as error:
            st.error("They could not be saved.")
            st.text(str(error))
            return
        st.success("Saved.")
        st.code(f"{saved}\ntouchline spotting train {folder}", language=None)
