"""The loop in which any generator learns: batches, snapshots, limits, and going on where it was."""

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import InterruptedRunError, UsageError
from touchline.reporting.progress import track
from touchline.synth.config import SynthConfig
from touchline.synth.generators import Trainee, make_trainee
from touchline.synth.lesson import Lesson
from touchline.synth.limits.failures import kept_words, of_memory
from touchline.synth.limits.guard import Guard, keeping
from touchline.synth.limits.quantities import shown_seconds
from touchline.synth.photo_stack import batch_of
from touchline.synth.snapshot_scoring import SnapshotScorer
from touchline.synth.snapshots import Snapshots, open_snapshots
from touchline.synth.stopping import stopped_between_steps
from touchline.training.devices import choose_device, choose_precision
from touchline.training.history import Row, read_rows, write_rows
from touchline.training.tracking.tracker import Tracker

RESULTS = "results.csv"


@dataclass(frozen=True)
class Taught:
    """How a training ended.

    Attributes:
        images: photos shown in all, earlier sittings included.
        seconds: what it took, earlier sittings and snapshots included.
        stopped: why before all photos were shown; empty where they were.
    """

    images: int
    seconds: float
    stopped: str = ""


def teach(
    config: SynthConfig, lesson: Lesson, folder: Path, tracker: Tracker | None = None,
    *, resume: bool = False,
) -> Taught:  # fmt: skip
    """Teach the generator of a configuration, and keep its snapshots in `folder`.

    A training that goes on from its last snapshot learns what it would have learnt without the
    break, to the last bit on a CPU.

    Args:
        config: how, how long, and within which limits.
        lesson: what from.
        folder: of the run; it exists.
        tracker: hears of each snapshot.
        resume: go on from the last snapshot in the folder, if there is one.

    Raises:
        EnvironmentMissingError: a limit was met in mid-work; what was learnt up to the last
            snapshot is kept.
        InterruptedRunError: stopped by the person; everything learnt is kept.
        UsageError: what the folder holds is not of this training, or the weights grew past all
            numbers; the last snapshot is kept.
    """
    device = choose_device(config.device)
    snapshots = open_snapshots(folder, config.training.keep, config.limits.disk)
    state, begun = None, _Progress()
    if resume and snapshots.last() is not None:
        with _reading(snapshots.state_file):
            state = snapshots.load_state().state
            begun = _Progress(int(state["step"]), float(state["spent"]))
    rows = [
        row for row in read_rows(folder / RESULTS)
        if float(row.get("images", math.inf)) <= begun.images(config)
    ]  # fmt: skip
    with (
        keeping(config.limits, folder, device, spent=begun.spent) as guard,
        stopped_between_steps() as stop,
    ):
        trainee = make_trainee(
            config, lesson.classes, device, choose_precision(config.precision, device)
        )
        if state is not None:
            with _reading(snapshots.state_file):
                trainee.restore(state["trainee"])
        sitting = _Sitting(config, lesson, trainee, snapshots, folder, guard, tracker, rows)
        return sitting.learn(begun.step, stop)


@dataclass(frozen=True)
class _Progress:
    step: int = 0
    spent: float = 0.0

    def images(self, config: SynthConfig) -> int:
        return self.step * config.training.batch_size


