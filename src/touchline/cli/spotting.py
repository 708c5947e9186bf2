"""`touchline spotting`: a match video in, its ball actions out. Arguments only."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from touchline.cli.resolving import config_or_printed, put
from touchline.cli.resuming import run_to_resume
from touchline.cli.spotting_classify import MATCHES, Words, classify
from touchline.cli.spotting_tuning import Joint, Transfer, tune
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
from touchline.errors import EXIT_PARTIAL, GateFailedError, UsageError

app = typer.Typer(
    help="Spot ball actions: a match video in, a timeline of events out.",
    no_args_is_help=True,
)

MinMap = Annotated[float | None, typer.Option(help="Exit 4 when the test mAP@1 is lower.")]


@app.command()
def train(
    words: Words = None,
    out: Out = None,
    seed: Seed = None,
    transfer: Transfer = None,
    joint: Joint = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    resume: Resume = None,
    min_map: MinMap = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learn from annotated matches, choose on the validation ones, score the test ones once."""
    from touchline.spotting.config import SpottingConfig

    flags = {
        "seed": seed, "transfer": transfer, "joint": joint, "device": device,
        "precision": precision,
    }  # fmt: skip
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        SpottingConfig, words, flags, run.config if run else config, MATCHES, printed=print_config
    )
    if settings is None:
        return
    if dry_run:
        from touchline.spotting.footage import gather_footage

        print(gather_footage(settings.data, settings.seed, settings.frames.height).describe())
        return
    from touchline.spotting.report import describe, summary
    from touchline.spotting.train import train as learn

    run = learn(settings, out, run)
    put(summary(run) if json else describe(run))
    _require_map(run.read_json("metrics.json"), min_map)


app.command()(tune)
app.command()(classify)


@app.command()
def evaluate(
    run: RunName,
    data: Annotated[Path, typer.Argument(help="Annotated matches.")],
    out: Out = None,
    device: Device = None,
    precision: Precision = None,
    min_map: MinMap = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Score a run on other annotated matches."""
    from touchline.spotting.sample import open_spotting_run

    found = open_spotting_run(run)
    if dry_run:
        from touchline.spotting.evaluate import fresh_footage

        print(f"{len(fresh_footage(found, data).footage)} annotated videos would be scored")
        return
    from touchline.spotting.evaluate import evaluate as score
    from touchline.spotting.report import describe, summary

    scored = score(found, data, out, device or "auto", precision or "auto")
    put(summary(scored) if json else describe(scored))
    _require_map(scored.read_json("metrics.json"), min_map)


@app.command()
def predict(
    run: RunName,
    videos: Annotated[
        list[str],
        typer.Argument(metavar="VIDEO...", help="Video files; with --stream also - or a URL."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results; one below it a video when there are several."),
    ] = None,
    stream: Annotated[
        bool, typer.Option("--stream", help="A live source: events on stdout as they are certain.")
    ] = False,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Also write the video with its events drawn in.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="On stdout, give faint events too.")
    ] = False,
    device: Device = None,
    precision: Precision = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Spot the events of videos: results_spotting.json, events.csv and a timeline page each.

    Interrupted, the same command goes on where it stopped. Without --out, events go to stdout as
    JSON lines. Ends with 5 when a video could not be read, or not to its end.
    """
    from touchline.spotting.sample import open_spotting_run

    found = open_spotting_run(run)
    if dry_run:
        print(f"{len(videos)} videos would be worked through")
        return
    from touchline.spotting.predicting import predict_files, predict_stream

    where = (device or "auto", precision or "auto")
    if stream:
        if len(videos) != 1 or out or annotate:
            raise UsageError(
                "one live source without --out and --annotate", " ".join(videos),
                "Send stdout to a file; run predict on the recording for a page.",
            )  # fmt: skip
        problems = predict_stream(found, videos[0], sys.stdout, everything, *where)
    else:
        if annotate and out is None:
            raise UsageError(
                "--out with --annotate", "none", "Name the folder for the annotated video."
            )
        files = [Path(video) for video in videos]
        tally = predict_files(found, files, out, sys.stdout, annotate, everything, *where)
        problems = list(tally.problems)
        if out is not None:
            put(tally.as_dict() if json else tally.describe())
    for name, reason in problems:
        print(f"trouble with {name}: {reason}", file=sys.stderr)
    if problems:
        raise typer.Exit(EXIT_PARTIAL)


@app.command()
def score(
    truth: Annotated[Path, typer.Argument(help="A Labels-ball.json, or a tree of games.")],
    predictions: Annotated[
        Path, typer.Argument(help="A results_spotting.json, or a tree of them.")
    ],
    rate: Annotated[float, typer.Option(help="Cells a second of the official grid.")] = 25.0,
    allow_missing: Annotated[
        bool, typer.Option(help="Count games without predictions as having none.")
    ] = False,
    min_map: MinMap = None,
    json: Json = False,
) -> None:
    """Score predictions as SoccerNet does, to every digit, and beside it as one should."""
    from touchline.spotting.scoring_files import score_files

    scores = score_files(truth, predictions, rate, allow_missing)
    put(scores.as_dict() if json else scores.describe())
    _require_map({"test": scores.as_dict()}, min_map)


@app.command()
def explore(
    data: Annotated[Path, typer.Argument(help="Annotated matches; videos are not needed.")],
    out: Annotated[Path | None, typer.Option(help="Also write an HTML page here.")] = None,
    json: Json = False,
) -> None:
    """Count and plot the events: by class, split and minute, gaps, and what is broken."""
    from touchline.spotting.explore.exploring import explore as look

    found = look(data, out)
    put(found.as_dict() if json else found.describe())


@app.command()
def prepare(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Videos, or annotated matches.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the small copies.")],
    height: Annotated[int, typer.Option(help="Rows of a frame.")] = 224,
    width: Annotated[int, typer.Option(help="Columns of a frame.")] = 398,
    rate: Annotated[float, typer.Option(help="Frames a second.")] = 12.5,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make small copies that training can seek in fast, and say how much that gains.

    `touchline spotting train DATA proxies=OUT` reads them.
    """
    from touchline.settings import resolve
    from touchline.spotting.config import ClipSettings, FrameSettings
    from touchline.spotting.preparing import prepare_videos, videos_in

    frames = resolve(FrameSettings, flags={"rate": rate, "height": height, "width": width})
    if dry_run:
        print(f"{len(videos_in(paths))} videos would be copied to {out}")
        return
    found = prepare_videos(paths, out, frames, ClipSettings().steps)
    put(found.as_dict() if json else found.describe())
    if found.problems:
        raise typer.Exit(EXIT_PARTIAL)


@app.command()
def export(
    run: RunName,
    out: Annotated[Path, typer.Option(help="The .onnx file.")],
    steps: Annotated[
        int | None, typer.Option(min=1, help="Frames a clip; as taught if left out.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write the spotter as one ONNX file: a clip of frames in, scores of every step out."""
    from touchline.spotting.sample import open_spotting_run

    found = open_spotting_run(run)
    if dry_run:
        print(f"{out} would be written")
        return
    from touchline.spotting.onnx_model import export_onnx

    export_onnx(found, out, steps)
    put({"onnx": str(out)} if json else str(out))


def _require_map(metrics: dict[str, Any], least: float | None) -> None:
    if least is None:
        return
    part = metrics["test"] if "test" in metrics else metrics["valid"]
    value = part["official"]["at1"]["a_mAP"]
    if not value >= least:
        raise GateFailedError(
            f"a mAP@1 of at least {least}", f"{value:.4f}",
            "Look at the report for what went wrong, or lower --min-map.",
        )  # fmt: skip
