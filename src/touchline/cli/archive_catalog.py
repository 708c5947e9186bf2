"""`touchline archive index|search|export|stats|alike`: the catalog. Arguments only."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from touchline.cli.catalog_words import (
    CATALOG,
    MOST_ALIKE,
    MOST_ROWS,
    QUERY_WORDS,
    CatalogOption,
    DryRunInFull,
    Query,
    query_of,
)
from touchline.cli.resolving import put, tell_faults
from touchline.cli.words import Device, DryRun, Json, Precision
from touchline.errors import UsageError

if TYPE_CHECKING:
    from touchline.archive.catalog.search.found import FoundPhoto

PHOTOS_ON_A_SCREEN = 50


def add_catalog_commands(app: typer.Typer) -> None:
    """Put the commands of the catalog into `touchline archive`."""
    app.command()(index)
    app.command(context_settings=QUERY_WORDS)(search)
    app.command(context_settings=QUERY_WORDS)(export)
    app.command()(stats)
    app.command()(alike)


def index(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Photos and videos.")],
    catalog: CatalogOption = CATALOG,
    players: Annotated[
        Path | None, typer.Option(help="A CSV of file,player[,group]: who is on which photo.")
    ] = None,
    labels: Annotated[
        list[Path] | None, typer.Option(help="What `photos predict` wrote; may be given often.")
    ] = None,
    events: Annotated[
        list[Path] | None, typer.Option(help="A file of events of a video; may be given often.")
    ] = None,
    emptied: Annotated[
        bool, typer.Option("--emptied", help="The folders were emptied on purpose.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Bring folders into the catalog; only what is new, changed, moved or gone is touched.

    Photos with their bursts, videos with the events in the files beside them, journals of sorting,
    and crops where a folder is laid out as SoccerNet's or Market's. No file is changed. Stopped,
    the same command goes on. Ends with 5 when something was left out; it is named.
    """
    from touchline.archive.catalog.opening import open_catalog
    from touchline.cli.catalog_indexing import (
        IndexReport,
        add_event_files,
        add_labels,
        index_folder,
        preview_folder,
        require_inputs,
    )
    from touchline.files import default_cache
    from touchline.reporting.plain_text import printable

    require_inputs(folders, [*([players] if players else []), *(events or []), *(labels or [])])
    report = IndexReport()
    if dry_run:
        is_there = "://" in catalog or Path(catalog).exists()
        known = open_catalog(catalog, as_it_is=True) if is_there else None
        for folder in folders:
            preview_folder(known, folder, report, emptied=emptied)
    else:
        opened = open_catalog(catalog, create=True)
        for folder in folders:
            index_folder(opened, folder, report, emptied=emptied, cache=default_cache())
        if players is not None:
            from touchline.archive.catalog.indexing.players import add_players

            report.add(players, "players", add_players(opened, players))
        add_event_files(opened, events or [], folders, report)
        for file in labels or []:
            add_labels(opened, file, report, default_cache())
    put(report.as_dict() if json else report.describe())
    tell_faults(printable(str(fault)) for fault in report.faults)


