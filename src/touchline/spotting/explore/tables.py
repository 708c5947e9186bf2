"""The tables of an exploration, for the terminal and for the page alike."""

from touchline.reporting.tables import Table
from touchline.spotting.explore.spacing import Durations, summarise
from touchline.spotting.explore.statistics import Statistics


def split_table(found: Statistics) -> Table:
    """Matches, events and the majority class of each split."""
    columns = ("split", "matches", "annotated", "events", "majority class", "its share")
    rows = tuple(
        (each.split or "none", each.matches, each.annotated, each.events, each.majority,
         each.majority_share)
        for each in found.splits
    )  # fmt: skip
    caption = "A model that always answers the majority class is right in that share"
    return Table(columns, rows, caption)


def class_table(found: Statistics) -> Table:
    """Events of each class: in all, in each split, and how long until the next event."""
    splits = tuple(each.split for each in found.splits) if len(found.splits) > 1 else ()
    columns = ("class", "events", *(name or "no split" for name in splits))
    columns += ("share, %", "median s to next", "5 %", "95 %")
    rows = []
    for each in found.classes:
        share = round(100 * each.events / found.events, 1) if found.events else None
        by_split = each.by_split if splits else ()
        to_next = summarise(found.to_next[each.label])
        spans = (to_next.median, to_next.low, to_next.high)
        rows.append((each.label, each.events, *by_split, share, *spans))
    return Table(columns, tuple(rows))


def team_table(found: Statistics) -> Table:
    """Events of each class by the side of the acting team, and those not on the screen."""
    rows = tuple(
        (each.label, each.left, each.right, each.events - each.left - each.right, each.not_shown)
        for each in found.classes
    )
    return Table(("class", "left", "right", "not told", "not on the screen"), rows)


def together_table(found: Statistics) -> Table:
    """Which classes come together how often, the most frequent first."""
    return Table(("one", "the other", "pairs"), found.pairs_together())


def fault_table(found: Statistics, shown: int | None = None) -> Table:
    """What is broken, in the order of reading; the first `shown` only, or all."""
    rows = tuple((str(f.path), f.place, f.reason) for f in found.faults[:shown])
    return Table(("file", "place", "what is wrong"), rows)


def describe_gaps(gaps: Durations) -> str:
    """The spacing of events in a sentence.

    >>> describe_gaps(Durations(10, 0.52, 2.04, 14.0, 3.9))
    'From one event to the next: median 2.0 s, 5 % below 0.5 s, 5 % above 14.0 s, mean 3.9 s.'
    """
    if gaps.n == 0:
        return "No event is followed by another."
    return (
        f"From one event to the next: median {gaps.median:.1f} s, 5 % below {gaps.low:.1f} s, "
        f"5 % above {gaps.high:.1f} s, mean {gaps.mean:.1f} s."
    )
