"""`touchline reid`: crops of players in, who in a gallery each of them is out. Arguments only."""

from pathlib import Path
from typing import Annotated, Any

import typer

from touchline.cli.reid_galleries import index, match, search
from touchline.cli.reid_tuning import CROPS, Network, Weights, tune
from touchline.cli.resolving import config_or_printed, put, tell_faults
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
    RunName,
    Seed,
)
from touchline.errors import GateFailedError, UsageError

app = typer.Typer(
    help="Re-identify players: whose crop in a gallery shows the same person.",
    no_args_is_help=True,
)

Data = Annotated[
    Path, typer.Argument(help="SoccerNet's or Market-1501's layout, or a CSV of path,identity.")
]
Split = Annotated[str, typer.Option(help="valid, test or challenge.")]
MinMap = Annotated[float | None, typer.Option(help="Exit 4 when the mAP is lower.")]


@app.command()
def train(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DATA] [KEY=VALUE]...", help="Crops by identity, and settings."),
    ] = None,
    out: Out = None,
    seed: Seed = None,
    network: Network = None,
    weights: Weights = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    resume: Resume = None,
    min_map: MinMap = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learn from named crops, choose on the validation split, score the test split once."""
    from touchline.reid.config import ReidConfig

    flags = {
        "seed": seed, "network.name": network, "network.weights": weights, "device": device,
        "precision": precision,
    }  # fmt: skip
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        ReidConfig, words, flags, run.config if run else config, CROPS, printed=print_config
    )
    if settings is None:
        return
    if dry_run:
        from touchline.reid.lesson import gather_lesson

        print(gather_lesson(settings).describe())
        return
    from touchline.reid.report import describe, summary
    from touchline.reid.train import train as learn

    run = learn(settings, out, run)
    put(summary(run) if json else describe(run))
    _require_map(run.read_json("metrics.json"), min_map)


@app.command()
def evaluate(
    run: RunName,
    data: Data,
    split: Split = "test",
    out: Out = None,
    device: Device = None,
    precision: Precision = None,
    min_map: MinMap = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Score a run on other named crops."""
    from touchline.reid.galleries import gallery_of
    from touchline.reid.sample import open_reid_run

    found = open_reid_run(run)
    if dry_run:
        print(gallery_of(data, split).describe())
        return
    from touchline.reid.evaluate import evaluate as score
    from touchline.reid.report import describe, summary

    scored = score(found, data, split, out, device or "auto", precision or "auto")
    put(summary(scored) if json else describe(scored))
    _require_map(scored.read_json("metrics.json"), min_map)


@app.command()
def rank(
    data: Data,
    run: Annotated[str, typer.Option(help="The folder of a run, or `sample`.")],
    out: Annotated[Path, typer.Option(help="The JSON file of rankings, as SoccerNet has them.")],
    split: Split = "test",
    device: Device = None,
    precision: Precision = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Rank each query's gallery and write it as SoccerNet's evaluation wants it.

    Ends with 5 when a crop could not be read; it is then ranked last.
    """
    from touchline.reid.galleries import gallery_of
    from touchline.reid.sample import open_reid_run

    found = open_reid_run(run)
    _require_file(out)
    if dry_run:
        print(f"{gallery_of(data, split).describe()}; {out} would be written")
        return
    from touchline.reid.rank import rank_split

    tally = rank_split(found, data, split, out, device or "auto", precision or "auto")
    put(tally.as_dict() if json else tally.describe())
    tell_faults(tally.faults)


@app.command()
def score(
    truth: Annotated[Path, typer.Argument(metavar="BBOX_INFO", help="A bbox_info.json.")],
    ranking: Annotated[Path, typer.Argument(help="A JSON file of rankings.")],
    min_map: MinMap = None,
    json: Json = False,
) -> None:
    """Score anybody's SoccerNet rankings, with the official checks and to every digit."""
    from touchline.reid.scoring_files import score_ranking

    scores = score_ranking(truth, ranking)
    put(scores.as_dict() if json else scores.describe())
    _require_map({"test": scores.as_dict()}, min_map)


@app.command()
def compare(
    data: Data,
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Runs, or `sample`.")],
    out: Annotated[Path, typer.Option(help="New folder for the report and its tables.")],
    method: Annotated[
        list[Path] | None,
        typer.Option(help="A file that names an ensemble or re-ranking to score too; repeat it."),
    ] = None,
    device: Device = None,
    precision: Precision = None,
    json: Json = False,
) -> None:
    """Set runs, their ensembles and their re-rankings side by side on the same queries.

    What can be chosen (weights, k1, k2, lambda) is chosen on valid and reported on test.
    """
    from touchline.reid.comparing import compare_runs
    from touchline.reid.method_recipe import read_methods
    from touchline.reid.sample import open_reid_run

    found = compare_runs(
        [open_reid_run(run) for run in runs], data, out, device or "auto", precision or "auto",
        read_methods(method or []),
    )  # fmt: skip
    put(found.as_dict() if json else found.describe())


app.command()(tune)
app.command()(match)
app.command()(index)
app.command()(search)


@app.command()
def export(
    run: RunName,
    out: Annotated[Path, typer.Option(help="The .onnx file.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write the network as one ONNX file: crops in, vectors to compare out, any batch."""
    from touchline.reid.sample import open_reid_run

    found = open_reid_run(run)
    _require_file(out)
    if dry_run:
        print(f"{out} would be written")
        return
    from touchline.reid.model import export_run

    export_run(found, out)
    put({"onnx": str(out)} if json else str(out))


def _require_map(metrics: dict[str, Any], least: float | None) -> None:
    if least is None:
        return
    part = metrics["test"] if "test" in metrics else metrics["valid"]
    value = part["mAP"]["value"]
    if not value >= least:
        raise GateFailedError(
            f"a mAP of at least {least}", f"{value:.4f}",
            "Look at the report for what went wrong, or lower --min-map.",
        )  # fmt: skip


def _require_file(out: Path) -> None:
    if out.is_dir():
        raise UsageError("a file to write", f"the folder {out}", "Name a file in it with --out.")
