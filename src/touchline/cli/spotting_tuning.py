"""`touchline spotting tune`: better settings by trying many. Arguments only."""

from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.resolving import config_or_printed, given_keys
from touchline.cli.spotting_classify import MATCHES, Words
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

Transfer = Annotated[
    str | None, typer.Option(help="Begin with the weights of this run, or of `sample`.")
]
Joint = Annotated[
    Path | None, typer.Option(help="A second annotated set, learnt by a second head.")
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
    seed: StudySeed = None,
    transfer: Transfer = None,
    joint: Joint = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Try many settings, teach the best with a fresh seed, and score it once on the test matches.

    A trial's score is the best validation mAP@1 of a training; test matches choose nothing. An
    interrupted study, killed ones too, goes on with the same command. A second process joins with
    the same command and the same --out (or --storage) while the first is at work; the last to end
    writes the winner and the report.
    """
    from touchline.spotting.config import SpottingConfig

    flags = {
        "seed": seed, "transfer": transfer, "joint": joint, "device": device,
        "precision": precision,
    }  # fmt: skip
    settings = config_or_printed(
        SpottingConfig, words, flags, config, MATCHES, printed=print_config
    )
    if settings is None:
        return
    from touchline.spotting import tuning

    fixed = given_keys(words, flags)
    search = search_of(space, sampler, pruner, settings.seed, (trials, minutes), storage, fixed)
    search_or_preview(tuning, settings, search, out, dry_run=dry_run, json=json)
