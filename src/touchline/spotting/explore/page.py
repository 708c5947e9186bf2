"""An exploration as one page: what is there, when it happens, and what is broken."""

import tempfile
from pathlib import Path

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
from touchline.spotting.explore.charts import (
    classes_chart,
    durations_chart,
    gaps_chart,
    minutes_chart,
    together_chart,
)
from touchline.spotting.explore.spacing import TOGETHER_SECONDS
from touchline.spotting.explore.statistics import Statistics
from touchline.spotting.explore.tables import (
    class_table,
    describe_gaps,
    fault_table,
    split_table,
    team_table,
    together_table,
)

FAULTS_SHOWN = 500


def write_exploration_page(found: Statistics, name: str, path: Path) -> Path:
    """Write the exploration of the data called `name` to an HTML file, and return `path`.

    Sections of which the data say nothing are left out.

    Raises:
        OSError: when the file cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        charts = Path(folder)
        sections = [
            Section("What is there", _summary(found)),
            Section("What is broken", _faults(found)),
        ]
        if found.events:
            sections[1:1] = [
                Section("Classes", _classes(found, charts)),
                Section("Minutes of play", _minutes(found, charts)),
                Section("From one event to the next", _durations(found, charts)),
                Section("Events together", _together(found, charts)),
                Section("Teams and visibility", _teams(found)),
            ]
        matches = sum(split.matches for split in found.splits)
        subtitle = f"{matches:,} matches, {found.events:,} events of {len(found.classes)} classes"
        return write_page(Page(f"Exploration of {name}", tuple(sections), subtitle), path)


def _summary(found: Statistics) -> tuple[Part, ...]:
    facts = (
        Fact("matches", sum(split.matches for split in found.splits)),
        Fact("annotated", sum(split.annotated for split in found.splits)),
        Fact("events", found.events),
        Fact("median seconds to the next", found.gaps.median),
        Fact("broken annotations and files", len(found.faults)),
    )
    return Facts(facts), split_table(found)


def _classes(found: Statistics, folder: Path) -> tuple[Part, ...]:
    splits = [split.split for split in found.splits]
    chart = classes_chart(found.classes, splits, folder / "classes.png")
    return Picture(chart, "The number of events of each class in each split"), class_table(found)


def _minutes(found: Statistics, folder: Path) -> tuple[Part, ...]:
    parts: list[Part] = []
    for half, counts in found.minutes.items():
        title = f"Video of half {half}" if len(found.minutes) > 1 else "All matches together"
        chart = minutes_chart(counts, found.labels, title, folder / f"minutes-{half}.png")
        parts.append(Picture(chart, f"{title}: events of each class in each minute"))
    return tuple(parts)


def _durations(found: Statistics, folder: Path) -> tuple[Part, ...]:
    text = (
        "A clip for classification runs from one event to the next and bears the label of the "
        "first: these are the lengths of such clips. Boxes hold the middle half, whiskers reach "
        "from 5 % to 95 %."
    )
    gaps = gaps_chart(found.all_gaps, folder / "gaps.png")
    durations = durations_chart(found.to_next, folder / "durations.png")
    return (
        Text((describe_gaps(found.gaps), text)),
        Picture(gaps, "How many events are followed by another after so many seconds"),
        Picture(durations, "Seconds from an event of each class to the next event"),
    )


def _together(found: Statistics, folder: Path) -> tuple[Part, ...]:
    note = f"within {TOGETHER_SECONDS:g} s of another event; a clip of one shows the other too"
    facts = Facts((Fact("events that come together", found.crowded, note),))
    if not found.together.any():
        return (facts,)
    chart = together_chart(found.together, found.labels, folder / "together.png")
    caption = f"Pairs of events at most {TOGETHER_SECONDS:g} s apart, by their classes"
    return facts, Picture(chart, caption, caption), together_table(found)


def _teams(found: Statistics) -> tuple[Part, ...]:
    if not any(each.left + each.right + each.not_shown for each in found.classes):
        return (Text(("No event tells its team, and all are on the screen.",)),)
    return (team_table(found),)


def _faults(found: Statistics) -> tuple[Part, ...]:
    if not found.faults:
        return (Text(("Nothing: every annotation could be read as it stands.",)),)
    table = fault_table(found, FAULTS_SHOWN)
    more = len(found.faults) - FAULTS_SHOWN
    return (table, Text((f"And {more:,} more, all in faults.csv.",))) if more > 0 else (table,)
