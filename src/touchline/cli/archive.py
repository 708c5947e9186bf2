"""`touchline archive`: catalog, sort and tag photos. Arguments only; the work is in the package."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from touchline.cli.archive_catalog import add_catalog_commands
from touchline.cli.catalog_words import (
    CATALOG,
    QUERY_WORDS,
    CatalogOption,
    DryRunInFull,
    Query,
    query_of,
)
from touchline.cli.words import DryRun, Json
from touchline.errors import EXIT_PARTIAL

app = typer.Typer(help="Catalog, sort and tag labelled photos; no photo is ever harmed.",
                  no_args_is_help=True)  # fmt: skip
sort = typer.Typer(help="Photos into a folder for each class: plan, look, apply, undo.",
                   no_args_is_help=True)  # fmt: skip
add_catalog_commands(app)
app.add_typer(sort, name="sort")

Predictions = Annotated[
    Path, typer.Argument(metavar="PREDICTIONS", help="What `touchline photos predict` wrote.")
]
Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="The CSV that `sort plan` wrote.")]
SidecarStyle = Annotated[
    Literal["photo.ext.xmp", "adobe"],
    typer.Option(help="Name of a new sidecar: photo.jpg.xmp, or photo.xmp as Adobe has it."),
]
RootKeyword = Annotated[
    str, typer.Option(help="Machine tags stand under this; `AI|pose` makes two levels.")
]
MinConfidence = Annotated[
    float, typer.Option(help="Photos less sure than this (0 to 1) count as doubtful.")
]


@sort.command("plan")
def plan_command(
    predictions: Predictions,
    destination: Annotated[
        Path, typer.Argument(metavar="DESTINATION", help="The folder to sort into; may be new.")
    ],
    out: Annotated[Path, typer.Option(help="The plan, a CSV; must be new.")] = Path("plan.csv"),
    min_confidence: MinConfidence = 0.0,
    top: Annotated[int, typer.Option(min=1, help="Best classes shown for each photo.")] = 3,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Say where each photo would go, in a table to look at and edit; no photo is touched.

    Doubtful photos go to the folder `review`. In the table, edit `label` (the photo goes to that
    class) or `destination` (it goes exactly there), or delete a row (it stays).
    Ends with 5 when some photos are unreadable, missing, or changed since they were labelled.
    """
    from touchline.archive.label_files import read_labels
    from touchline.archive.sort.plan import plan_sort
    from touchline.archive.sort.plan_table import write_plan
    from touchline.archive.sort.report import describe_plan, plan_summary

    photos = read_labels(predictions)
    plan = plan_sort(
        photos, destination, min_confidence=min_confidence, candidates=top,
        labelled_at_ns=predictions.stat().st_mtime_ns,
    )  # fmt: skip
    if not dry_run:
        write_plan(plan, out)
    summary = plan_summary(plan, out)
    _show(summary, describe_plan(summary, is_dry=dry_run), json)
    _end("stays", [(each["source"], each["reason"]) for each in summary["unusable"]])


