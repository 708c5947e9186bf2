"""`touchline photos`: teach, score and label photos. Arguments only; the work is in the package."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.photo_bakeoff import bakeoff
from touchline.cli.photo_learning import learn
from touchline.cli.photo_settings import (
    PHOTOS,
    describe_data,
    open_classifier,
    require_accuracy,
)
from touchline.cli.photo_tuning import tune
from touchline.cli.resolving import config_of, config_or_printed, put
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
)
from touchline.errors import EXIT_PARTIAL

app = typer.Typer(
    help="Teach, score and label: a folder of photos in, a label for each out.",
    no_args_is_help=True,
)

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[DATA] [KEY=VALUE]...", help="Photos by class, and settings."),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]


@app.command()
def audit(
    words: Words = None,
    out: Annotated[
        Path | None, typer.Option(help="New folder for audit.html and audit.csv.")
    ] = None,
    judge: Annotated[
        bool, typer.Option(help="Judge labels by a model that has not learnt from them.")
    ] = True,
    config: ConfigFile = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Find copies, bursts, leaks across splits, doubtful labels and left/right trouble.

    Ends with 4 when something was found that would make a score a lie.
    """
    from touchline.photos.auditing import AuditConfig, audit_photos

    flags = {"judge_labels": judge}
    settings = config_or_printed(AuditConfig, words, flags, config, PHOTOS, printed=print_config)
    if settings is None:
        return
    if dry_run:
        describe_data(settings)
        return
    found = audit_photos(settings, out)
    put(found.as_dict() if json else found.describe())
    found.audit.require_passed(found.page)


@app.command()
def split(
    words: Words = None,
    out: Annotated[Path, typer.Option(help="The table to write.")] = Path("split.csv"),
    shots: Annotated[
        int | None, typer.Option(help="N of each class to learn, the rest to test.")
    ] = None,
    holdout: Annotated[float | None, typer.Option(help="This share of each class to test.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds of a cross-validation.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another split.")] = None,
    config: ConfigFile = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write which photos learn and which test; copies, bursts and groups are never parted.

    `touchline photos train DATA --split FILE` uses it.
    """
    from touchline.photos.config import PhotosConfig
    from touchline.photos.splitting import split_photos

    flags = {
        "evaluation.shots": shots, "evaluation.holdout": holdout, "evaluation.folds": folds,
        "seed": seed,
    }  # fmt: skip
    settings = config_of(PhotosConfig, words, flags, config, PHOTOS)
    found = split_photos(settings, None if dry_run else out)
    put(found.as_dict() if json else found.describe())


@app.command()
def train(
    words: Words = None,
    recipe: Annotated[str | None, typer.Option(help="probe, finetune or two-stage.")] = None,
    out: Out = None,
    shots: Annotated[
        int | None, typer.Option(help="Learn from N of each class, test on the rest.")
    ] = None,
    holdout: Annotated[float | None, typer.Option(help="Test on this share of each class.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds of the cross-validation.")] = None,
    split: Annotated[Path | None, typer.Option(help="Reuse the split.csv of another run.")] = None,
    synthetic: Annotated[
        Path | None, typer.Option(help="Learn from the photos of `touchline synth sample` too.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Decides the split and all that is random.")
    ] = None,
    backbone: Annotated[str | None, typer.Option(help="A timm model name.")] = None,
    weights: Annotated[str | None, typer.Option(help="packaged, hub, random, or a file.")] = None,
    device: Device = None,
    precision: Precision = None,
    config: ConfigFile = None,
    resume: Resume = None,
    min_accuracy: Annotated[
        float | None, typer.Option(help="Exit 4 when the score is lower.")
    ] = None,
    print_config: PrintConfig = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Learn classes from examples, score on photos not learnt from, and keep it all in a run."""
    from touchline.photos.config import PhotosConfig

    flags = {
        "recipe": recipe, "seed": seed, "device": device, "precision": precision,
        "backbone.name": backbone, "backbone.weights": weights, "evaluation.shots": shots,
        "evaluation.holdout": holdout, "evaluation.folds": folds, "evaluation.split": split,
        "synthetic": synthetic,
    }  # fmt: skip
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        PhotosConfig, words, flags, run.config if run else config, PHOTOS, printed=print_config
    )
    if settings is None:
        return
    if dry_run:
        describe_data(settings)
        return
    from touchline.photos.report import describe, summary
    from touchline.photos.train import train as learn

    run = learn(settings, out, run)
    put(summary(run) if json else describe(run))
    require_accuracy(run.read_json("metrics.json")["accuracy"]["value"], min_accuracy)


