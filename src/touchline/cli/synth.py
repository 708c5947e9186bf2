"""`touchline synth`: more photos. Arguments only; the work is in the package."""

from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.photo_settings import PHOTOS
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
    split_words,
)
from touchline.errors import UsageError

app = typer.Typer(
    help="Make more photos where there are too few, and say whether they help.",
    no_args_is_help=True,
)

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[DATA] [KEY=VALUE]...", help="Photos by class, and settings."),
]
Generator = Annotated[str | None, typer.Option(help="stylegan (if not said), diffusion, or lora.")]
Size = Annotated[
    int | None,
    typer.Option(help="Width and height of what is made: 64 (if not said), 128, 256, 512."),
]
Images = Annotated[int | None, typer.Option(help="Photos shown in all; 200000 if not said.")]
Memory = Annotated[str | None, typer.Option(help="Take no more than this, e.g. 8GB.")]
Disk = Annotated[str | None, typer.Option(help="Write no more than this, e.g. 5GB.")]
Time = Annotated[str | None, typer.Option(help="Learn no longer than this, e.g. 2h.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a generator's run.")]


@app.command()
def train(
    words: Words = None,
    generator: Generator = None,
    size: Size = None,
    images: Images = None,
    split: Annotated[
        Path | None, typer.Option(help="Learn only from the train part of this split.csv.")
    ] = None,
    memory: Memory = None,
    disk: Disk = None,
    time: Time = None,
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
    """Teach a generator within limits: what does not fit is refused, with what would.

    `--dry-run` rehearses it and says what it would take.
    """
    from touchline.synth.config import SynthConfig

    flags = {
        "generator": generator, "size": size, "training.images": images, "split": split,
        "limits.memory": memory, "limits.disk": disk, "limits.time": time, "seed": seed,
        "device": device, "precision": precision,
    }  # fmt: skip
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        SynthConfig, words, flags, run.config if run else config, PHOTOS, printed=print_config
    )
    if settings is None:
        return
    if dry_run:
        from touchline.synth.lesson import gather_lesson
        from touchline.synth.train import NEW, foresee

        lesson = gather_lesson(settings)
        print(lesson.describe())
        print(foresee(settings, lesson, out or NEW).describe())
        return
    from touchline.synth.report import describe, summary
    from touchline.synth.train import train as learn

    run = learn(settings, out, run)
    put(summary(run) if json else describe(run))


@app.command()
def sample(
    words: Annotated[
        list[str],
        typer.Argument(metavar="RUN [KEY=VALUE]...", help="A run, and settings of sampling."),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the photos, new or to be finished.")],
    per_class: Annotated[int, typer.Option(help="Photos of each class.")] = 24,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="Only of this class; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, other photos.")] = 0,
    device: Device = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make photos. Each file says in its metadata that it was made, by what, and from what seed.

    They can be learnt from (`touchline photos train DATA --synthetic FOLDER`), never scored or
    sorted.
    """
    from touchline.runs import open_run

    paths, settings = split_words(words)
    if len(paths) != 1:
        raise UsageError("one run", " and ".join(paths) or "none", "Name its folder.")
    from touchline.synth.run_files import read_mirror
    from touchline.synth.sample import require_possible
    from touchline.synth.sample import sample as make

    run = open_run(Path(paths[0]))
    known = read_mirror(run).classes
    counts = dict.fromkeys(classes or known, per_class)
    require_possible(known, counts, seed)
    if dry_run:
        print(f"{per_class} photos of each of {len(counts)} classes in {out}")
        return
    made = sum(1 for _ in make(run, out, counts, seed, tuple(settings), device))
    there = sum(counts.values()) - made
    told = {"made": made, "there": there, "folder": str(out)}
    before = f"; {there} were there already" if there else ""
    put(told if json else f"Made {made} photo{'s' * (made != 1)} in {out}{before}.")


@app.command()
def score(
    run: RunFolder,
    samples: Annotated[int, typer.Option(help="Photos that are made and scored.")] = 1000,
    data: Annotated[
        Path | None, typer.Option(help="Other photos by class, to compare with and to judge by.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the scores and the report.")] = None,
    device: Device = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Say how good the photos of a generator are, and name those that copy one it learnt from."""
    from touchline.runs import open_run
    from touchline.synth.score import require_enough

    opened = open_run(run)
    require_enough(samples)
    if dry_run:
        from touchline.synth.run_files import read_mirror

        known = read_mirror(opened).classes
        print(f"{samples} photos of {len(known)} classes would be made and scored")
        return
    from touchline.synth.report import describe, summary
    from touchline.synth.score import evaluate

    scored = evaluate(opened, data, out, samples, device)
    put(summary(scored) if json else describe(scored))


@app.command()
def study(
    words: Words = None,
    shots: Annotated[
        int | None, typer.Option(help="Learn from N of each class, test on the rest, in rounds.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds of --shots; 5 if not said.")] = None,
    folds: Annotated[int | None, typer.Option(help="Folds of a cross-validation.")] = None,
    ratios: Annotated[
        list[float] | None,
        typer.Option(
            "--ratio",
            help="Synthetic photos to real ones; may be repeated. 0.5, 1, 2 and 4 if not said.",
        ),
    ] = None,
    generator: Generator = None,
    size: Size = None,
    images: Images = None,
    recipe: Annotated[str | None, typer.Option(help="probe, finetune or two-stage.")] = None,
    backbone: Annotated[str | None, typer.Option(help="A timm model name.")] = None,
    memory: Memory = None,
    disk: Disk = None,
    time: Time = None,
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
    """Say whether synthetic photos help a classifier on real ones, or that it cannot be told.

    Each round teaches a generator on its own training photos only; limits are those of one round.
    """
    from touchline.synth.study.config import StudyConfig

    flags = {
        "shots": shots, "rounds": rounds, "folds": folds, "ratios": ratios,
        "generator": generator, "size": size, "training.images": images,
        "classifier.recipe": recipe, "classifier.backbone.name": backbone,
        "limits.memory": memory, "limits.disk": disk, "limits.time": time, "seed": seed,
        "device": device, "precision": precision,
    }  # fmt: skip
    run = run_to_resume(resume, words, out, config, *flags.values())
    settings = config_or_printed(
        StudyConfig, words, flags, run.config if run else config, PHOTOS, printed=print_config
    )
    if settings is None:
        return
    from touchline.synth.study.run import foresee_study
    from touchline.synth.study.run import study as carry_out

    if dry_run:
        print(foresee_study(settings, out))
        return
    from touchline.synth.study.report import describe, summary

    run = carry_out(settings, out, run)
    put(summary(run) if json else describe(run))
