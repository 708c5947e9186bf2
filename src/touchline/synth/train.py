"""Teach a generator of photos: a configuration in, a run out, never past its limits."""

import time
from pathlib import Path

from touchline.reporting.progress import say
from touchline.runs import Run, create_run, manifest, require_new
from touchline.synth.config import SynthConfig
from touchline.synth.learning import teach
from touchline.synth.lesson import Lesson, gather_lesson
from touchline.synth.limits.estimates import Estimate
from touchline.synth.limits.guard import keeping
from touchline.synth.limits.promises import require_feasible
from touchline.synth.report import write_report
from touchline.synth.run_files import SHEET, load_generator, write_beginning
from touchline.synth.score import write_scores
from touchline.training.devices import choose_device, choose_precision, describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked

SCORING = "touchline.synth.snapshot_scoring:score_photos"
NEW = Path("runs") / "synth"
"""Where a run goes that nobody names a folder for."""


def train(config: SynthConfig, out: Path | None = None, resume: Run | None = None) -> Run:
    """Learn from photos of known class to make more of them, and say how good these are.

    What the limits do not allow is refused before anything is written.

    Args:
        config: what to learn from, how, and within which limits.
        out: the run's folder; `runs/synth/<date and time>` when None.
        resume: an interrupted run of the same configuration to go on with.

    Raises:
        UsageError: the photos or the configuration cannot be used, or it does not fit the limits;
            the nearest setting that does is named.
        EnvironmentMissingError: something is missing here, or a limit was met in mid-work; then
            all up to the last snapshot is kept.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    if out is not None:
        require_new(out)
    lesson = gather_lesson(config)
    say(foresee(config, lesson, resume.folder if resume else out or NEW).describe())
    run = resume or create_run("synth", out)
    with tracked(run, "synth", config, config.tracking) as tracker:
        write_beginning(run, config, lesson)
        taught = teach(config, lesson, run.folder, tracker, resume=resume is not None)
        if taught.stopped:
            say(f"Stopped after {taught.images} photos: {taught.stopped}.")
        device = choose_device(config.device)
        run.write_json("manifest.json", manifest(
            config.seed,
            photos=len(lesson.learn),
            seen=len(lesson.seen),
            rejected=[[str(each.path), each.reason] for each in lesson.rejected],
            mirroring=lesson.mirroring,
            images=taught.images,
            stopped=taught.stopped,
            learning_seconds=taught.seconds,
            device=describe_device(device),
            precision=str(choose_precision(config.precision, device)),
            seconds=round(time.monotonic() - start, 2),
        ))  # fmt: skip
        with keeping(config.limits, run.folder, device):
            generator = load_generator(run, device=config.device)
            write_scores(run, generator, lesson, config.training.score_samples)
        write_report(run)
        tell_outcome(tracker, run, Path(SHEET).name)
    return run


def foresee(config: SynthConfig, lesson: Lesson, folder: Path) -> Estimate:
    """What a training would take, measured by a short rehearsal.

    Raises:
        UsageError: more than the limits allow.
    """
    say("Rehearsing a few steps to see what the training takes.")
    held = len(lesson.learn) + len(lesson.valid) + len(lesson.test)
    return require_feasible(config, lesson.classes, folder, held, SCORING)