@app.command()
def evaluate(
    run: RunFolder,
    data: Annotated[Path, typer.Argument(help="Photos by class, or a CSV of path,label.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the scores and the report.")] = None,
    device: Device = None,
    precision: Precision = None,
    min_accuracy: Annotated[
        float | None, typer.Option(help="Exit 4 when the score is lower.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Score a run on other photos of known class."""
    from touchline.photos.config import PhotosConfig

    if dry_run:
        describe_data(PhotosConfig(data=data))
        return
    from touchline.photos.evaluate import evaluate as score
    from touchline.photos.report import describe, summary
    from touchline.runs import open_run

    scored = score(open_run(run), data, out, device or "auto", precision or "auto")
    put(summary(scored) if json else describe(scored))
    require_accuracy(scored.read_json("metrics.json")["accuracy"]["value"], min_accuracy)


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN...", help="Scored runs.")],
    out: Annotated[Path | None, typer.Option(help="Also write the table as an HTML page.")] = None,
    json: Json = False,
) -> None:
    """Say which of several runs is better on the same photos, or that it cannot be told."""
    from touchline.photos.compare_runs import compare_runs
    from touchline.runs import open_run

    put(compare_runs([open_run(run) for run in runs], out, as_json=json))


app.command()(bakeoff)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(metavar="RUN", help="A run, or an exported .onnx file.")],
    paths: Annotated[
        list[str], typer.Argument(metavar="PATHS...", help="Files, folders, globs; - reads a list.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="A .parquet, .csv or .jsonl file; else JSON lines on stdout."),
    ] = None,
    risk: Annotated[
        float | None, typer.Option(help="Send to review what would err more often than this.")
    ] = None,
    min_confidence: Annotated[float, typer.Option(help="Send to review what is less sure.")] = 0.0,
    top: Annotated[int, typer.Option(help="Labels kept a photo; its conformal set always is.")] = 5,
    device: Device = None,
    precision: Precision = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Label photos; doubtful ones go to review, unreadable ones are named, the rest goes on.

    With --out the work can be interrupted and the same command goes on. Ends with 5 when some
    photos could not be read.
    """
    from touchline.photos.inputs import STANDARD_INPUT, list_inputs
    from touchline.photos.labelling import Wanted, label_photos
    from touchline.reporting.progress import track

    streamed = STANDARD_INPUT in paths
    total = None if streamed else sum(1 for _ in list_inputs(paths, ()))
    if dry_run:
        print("the files of a list" if total is None else f"{total} files", "would be labelled")
        return
    wanted = Wanted(risk=risk, min_confidence=min_confidence, top=top)
    classifier = open_classifier(model, device or "auto", precision or "auto")
    inputs = track(list_inputs(paths, sys.stdin), "Labelling photos", total)
    tally = label_photos(classifier, inputs, wanted, out, sys.stdout, asked=paths)
    for path, reason in tally.problems:
        print(f"unreadable: {path}: {reason}", file=sys.stderr)
    if out is not None:
        put(tally.as_dict() if json else tally.describe(out))
    if tally.problems:
        raise typer.Exit(EXIT_PARTIAL)


@app.command()
def export(
    run: RunFolder,
    out: Annotated[
        Path | None, typer.Option(help="The .onnx file; model.onnx in the run if left out.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write the classifier as one ONNX file that carries its preprocessing and labels."""
    from touchline.runs import open_run

    found, path = open_run(run), out or run / "model.onnx"
    if dry_run:
        print(f"{path} would be written")
        return
    from touchline.photos.onnx_model import export_onnx

    export_onnx(found, path)
    put({"onnx": str(path)} if json else str(path))


app.command()(tune)
app.command()(learn)