@sort.command("apply")
def apply_command(
    plan: Plan,
    mode: Annotated[
        Literal["symlink", "hardlink", "copy", "move"],
        typer.Option(help="How photos get to their folders. Only `move` takes them away."),
    ] = "symlink",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Carry out a plan. Stopped at any instant, by whatever, the same command finishes it.

    Nothing is ever overwritten. Ends with 5 when some files were skipped; they are named.
    """
    from touchline.archive.sort.apply import apply_plan, preview_apply
    from touchline.archive.sort.report import apply_summary, describe_apply

    applied = (preview_apply if dry_run else apply_plan)(plan, mode)
    summary = apply_summary(applied, mode)
    _show(summary, describe_apply(summary, plan, is_dry=dry_run), json)
    _end("skipped", [(each.path, each.reason) for each in applied.skipped])


@sort.command("undo")
def undo_command(plan: Plan, dry_run: DryRun = False, json: Json = False) -> None:
    """Take back what a plan did: names, contents and times as they were.

    Files that were changed since stay where they are. Ends with 5 when there are any; they are
    named, and the same command tries them again.
    """
    from touchline.archive.sort.report import describe_undo, undo_summary
    from touchline.archive.sort.undo import preview_undo, undo_plan

    undone = (preview_undo if dry_run else undo_plan)(plan)
    summary = undo_summary(undone)
    _show(summary, describe_undo(summary, is_dry=dry_run), json)
    _end("kept", [(each.path, each.reason) for each in undone.kept])


@app.command()
def tag(
    predictions: Predictions,
    sidecar_style: SidecarStyle = "photo.ext.xmp",
    root_keyword: RootKeyword = "AI",
    model: Annotated[str, typer.Option(help="Name of the model, for the record.")] = "",
    min_confidence: MinConfidence = 0.0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write each label into the XMP sidecar beside its photo; photos are never changed.

    Keywords that are there already stay, and are put where every photo program finds them. What a
    person confirmed or rejected stands. Ends with 5 when some photos were skipped; they are named.
    """
    from touchline.archive.label_files import read_labels
    from touchline.archive.tags.history import tag_journal_path
    from touchline.archive.tags.report import describe_tag, tag_summary
    from touchline.archive.tags.tag import preview_tags, tag_photos
    from touchline.archive.tags.targets import Tagging

    photos, journal = read_labels(predictions), tag_journal_path(predictions)
    tagging = Tagging(
        sidecar_style, root_keyword, model, min_confidence, predictions.stat().st_mtime_ns
    )
    tagged = preview_tags(photos, tagging) if dry_run else tag_photos(photos, tagging, journal)
    summary = tag_summary(tagged, journal)
    _show(summary, describe_tag(summary, predictions, is_dry=dry_run), json)
    _end("skipped", [(each.path, each.reason) for each in tagged.skipped])


@app.command(context_settings=QUERY_WORDS)
def confirm(
    query: Query = None,
    catalog: CatalogOption = CATALOG,
    beside: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to keep the way back: beside this file."),
    ] = None,
    sidecar_style: SidecarStyle = "photo.ext.xmp",
    root_keyword: RootKeyword = "AI",
    dry_run: DryRunInFull = False,
    json: Json = False,
) -> None:
    """Write what people decided into the XMP sidecars: confirmed, by whom, and what was wrong.

    Photos nobody has decided on are left alone. The way back lies beside the catalog's file; a
    catalog on a server needs --beside. Ends with 5 when some photos were skipped; they are named.
    """
    from touchline.archive.catalog.opening import open_catalog
    from touchline.archive.review.sidecars import (
        preview_sidecars,
        sidecar_journal,
        write_sidecars,
    )
    from touchline.archive.tags.history import tag_journal_path
    from touchline.archive.tags.report import describe_tag, tag_summary
    from touchline.archive.tags.targets import Tagging

    words = query_of(query)
    opened = open_catalog(catalog, as_it_is=dry_run)
    tagging = Tagging(sidecar_style, root_keyword)
    journal = tag_journal_path(beside) if beside else sidecar_journal(opened)
    if dry_run:
        tagged = preview_sidecars(opened, words, tagging)
    else:
        tagged = write_sidecars(opened, words, tagging, journal)
    summary = tag_summary(tagged, journal)
    _show(summary, describe_tag(summary, beside or Path(catalog), is_dry=dry_run), json)
    _end("skipped", [(each.path, each.reason) for each in tagged.skipped])


@app.command()
def untag(predictions: Predictions, dry_run: DryRun = False, json: Json = False) -> None:
    """Take back what `tag` wrote: every sidecar as it was, or gone if it was new.

    From a sidecar that a person changed since, only our own tags are taken out. Ends with 5 when
    there are such; they are named.
    """
    from touchline.archive.tags.history import tag_journal_path
    from touchline.archive.tags.report import describe_untag, untag_summary
    from touchline.archive.tags.untag import preview_untag, untag_photos

    journal = tag_journal_path(predictions)
    untagged = (preview_untag if dry_run else untag_photos)(journal)
    summary = untag_summary(untagged, journal)
    _show(summary, describe_untag(summary, is_dry=dry_run), json)
    _end("kept", [(each.path, each.reason) for each in (*untagged.edited, *untagged.kept)])


def _show(summary: dict[str, Any], text: str, as_json: bool) -> None:
    """The summary on stdout, for a program or for a person."""
    if as_json:
        import json

        text = json.dumps(summary)
    print(text)


def _end(what: str, named: Iterable[tuple[str, str]]) -> None:
    """Name the files left behind on stderr; exit code 5 when there are any."""
    from touchline.archive.names import printable

    lines = [f"{what}: {printable(path)}: {printable(reason)}" for path, reason in named]
    if lines:
        print("\n".join(lines), file=sys.stderr)
        raise typer.Exit(EXIT_PARTIAL)
