"""`touchline demo`: its verbs."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Draw data to try Touchline on.", no_args_is_help=True)


@app.command()
def photos(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder.", metavar="DIR")],
    players: Annotated[int, typer.Option(help="Players who take turns in each class.")] = 6,
    per_class: Annotated[int, typer.Option(help="Labelled photos in each of 17 classes.")] = 24,
    unlabelled: Annotated[int, typer.Option(help="Photos without a class, in DIR/inbox.")] = 120,
    seed: Annotated[int, typer.Option(help="Another seed, other players and photos.")] = 0,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT of a photo in pixels.")] = "480x640",
    spoilt: Annotated[bool, typer.Option(help="Add broken and odd files.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Draw a media-day archive: a player in 17 poses, labelled folders and an inbox."""
    from dataclasses import asdict

    from touchline.demo.archive import preview_archive, write_archive
    from touchline.demo.media_day import MediaDay
    from touchline.demo.photo import parse_size

    day = MediaDay(players, per_class, unlabelled, seed, parse_size(size), spoilt)
    summary = preview_archive(folder, day) if dry_run else write_archive(folder, **asdict(day))
    if as_json:
        typer.echo(json.dumps(asdict(summary), default=str))
    else:
        typer.echo(summary.describe(drawn=not dry_run))


@app.command()
def match(
    folder: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Copy 45 s of a rendered match, with its true events, to try spotting on."""
    from touchline.spotting.sample import copy_sample_match, sample_clip

    if dry_run:
        typer.echo(f"{sample_clip().name} and its labels would be copied to {folder}")
        return
    video = copy_sample_match(folder)
    typer.echo(json.dumps({"video": str(video)}) if as_json else str(video))


@app.command()
def crops(
    folder: Annotated[Path, typer.Argument(help="A new folder.", metavar="DIR")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Copy rendered crops of players in SoccerNet's layout, to try re-identification on."""
    from touchline.reid.sample import copy_sample_crops

    if dry_run:
        typer.echo(f"a few actions of rendered crops would be copied to {folder}")
        return
    copy_sample_crops(folder)
    typer.echo(json.dumps({"crops": str(folder)}) if as_json else str(folder))
