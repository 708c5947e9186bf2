"""The counts of a catalog as a person reads them in a terminal."""

from collections.abc import Mapping

from touchline.archive.catalog.stats import Stats
from touchline.reporting.tables import Table, as_terminal_text, format_score


def describe_stats(stats: Stats) -> str:
    """Lines of counts, then a table of classes and one of reviewers, where there are any."""
    held = {
        "Photos": _counts(stats.photos),
        "Videos": _counts(stats.videos),
        "Events": _counts(stats.events),
        "Crops": _crops(stats),
        "Journals": _counts(stats.journals),
    }
    parts = ["".join(f"{name}: {counts}\n" for name, counts in held.items() if counts)]
    if stats.classes:
        rows = tuple((c.label or "(none)", c.photos, c.reviewed, c.doubtful) for c in stats.classes)
        parts.append(as_terminal_text(Table(("class", "photos", "reviewed", "doubtful"), rows)))
    if stats.agreement.n:
        parts.append(
            f"Reviewers kept the model's label: {format_score(stats.agreement)}.\n"
            "Doubtful photos are reviewed first, so this is no accuracy of the model.\n"
        )
    if stats.reviewers:
        rows_of_people = tuple(
            (r.reviewer, r.accepted, r.changed, r.skipped, r.undone, _whole(r.photos_per_hour))
            for r in stats.reviewers
        )
        columns = ("reviewer", "accepted", "changed", "skipped", "undone", "photos an hour")
        parts.append(as_terminal_text(Table(columns, rows_of_people)))
    return "\n".join(part for part in parts if part).rstrip("\n") or "The catalog is empty."


def _counts(by_name: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name or 'others'}" for name, count in by_name.items())


def _crops(stats: Stats) -> str:
    return f"{_counts(stats.crops)}; {stats.identities:,} identities" if stats.crops else ""


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
