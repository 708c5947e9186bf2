"""`touchline reid tune`: better settings by trying many. Arguments only."""

from typing import Annotated

import typer

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

CROPS = "one folder or CSV of crops"
Network = Annotated[
    str | None, typer.Option(help="osnet_x0_25, osnet_ain_x1_0, or a timm model name.")
]
Weights = Annotated[str | None, typer.Option(help="packaged, hub, random, or a file.")]


def tune(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DATA] [KEY=VALUE]...",
            help="Crops by identity, and settings that are not tuned.",
        ),
    ] = None,
    trials: Trials = None,
    minutes: Minutes = None,
    space: SpaceFile = None,
    sampler: Sampler = "tpe",
    pruner: Pruner = "median",
    storage: Storage = None,
    out: StudyFolder = None,
    seed: StudySeed = None,
    network: Network = None,
    weights: Weights = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Try many settings, teach the best with a fresh seed, and score it once on the test queries.

    A trial's score is the best validation mAP of a training; test queries choose nothing. An
    interrupted study, killed ones too, goes on with the same command. A second process joins with
    the same command and the same --out (or --storage) while the first is at work; the last to end
    writes the winner and the report.
    """
    from touchline.reid.config import ReidConfig

    flags = {
        "seed": seed, "network.name": network, "network.weights": weights, "device": device,
        "precision": precision,
    }  # fmt: skip
    settings = config_or_printed(ReidConfig, words, flags, config, CROPS, printed=print_config)
    if settings is None:
        return
    from touchline.reid import tuning

    fixed = given_keys(words, flags)
    search = search_of(space, sampler, pruner, settings.seed, (trials, minutes), storage, fixed)
    search_or_preview(tuning, settings, search, out, dry_run=dry_run, json=json)
