"""`touchline reid match|index|search`: galleries without any labels. Arguments only."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.resolving import put, tell_faults
from touchline.cli.words import Device, DryRun, Json, Precision

GalleryRun = Annotated[str, typer.Option("--run", help="The folder of a run, or `sample`.")]
Top = Annotated[int, typer.Option(min=1, help="Gallery crops listed for each query.")]
GroupBy = Annotated[
    bool,
    typer.Option(
        "--group-by-action", help="Search each query only in its own action (as it is scored)."
    ),
]


def match(
    queries: Annotated[Path, typer.Argument(help="Folder of crops to name.")],
    gallery: Annotated[Path, typer.Argument(help="Folder of crops to search.")],
    run: GalleryRun = "sample",
    out: Annotated[
        Path | None, typer.Option(help="New folder for matches.csv and matches.html.")
    ] = None,
    top: Top = 10,
    group_by_action: GroupBy = False,
    device: Device = None,
    precision: Precision = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Find each query's likeliest gallery crops: a CSV with confidences, and a page of strips.

    Without --out the matches go to stdout as JSON lines. Ends with 5 when a crop cannot be read.
    """
    from touchline.reid.match_job import match_folders
    from touchline.reid.sample import open_reid_run

    found = open_reid_run(run)
    tally = match_folders(
        found, queries, gallery, out, sys.stdout, top=top, by_action=group_by_action,
        device=device or "auto", precision=precision or "auto", dry_run=dry_run,
    )  # fmt: skip
    if out is not None or dry_run:
        put(tally.as_dict() if json else tally.describe())
    tell_faults(tally.faults)


def index(
    gallery: Annotated[Path, typer.Argument(help="Folder of crops, or a data set.")],
    out: Annotated[Path, typer.Option(help="New folder for the index.")],
    run: GalleryRun = "sample",
    kind: Annotated[
        str, typer.Option(help="flat (exact) or ivf (faster, nearly exact, for millions).")
    ] = "flat",
    device: Device = None,
    precision: Precision = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Keep the vectors of a gallery on disk, to be searched without computing them again."""
    from touchline.reid.index_job import index_gallery
    from touchline.reid.sample import open_reid_run

    tally = index_gallery(
        open_reid_run(run), gallery, out, kind=kind, device=device or "auto",
        precision=precision or "auto", dry_run=dry_run,
    )  # fmt: skip
    put(tally.as_dict() if json else tally.describe())
    tell_faults(tally.faults)


def search(
    index: Annotated[Path, typer.Argument(help="The folder of an index.")],
    queries: Annotated[Path, typer.Argument(help="Folder of crops, or a data set.")],
    run: GalleryRun = "sample",
    out: Annotated[
        Path | None, typer.Option(help="New folder for matches.csv and matches.html.")
    ] = None,
    top: Top = 10,
    group_by_action: GroupBy = False,
    device: Device = None,
    precision: Precision = None,
    json: Json = False,
) -> None:
    """Find each query's likeliest crops in an index; as `match` otherwise."""
    from touchline.reid.match_job import search_index
    from touchline.reid.sample import open_reid_run

    tally = search_index(
        open_reid_run(run), index, queries, out, sys.stdout, top=top, by_action=group_by_action,
        device=device or "auto", precision=precision or "auto",
    )  # fmt: skip
    if out is not None:
        put(tally.as_dict() if json else tally.describe())
    tell_faults(tally.faults)
