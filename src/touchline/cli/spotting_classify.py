"""`touchline spotting classify`: which ball actions happen in a clip. Arguments only."""

from typing import Annotated

import typer

from touchline.cli.resolving import config_or_printed, put
from touchline.cli.resuming import run_to_resume
from touchline.cli.words import (
    ConfigFile,
    Device,
    DryRun,
    Json,
    Out,
    Precision,
    PrintConfig,
    Resume,
    Seed,
)

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[DATA] [KEY=VALUE]...", help="Annotated matches, and settings."),
]
MATCHES = "one folder, list or CSV of annotated matches"


def classify(
    words: Words = None,
    out: Out = None,
    seed: Seed = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    resume: Resume = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learn which actions happen in a clip of a few seconds; score every test clip exactly once.

    Clips are windows of one length with every class inside (clips.kind=windows), or run from each
    event to the next with one label (clips.kind=events). recipes/spotting has published ones.
    """
    from touchline.spotting.classify.config import ClassifyConfig

    flags = {"seed": seed, "device": device, "precision": precision}
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        ClassifyConfig, words, flags, run.config if run else config, MATCHES, printed=print_config
    )
    if settings is None:
        return
    if dry_run:
        from touchline.spotting.footage import gather_footage

        print(gather_footage(settings.data, settings.seed, settings.frames.height).describe())
        return
    from touchline.spotting.classify.report import describe, summary
    from touchline.spotting.classify.train import train

    run = train(settings, out, run)
    put(summary(run) if json else describe(run))
