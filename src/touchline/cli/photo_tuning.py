"""`touchline photos tune`: better settings by trying many. Arguments only."""

from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.photo_settings import PHOTOS
from touchline.cli.resolving import config_or_printed, given_keys
from touchline.cli.tuning_words import (
    Minutes,
    Pruner,
    Sampler,
    SpaceFile,
    Storage,
    StudyFolder,
    StudySeed,
    Trials,
    search_of,
    search_or_preview,
)
from touchline.cli.words import ConfigFile, Device, DryRun, Json, Precision, PrintConfig

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATA] [KEY=VALUE]...", help="Photos by class, and settings that are not tuned."
    ),
]


def tune(
    words: Words = None,
    trials: Trials = None,
    minutes: Minutes = None,
    space: SpaceFile = None,
    sampler: Sampler = "tpe",
    pruner: Pruner = "median",
    storage: Storage = None,
    out: StudyFolder = None,
    recipe: Annotated[str | None, typer.Option(help="probe, finetune or two-stage.")] = None,
    shots: Annotated[
        int | None, typer.Option(help="Learn from N of each class, test on the rest.")
    ] = None,
    holdout: Annotated[float | None, typer.Option(help="Test on this share of each class.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds that a trial's score is from.")] = None,
    split: Annotated[Path | None, typer.Option(help="Reuse the split.csv of another run.")] = None,
    seed: StudySeed = None,
    backbone: Annotated[str | None, typer.Option(help="A timm model name.")] = None,
    weights: Annotated[str | None, typer.Option(help="packaged, hub, random, or a file.")] = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Try many settings, teach the best on all learning photos, and score it once on test.

    A trial's score is the mean over folds of the photos learnt from; test photos choose nothing.
    An interrupted study, killed ones too, goes on with the same command. A second process joins
    with the same command and the same --out (or --storage) while the first is at work; the last
    to end writes the winner and the report.
    """
    from touchline.photos.config import PhotosConfig

    flags = {
        "recipe": recipe, "seed": seed, "device": device, "precision": precision,
        "backbone.name": backbone, "backbone.weights": weights, "evaluation.shots": shots,
        "evaluation.holdout": holdout, "evaluation.folds": folds, "evaluation.split": split,
    }  # fmt: skip
    settings = config_or_printed(PhotosConfig, words, flags, config, PHOTOS, printed=print_config)
    if settings is None:
        return
    from touchline.photos import tuning

    fixed = given_keys(words, flags)
    search = search_of(space, sampler, pruner, settings.seed, (trials, minutes), storage, fixed)
    search_or_preview(tuning, settings, search, out, dry_run=dry_run, json=json)