def search(
    query: Query = None,
    catalog: CatalogOption = CATALOG,
    order: Annotated[
        Literal["path", "confidence", "taken", "doubt"],
        typer.Option(help="The least sure, the oldest, or the most doubtful first."),
    ] = "path",
    limit: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_ROWS, help="At most so many; all but on a terminal."),
    ] = None,
    paths0: Annotated[
        bool, typer.Option("--paths0", help="Paths, each ended by a zero byte, for `xargs -0`.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """Find photos: a table on a terminal, else a path a line.

    An empty query finds every photo that is there. Quote the query: < and > mean something to the
    shell. docs/archive.md has the whole language.
    """
    from touchline.archive.catalog.opening import open_catalog
    from touchline.archive.catalog.search.found import count_photos, find_photos, stream_photos

    words = query_of(query)
    opened = open_catalog(catalog)
    if sys.stdout.isatty() and not (json or paths0):
        found = find_photos(opened, words, order=order, limit=limit or PHOTOS_ON_A_SCREEN)
        print(_table(found), end="")
        print(f"{len(found):,} of {count_photos(opened, words):,} photos", file=sys.stderr)
        return
    for photo in stream_photos(opened, words, order=order, limit=limit):
        line = _as_json(vars(photo)) if json else photo.path
        sys.stdout.write(line + ("\0" if paths0 else "\n"))


def export(
    query: Query = None,
    out: Annotated[
        Path | None, typer.Option(help="A .csv, .parquet or .json file to write.")
    ] = None,
    reviews: Annotated[
        bool, typer.Option("--reviews", help="Every decision ever made, instead of photos.")
    ] = False,
    catalog: CatalogOption = CATALOG,
    dry_run: DryRunInFull = False,
    json: Json = False,
) -> None:
    """Write photos, what models and people said of them, or all decisions, to a table."""
    from touchline.archive.catalog.exporting import count_reviews, export_photos, export_reviews
    from touchline.archive.catalog.opening import open_catalog
    from touchline.archive.catalog.row_files import require_form
    from touchline.archive.catalog.search.found import count_photos

    if out is None:
        raise UsageError("a file to write", "none", "Name one with --out, e.g. photos.csv.")
    require_form(out)
    if reviews and query:
        raise UsageError(
            "the log of all decisions, or a query of photos", "both",
            "Leave out the query, or --reviews.",
        )  # fmt: skip
    words = query_of(query)
    opened = open_catalog(catalog, as_it_is=dry_run)
    if reviews:
        rows = count_reviews(opened) if dry_run else export_reviews(opened, out)
    else:
        rows = count_photos(opened, words) if dry_run else export_photos(opened, words, out)
    what = "decisions" if reviews else "photos"
    would = "would be written" if dry_run else "written"
    put({what: rows, "out": str(out)} if json else f"{rows:,} {what} {would} to {out}")


def stats(catalog: CatalogOption = CATALOG, json: Json = False) -> None:
    """Count what the catalog holds, how far the review is, and how often people kept a label."""
    from touchline.archive.catalog.opening import open_catalog
    from touchline.archive.catalog.stats import catalog_stats
    from touchline.archive.catalog.stats_text import describe_stats

    counted = catalog_stats(open_catalog(catalog))
    put(counted.as_dict() if json else describe_stats(counted))


def alike(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="Of the catalog or any other.")],
    run: Annotated[Path, typer.Option(metavar="RUN", help="A run whose network compares.")],
    count: Annotated[int, typer.Option(min=1, max=MOST_ALIKE, help="Photos wanted.")] = 12,
    catalog: CatalogOption = CATALOG,
    device: Device = None,
    precision: Precision = None,
    json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
) -> None:
    """Find the photos that look most like one: a table on a terminal, else a path a line.

    The network looks once at each photo of the catalog; what it saw is kept. Ends with 5 when some
    photos could not be compared; they are named.
    """
    from touchline.archive.catalog.lookalikes import find_alike
    from touchline.archive.catalog.opening import open_catalog
    from touchline.faults import Fault
    from touchline.photos.run_vectors import run_vectors
    from touchline.runs import open_run

    opened = open_catalog(catalog)
    with run_vectors(open_run(run), None, device or "auto", precision or "auto") as vectors:
        found = find_alike(opened, vectors, photo, count)
    if sys.stdout.isatty() and not json:
        print(_table([each.photo for each in found.found], found.likeness), end="")
    else:
        for each in found.found:
            row = {"likeness": each.likeness, **vars(each.photo)}
            print(_as_json(row) if json else each.photo.path)
    tell_faults(Fault(Path(path), "", "it could not be compared") for path in found.without_vector)


def _as_json(row: Mapping[str, Any]) -> str:
    import json

    return json.dumps(row, ensure_ascii=False)


def _table(photos: Sequence["FoundPhoto"], likeness: Sequence[float] | None = None) -> str:
    """The photos for a person at a terminal."""
    from touchline.reporting.tables import Table, as_terminal_text

    columns = ["photo", "class", "confidence", "decision", "player", "reviewer"]
    rows: list[list[Any]] = [
        [p.path, p.label, p.confidence, p.decision, p.player, p.reviewer] for p in photos
    ]
    if likeness is not None:
        columns.append("likeness")
        rows = [[*row, like] for row, like in zip(rows, likeness, strict=True)]
    return as_terminal_text(Table(tuple(columns), tuple(map(tuple, rows))))