@dataclass
class _Sitting:
    """One uninterrupted stretch of a training."""

    config: SynthConfig
    lesson: Lesson
    trainee: Trainee
    snapshots: Snapshots
    folder: Path
    guard: Guard
    tracker: Tracker | None
    rows: list[Row]
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    longest_step: float = 0.0
    longest_snapshot: float = 0.0
    scorer: SnapshotScorer | None = None

    def learn(self, first: int, stop: Any) -> Taught:
        training = self.config.training
        steps = math.ceil(training.images / training.batch_size)
        between = math.ceil(training.snapshot_every / training.batch_size)
        if first == 0:
            self._snapshot(0)  # how far chance goes; and what cannot be made shows before hours
        for step in track(range(first, steps), "Learning", steps - first):
            self._step(step)
            done = step + 1
            if stop():
                self._keep(done, math.nan)
                raise self._interrupted(done)
            out_of_time = self.guard.time_left() < 2 * self.longest_step + self._reserve
            if done % between == 0 or done == steps or out_of_time:
                self._snapshot(done)
            if out_of_time and done < steps:
                return self._taught(done, f"the time of {shown_seconds(self.guard.spent())} is up")
        return self._taught(max(first, steps))

    @property
    def _reserve(self) -> float:
        """Seconds that a last snapshot may take; machines are noisy."""
        return 1.5 * self.longest_snapshot

    def _step(self, step: int) -> None:
        start = time.monotonic()
        seed, training = self.config.seed, self.config.training
        pixels, labels = batch_of(
            self.lesson.learn, self.lesson.augmenting_mirror, seed, step, training.batch_size
        )
        self.guard.check()
        for name, value in self.trainee.step(pixels, labels, _step_seed(seed, step)).items():
            if not math.isnan(value):
                self.figures[name].append(value)
        self.longest_step = max(self.longest_step, time.monotonic() - start)

    def _snapshot(self, done: int) -> None:
        """Score what has been learnt so far, write it down, and keep it."""
        start = time.monotonic()
        if self.scorer is None:
            self.scorer = SnapshotScorer(self.config, self.lesson)
        score = self.scorer(self.trainee)
        self.snapshots.write(
            f"samples/images-{done * self.config.training.batch_size:09d}.jpg",
            self.scorer.sheet(self.trainee),
        )
        self._keep(done, score)
        self._row(done, {"kid": score})
        self.longest_snapshot = max(self.longest_snapshot, time.monotonic() - start)

    def _keep(self, done: int, score: float) -> None:
        state = {
            "trainee": self.trainee.state(), "step": done, "spent": float(self.guard.spent()),
        }  # fmt: skip
        images, weights = done * self.config.training.batch_size, self.trainee.weights()
        if not all(bool(each.isfinite().all()) for each in weights.values()):
            raise self._astray(images)
        self.snapshots.save(images, state, weights, score)

    def _row(self, done: int, scores: Mapping[str, float]) -> None:
        means = {name: float(np.mean(values)) for name, values in self.figures.items() if values}
        self.figures.clear()
        row: Row = {
            "epoch": len(self.rows) + 1, "stage": self.config.generator,
            "images": done * self.config.training.batch_size, **means, **scores,
            "seconds": round(self.guard.spent(), 2),
        }  # fmt: skip
        self.rows.append(row)
        write_rows(self.folder / RESULTS, self.config.generator, self.rows)
        if self.tracker is not None:
            self.tracker.scalars({**means, **scores}, len(self.rows))

    def _taught(self, done: int, stopped: str = "") -> Taught:
        images = done * self.config.training.batch_size
        return Taught(images, round(self.guard.spent(), 2), stopped)

    def _astray(self, images: int) -> UsageError:
        return UsageError(
            "weights that are finite numbers",
            f"others after {images} photos; {kept_words(self.folder)}",
            f"Begin anew with a smaller {self.config.generator}.learning_rate.",
        )

    def _interrupted(self, done: int) -> InterruptedRunError:
        images = done * self.config.training.batch_size
        return InterruptedRunError(
            f"a training of {self.config.training.images} photos", f"an interruption at {images}",
            f"Everything learnt is kept; go on with --resume {self.folder}",
        )  # fmt: skip


@contextmanager
def _reading(state: Path) -> Iterator[None]:
    """A state that is not of this generator shows in many ways; it is told in one."""
    try:
        yield
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        if of_memory(error):
            raise
        raise UsageError(
            "the state of the generator that config.yaml describes",
            f"{type(error).__name__} reading {state}", "Start the training anew, without resuming.",
        ) from error  # fmt: skip


def _step_seed(seed: int, step: int) -> int:
    """One seed a step, so that no state of chance need be kept."""
    return int(np.random.SeedSequence((seed, step)).generate_state(1, np.uint32)[0])
