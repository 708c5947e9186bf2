"""Learn from these: teach a probe again with reviewed photos, and say what that changed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.archive.review.standing import KnownPhoto, Standing
from touchline.errors import UsageError
from touchline.files import default_cache, write_atomically
from touchline.photos.config import PhotosConfig
from touchline.photos.relearning.changes import (
    AccuracyChange,
    BeforeAfter,
    Changes,
    accuracy_change,
)
from touchline.photos.relearning.lesson import Lesson
from touchline.photos.relearning.names import CHANGES, RECORD, TABLE
from touchline.photos.relearning.opinions import opinions_of
from touchline.photos.relearning.planning import plan_lesson
from touchline.photos.relearning.untouched import (
    UntouchedPhoto,
    drawn_photos,
    held_out_photos,
    true_photos,
)
from touchline.photos.synthetic.alone import refuse_synthetic
from touchline.photos.train import train
from touchline.runs import Run, create_run
from touchline.settings import resolve


@dataclass(frozen=True)
class ShownPhotos:
    """On which untouched photos the change is shown.

    Attributes:
        others: photos that nobody reviewed; some of them are drawn.
        at_most: how many of those.
        truth: a folder of class folders or a CSV of path,label; None takes the photos that the run
            holds out, where it does.
        doubtful_below: a confidence below this is doubtful, and so is what is out of scope.
    """

    others: Sequence[KnownPhoto] = ()
    at_most: int = 1000
    truth: Path | None = None
    doubtful_below: float = 0.8

    def __post_init__(self) -> None:
        if self.at_most < 0:
            raise UsageError("a number of photos", str(self.at_most), "Give 0 or more.")
        if not 0 <= self.doubtful_below <= 1:
            raise UsageError(
                "a confidence between 0 and 1", str(self.doubtful_below), "Try 0.8."
            )  # fmt: skip


@dataclass(frozen=True)
class Relearnt:
    """A run that has learnt on.

    Attributes:
        run: the new run.
        parent: the run it started from, which stays as it is.
        lesson: what it learnt from.
        changes: what both say of untouched photos.
        accuracy: before and after on those of known class; None where there are none.
        seconds: wall time of all of it.
    """

    run: Run
    parent: Run
    lesson: Lesson
    changes: Changes
    accuracy: AccuracyChange | None
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "run": str(self.run.folder), "parent": str(self.parent.folder),
            "learnt_from": len(self.lesson.taught), "reviewed": len(self.lesson.reviewed),
            "corrected": sum(each.is_corrected for each in self.lesson.photos),
            "lost": self.lesson.lost,
            "left_out": [[str(each.path), each.reason] for each in self.lesson.left_out],
            "changes": self.changes.as_dict(),
            "accuracy": self.accuracy and self.accuracy.as_dict(),
            "seconds": self.seconds,
        }  # fmt: skip


def learn_from_reviews(
    parent: Run, standing: Standing, out: Path | None = None, shown: ShownPhotos | None = None
) -> Relearnt:
    """Teach the probe of a run again, on its own photos and the reviewed ones, as a new run.

    The parent is not touched. Features come from the cache where they are, so this takes seconds.
    A reviewed photo outranks the class that the run's data states. The new run's manifest names the
    parent and the reviews; its `photos.csv` lists all photos with their classes and groups, so that
    it can be repeated, and learnt on from in turn.

    Args:
        parent: a finished run of the probe.
        standing: what people decided (`touchline.archive.review.standing.reviewed_photos`).
        out: folder of the new run; `runs/photos/<date and time>` when None.
        shown: on what to show the change; on the photos held out by the run when None.

    Raises:
        UsageError: the run is no probe or unfinished, or has learnt from synthetic photos; its
            photos are gone, no review can be learnt from, the truth holds photos that are learnt
            from, or `out` is not empty.
    """
    start = time.monotonic()
    wanted = shown or ShownPhotos()
    config = _probe_config(parent)
    lesson = plan_lesson(parent, config, standing)
    untouched = _untouched(lesson, wanted, config.cache or default_cache())
    run = create_run("photos", out)
    table = run.file(TABLE).absolute()
    lesson.write(table)
    strength = parent.read_json("manifest.json")["learnt"]["strength"]
    train(lesson.config(config, strength, table), resume=run)
    opinions = (opinions_of(each, untouched, wanted.doubtful_below) for each in (parent, run))
    changes = Changes(tuple(map(BeforeAfter, untouched, *opinions)))
    accuracy = accuracy_change(changes.photos, config.seed)
    seconds = round(time.monotonic() - start, 2)
    relearnt = Relearnt(run, parent, lesson, changes, accuracy, seconds)
    _record(relearnt)
    return relearnt


def _probe_config(parent: Run) -> PhotosConfig:
    """The configuration of a finished run of the probe."""
    parent.read_json("manifest.json")  # refuses a run that is not finished
    config = resolve(PhotosConfig, file=parent.config)
    refuse_synthetic(config, "to learn on from")
    if config.recipe != "probe":
        raise UsageError(
            "a run of the probe, which learns in seconds", f"{config.recipe} in {parent.folder}",
            "Train one with `touchline photos train DATA --recipe probe`.",
        )  # fmt: skip
    return config


def _untouched(lesson: Lesson, wanted: ShownPhotos, cache: Path) -> tuple[UntouchedPhoto, ...]:
    known = (
        held_out_photos(lesson) if wanted.truth is None
        else true_photos(lesson, wanted.truth, cache)
    )  # fmt: skip
    hashes = {each.sha256 for each in known}
    return known + drawn_photos(lesson, wanted.others, hashes, wanted.at_most, cache)


def _record(relearnt: Relearnt) -> None:
    """Name the parent and the reviews in the run's manifest, and keep what was found."""
    run, parent, reviewed = relearnt.run, relearnt.parent, relearnt.lesson.reviewed
    facts = {
        "parent": str(parent.folder.absolute()),
        "parent_weights_sha256": parent.read_json("preprocess.json")["weights_sha256"],
        "reviews": [
            {"sha256": e.print_.sha256, "label": e.photo.label, "review": e.review.review}
            for e in reviewed if e.review is not None
        ],
    }  # fmt: skip
    run.write_json("manifest.json", run.read_json("manifest.json") | {"relearnt": facts})
    write_atomically(run.file(CHANGES), relearnt.changes.as_csv())
    run.write_json(RECORD, relearnt.as_dict())
