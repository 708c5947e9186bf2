"""Say how good the photos of a generator are: at the end of its training, or at any time after."""

import csv
import io
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import default_cache, write_atomically
from touchline.photos.gather import gather
from touchline.photos.synthetic.leaks import refuse_leak
from touchline.reporting.progress import track
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.synth.contact_sheet import sheet_bytes, sheet_order
from touchline.synth.lesson import Lesson, gather_lesson, stacked
from touchline.synth.limits.process_memory import available_memory
from touchline.synth.limits.quantities import shown_bytes
from touchline.synth.photo_stack import PhotoStack
from touchline.synth.report import write_report
from touchline.synth.run_files import (
    COPIES,
    LABELS,
    SHEET,
    TaughtGenerator,
    labels_of,
    load_generator,
)
from touchline.synth.sample import PORTION, photo_seed
from touchline.synth.scores.copies import Copies
from touchline.synth.scores.embedding import load_embedder
from touchline.synth.scores.pairs import PAIRS, write_pairs
from touchline.synth.scores.scoring import score_samples
from touchline.training.devices import DeviceName, choose_device

SCORED_SEED = 1
"""The scored photos are others than those of snapshots, by which the best was chosen."""


def evaluate(
    run: Run, data: Path | None = None, out: Path | None = None, samples: int = 1000,
    device: DeviceName | None = None,
) -> Run:  # fmt: skip
    """Make photos with a taught generator and score them, into a run folder of its own.

    Args:
        run: of a generator; the photos it has learnt from must still be where they were.
        data: other photos of the same classes to compare with and to judge by; when None, those
            of its data that it has not learnt from, and where there are none, those it has.
        out: the folder; `runs/synth/<date and time>` when None.
        samples: how many photos are made, at least 16.
        device: where it runs.

    Raises:
        UsageError: too few samples, a generator or photos that cannot be used, or photos among
            `data` that the generator has seen.
        EnvironmentMissingError: so many photos do not fit into memory.
    """
    require_enough(samples)
    generator = load_generator(run, (), device)
    _require_memory(samples, generator.config.size)
    lesson = gather_lesson(generator.config)
    reference = _others(generator, data) if data else None
    scored = create_run("synth", out)
    write_atomically(scored.config, as_yaml(generator.config))
    scored.write_json(LABELS, labels_of(lesson))
    scored.write_json("manifest.json", manifest(
        generator.config.seed, of_run=str(run.folder), weights_sha256=generator.weights_sha256,
        photos=len(lesson.learn),
    ))  # fmt: skip
    write_scores(scored, generator, lesson, samples, reference)
    write_report(scored)
    return scored


def require_enough(samples: int) -> None:
    """Raise where so many photos say nothing.

    Raises:
        UsageError: fewer than 16.
    """
    if samples < 16:
        raise UsageError("at least 16 photos to score", str(samples), "Give a larger --samples.")


def write_scores(
    run: Run, generator: TaughtGenerator, lesson: Lesson, samples: int,
    reference: PhotoStack | None = None,
) -> None:  # fmt: skip
    """Make and score photos; write `metrics.json`, `copies.csv` and a sheet below `plots`.

    Args:
        run: where to.
        generator: taught.
        lesson: what it has learnt from.
        samples: how many photos are scored; their classes are those of the reference, as often.
        reference: photos that it has not seen; when None the test or else the valid part of the
            lesson, if there is one.
    """
    unseen = [reference] if reference else [lesson.test, lesson.valid]
    compared = next((each for each in unseen if len(each) > 1), lesson.learn)
    chance = np.random.default_rng(generator.config.seed)
    labels = np.resize(chance.permutation(compared.labels), samples)
    pixels = _made(generator, labels)
    scores = score_samples(
        pixels, labels, lesson.learn.scored, lesson.mirror,
        reference=None if compared is lesson.learn else compared.scored,
        embedder=load_embedder(choose_device(generator.config.device)), seed=generator.config.seed,
    )  # fmt: skip
    run.write_json("metrics.json", {
        "kid": scores.samples.kid.as_dict(), **scores.as_dict(), "snapshot": generator.images,
    })  # fmt: skip
    write_atomically(run.file(COPIES), _copies_table(scores.copies, labels, lesson))
    write_pairs(run.file(PAIRS), pixels, lesson.learn.pixels, scores.copies)
    order, seeds = sheet_order(len(lesson.classes))
    sheet = generator.sampler(order, seeds)
    run.file(SHEET).parent.mkdir(exist_ok=True)
    write_atomically(run.file(SHEET), sheet_bytes(sheet, max(seeds) + 1))


def _require_memory(samples: int, size: int) -> None:
    """All photos made are held at once, and for a moment twice, when they are put together."""
    needed, free = samples * 6 * size**2, available_memory(choose_device("cpu"))
    if needed > free:
        raise EnvironmentMissingError(
            f"{shown_bytes(needed)} of memory for {samples} photos to score",
            f"{shown_bytes(free)} free", "Give a smaller --samples.",
        )  # fmt: skip


def _made(generator: TaughtGenerator, labels: np.ndarray) -> Tensor:
    """One photo for each label, each from a seed of its own."""
    classes = generator.mirror.classes
    seeds = [photo_seed(SCORED_SEED, classes[label], n) for n, label in enumerate(labels)]
    starts = range(0, len(labels), PORTION)
    return torch.cat([
        generator.sampler(
            [int(label) for label in labels[start:start + PORTION]], seeds[start:start + PORTION]
        )
        for start in track(starts, "Making photos", len(starts))
    ])  # fmt: skip


def _others(generator: TaughtGenerator, data: Path) -> PhotoStack:
    """Photos of the generator's classes, none of which it has seen."""
    gathered = gather(data, generator.config.cache or default_cache())
    known = generator.mirror.classes
    if gathered.photo_set.classes != known:
        raise UsageError(
            f"photos of the generator's classes ({', '.join(known)})",
            f"{', '.join(gathered.photo_set.classes)} in {data}", "Name photos of these classes.",
        )  # fmt: skip
    places = np.arange(len(gathered.photo_set.photos))
    refuse_leak(gathered, places, generator.seen, "the generator that is scored")
    return stacked(generator.config, gathered, places)


def _copies_table(copies: Copies, labels: np.ndarray, lesson: Lesson) -> str:
    """A line for each scored photo: the photo learnt from that is nearest to it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("sample", "label", "nearest", "mirrored", "distance", "copy"))
    rows = zip(
        labels, copies.nearest, copies.mirrored, copies.distance, copies.is_copy, strict=True
    )
    for number, (label, place, mirrored, distance, is_copy) in enumerate(rows):
        writer.writerow((
            number, lesson.classes[label], lesson.learn.paths[place], bool(mirrored),
            round(float(distance), 4), bool(is_copy),
        ))  # fmt: skip
    return text.getvalue()
