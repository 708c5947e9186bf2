"""A run that has learnt on, for people: a page, and a few lines for the terminal."""

from pathlib import Path

from touchline.media.images import UnreadableImageError, read_image
from touchline.photos.relearning.changes import AccuracyChange, BeforeAfter, Changes
from touchline.photos.relearning.learning import Relearnt
from touchline.photos.relearning.names import CHANGES
from touchline.reporting.data_uris import THUMBNAIL_SIDE, thumbnail_data_uri
from touchline.reporting.gallery import Gallery, Tile
from touchline.reporting.page import Fact, Facts, Page, Part, Section, Text, write_page
from touchline.reporting.tables import Table, format_cell

PAGE = "learnt_from_reviews.html"
TILES = 96


def write_change_report(relearnt: Relearnt) -> Path:
    """Write the page into the new run's folder."""
    run, changes = relearnt.run, relearnt.changes
    sections = [
        Section("What changed", (Facts(_facts(relearnt)), Text(_about(relearnt)))),
        Section("From which label to which", _kinds(changes)),
        Section("Photos with another label, the surest first", _pictures(changes)),
    ]
    if relearnt.lesson.left_out:
        rows = tuple((str(each.path), each.reason) for each in relearnt.lesson.left_out)
        sections.append(Section("Reviews left out", (Table(("file", "why"), rows),)))
    title = f"Learnt from reviews: {run.folder.name}"
    page = Page(title, tuple(sections), f"after {relearnt.parent.folder.name}")
    return write_page(page, run.file(PAGE))


def describe_change(relearnt: Relearnt) -> str:
    """The figures for a terminal, and where the page is."""
    facts = [*_facts(relearnt), Fact("Report", str(relearnt.run.file(PAGE)))]
    width = max(len(fact.name) for fact in facts)
    lines = [f"{f.name:<{width}}  {format_cell(f.value)} {f.note}".rstrip() for f in facts]
    return "\n".join(lines)


def _facts(relearnt: Relearnt) -> tuple[Fact, ...]:
    lesson, changes = relearnt.lesson, relearnt.changes
    corrected = sum(each.is_corrected for each in lesson.photos)
    relabelled, doubtful = len(changes.relabelled), changes.doubtful_before
    return (
        Fact("Photos learnt from", len(lesson.taught)),
        Fact("Reviewed among them", len(lesson.reviewed), f"{corrected} corrected"),
        Fact("Untouched photos", len(changes.photos)),
        Fact("Labels changed", relabelled),
        Fact("Doubtful before", doubtful),
        Fact("No longer doubtful", changes.no_longer_doubtful, f"{changes.newly_doubtful} newly"),
        *(_accuracy_facts(relearnt.accuracy) if relearnt.accuracy else ()),
        Fact("Seconds", relearnt.seconds),
    )


def _accuracy_facts(accuracy: AccuracyChange) -> tuple[Fact, ...]:
    found = accuracy.comparison
    return (
        Fact("Accuracy before", accuracy.before),
        Fact("Accuracy after", accuracy.after),
        Fact("Difference", found.difference, f"p = {found.p_value:.2g}, {found.verdict}"),
        Fact("Majority baseline", accuracy.majority),
    )


def _about(relearnt: Relearnt) -> tuple[str, ...]:
    lines = [
        "Untouched photos were learnt from by neither run, nor was a copy of them or a shot of "
        "their burst, and nobody reviewed them.",
        "Doubtful is a photo of low confidence, or unlike anything learnt.",
    ]
    if relearnt.accuracy is None:
        lines.append("Whether the new labels are better is not known: no photo has a known class.")
    else:
        lines.append(
            "The difference is paired, photo by photo: a 95 % bootstrap interval over groups, and "
            "McNemar's exact test."
        )
    if relearnt.lesson.lost:
        lines.append(f"{relearnt.lesson.lost} photos that taught the parent are gone.")
    return (*lines, f"Parent run: {relearnt.parent.folder}", f"Run: {relearnt.run.folder}")


def _kinds(changes: Changes) -> tuple[Part, ...]:
    if not changes.kinds:
        return (Text(("No label changed.",)),)
    known = [each for each in changes.relabelled if each.photo.truth]
    mended = dict.fromkeys(changes.kinds, 0)
    spoilt = dict(mended)
    for each in known:
        kind = each.before.label, each.after.label
        mended[kind] += each.after.label == each.photo.truth
        spoilt[kind] += each.before.label == each.photo.truth
    rows = []
    for (before, after), count in sorted(changes.kinds.items(), key=lambda kind: (-kind[1], kind)):
        judged = (mended[before, after], spoilt[before, after]) if known else ()
        rows.append((before, after, count, *judged))
    columns = ("before", "after", "photos", *(("now right", "now wrong") if known else ()))
    return (Table(columns, tuple(rows)),)


def _pictures(changes: Changes) -> tuple[Part, ...]:
    tiles = []
    for each in changes.relabelled[:TILES]:
        try:
            image = read_image(each.photo.path, at_least=THUMBNAIL_SIDE, side="longer")
        except UnreadableImageError:  # moved meanwhile; the page is still worth having
            continue
        tiles.append(_tile(each, thumbnail_data_uri(image)))
    if not tiles:
        return (Text(("None.",)),)
    more = len(changes.relabelled) - len(tiles)
    note = (Text((f"{more} more are in {CHANGES}.",)),) if more else ()
    return (Gallery(tuple(tiles)), *note)


def _tile(each: BeforeAfter, thumbnail: str) -> Tile:
    lines = [
        f"before: {each.before.label} {100 * each.before.confidence:.0f} %",
        f"after: {each.after.label} {100 * each.after.confidence:.0f} %",
    ]
    truth = each.photo.truth
    correct = each.after.label == truth if truth else None
    if correct is False:
        lines.append(f"is {truth}")
    return Tile(thumbnail, each.photo.path.name, tuple(lines), correct)
