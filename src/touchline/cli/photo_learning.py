"""`touchline photos learn`: a probe taught again with what people reviewed. Arguments only."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.resolving import put
from touchline.cli.words import DryRun, Json, Out


def learn(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run of the probe.")],
    catalog: Annotated[
        str,
        typer.Option(envvar="TOUCHLINE_CATALOG", help="A file, or the URL of a database."),
    ] = "touchline.catalog",
    truth: Annotated[
        Path | None,
        typer.Option(help="Photos by class, or a CSV of path,label, to score before and after."),
    ] = None,
    photos: Annotated[
        int, typer.Option(min=0, help="Show the change on at most so many photos not reviewed.")
    ] = 1000,
    doubtful_below: Annotated[
        float, typer.Option(min=0, max=1, help="Less confidence than this is doubtful.")
    ] = 0.8,
    out: Out = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learn from what people reviewed, as a new run, and show what that changed.

    The probe learns again in seconds, on its own photos and all reviewed ones of the catalog.
    Before and after are shown on photos that neither has learnt from; accuracy where their class
    is known: by --truth, else on the photos that RUN holds out.
    """
    from touchline.archive.catalog.opening import open_catalog
    from touchline.archive.review.standing import reviewed_photos, unreviewed_photos
    from touchline.runs import open_run

    with closing(open_catalog(catalog)) as opened:
        standing, others = reviewed_photos(opened), unreviewed_photos(opened)
    if dry_run:
        print(f"{len(standing.reviewed)} reviewed photos, {len(others)} others")
        return
    from touchline.photos.relearning.learning import ShownPhotos, learn_from_reviews
    from touchline.photos.relearning.report import describe_change, write_change_report

    shown = ShownPhotos(others, photos, truth, doubtful_below)
    relearnt = learn_from_reviews(open_run(run), standing, out, shown)
    write_change_report(relearnt)
    put(relearnt.as_dict() if json else describe_change(relearnt))
