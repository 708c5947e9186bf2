"""`touchline photos bakeoff`: which backbone to take. Arguments only."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.photo_settings import PHOTOS, describe_data
from touchline.cli.resolving import config_or_printed, put
from touchline.cli.words import ConfigFile, Device, DryRun, Json, Precision, PrintConfig, Seed
from touchline.errors import EXIT_PARTIAL


def bakeoff(
    backbones: Annotated[
        str,
        typer.Option(
            metavar="NAME[@WEIGHTS],...",
            help="Backbones to compare; weights are packaged, hub, random or a file.",
        ),
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DATA] [KEY=VALUE]...", help="Photos by class, and settings."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="An .html page; its .csv and .png lie beside it.")
    ] = None,
    shots: Annotated[
        int | None, typer.Option(help="Learn from N of each class, test on the rest.")
    ] = None,
    holdout: Annotated[float | None, typer.Option(help="Test on this share of each class.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds of the cross-validation.")] = None,
    split: Annotated[Path | None, typer.Option(help="Reuse the split.csv of a run.")] = None,
    seed: Seed = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Teach a probe on each of several backbones: how accurate, how sure, and at what cost.

    Ends with 5 when the weights of some cannot be had here; the others are compared all the same.
    """
    from touchline.photos.config import PhotosConfig

    flags = {
        "seed": seed, "device": device, "precision": precision, "evaluation.shots": shots,
        "evaluation.holdout": holdout, "evaluation.folds": folds, "evaluation.split": split,
    }  # fmt: skip
    settings = config_or_printed(PhotosConfig, words, flags, config, PHOTOS, printed=print_config)
    if settings is None:
        return
    from touchline.photos.bakeoff_report import check_page
    from touchline.photos.contenders import contenders

    named = contenders(backbones)
    if out is not None:
        check_page(out)
    if dry_run:
        from touchline.photos.tune_plan import labelled_photos

        labelled_photos(settings)
        describe_data(settings)
        print(f"would be compared: {', '.join(each.word for each in named)}")
        return
    from touchline.photos.bakeoff import bake_off
    from touchline.photos.bakeoff_report import describe_bakeoff, write_bakeoff

    found = bake_off(settings, named)
    put(found.as_dict() if json else describe_bakeoff(found))  # first, should the disk be full
    if out is not None:
        write_bakeoff(found, out)
    for name, reason in found.left_out:
        print(f"left out: {name}: {reason}", file=sys.stderr)
    if found.left_out:
        raise typer.Exit(EXIT_PARTIAL)
