"""The files that a generator's run has besides those of every run, and how they are read back."""

from dataclasses import dataclass
from typing import Any

from touchline.errors import UsageError
from touchline.files import sha256_of_file, write_atomically
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.mirror import MirrorMap
from touchline.photos.synthetic.made import seen_as_rows, seen_from_rows
from touchline.runs import Run
from touchline.settings import as_yaml, read_yaml, resolve
from touchline.synth.config import SynthConfig
from touchline.synth.generators import Sampler, load_sampler
from touchline.synth.lesson import Lesson
from touchline.synth.snapshots import Snapshots
from touchline.training.devices import DeviceName, choose_device, choose_precision

LABELS, SEEN, COPIES = "labels.json", "seen.json", "copies.csv"
SHEET = "plots/samples.jpg"
SAMPLING = (
    "diffusion.guidance", "diffusion.sample_steps", "lora.attention_slicing", "lora.cpu_offload",
    "lora.guidance", "lora.sample_steps", "lora.vae_tiling", "precision", "stylegan.truncation",
)  # fmt: skip
"""Settings that sampling may change; the others are what the generator was taught with."""


@dataclass(frozen=True)
class TaughtGenerator:
    """A generator as its run keeps it, ready to make photos.

    Attributes:
        config: how it was taught, with what was overridden for sampling.
        mirror: its classes, and what each is called in a mirror.
        seen: fingerprints of the photos it has learnt from, and of their groups.
        images: photos shown until its best snapshot, which it samples with.
        weights_sha256: of these weights.
        sampler: makes photos of a class.
    """

    config: SynthConfig
    mirror: MirrorMap
    seen: tuple[Fingerprint, ...]
    images: int
    weights_sha256: str
    sampler: Sampler


def load_generator(
    run: Run, words: tuple[str, ...] = (), device: DeviceName | None = None
) -> TaughtGenerator:
    """The generator of a run, at its best snapshot.

    Args:
        run: finished, or interrupted after its first snapshot.
        words: `key=value` settings that sampling may change, e.g. `stylegan.truncation=0.7`.
        device: where it runs; that of the training when None.

    Raises:
        UsageError: it is no run of a generator, it has no snapshot, its files are broken, or a
            word is none of `SAMPLING`.
    """
    fixed = [word for word in words if word.partition("=")[0] not in SAMPLING]
    if fixed:
        raise UsageError(
            f"settings of sampling ({', '.join(SAMPLING)})", fixed[0],
            "The others are as the generator was taught.",
        )  # fmt: skip
    mirror = read_mirror(run)
    config = resolve(SynthConfig, run.config, {"device": device}, words)
    place = choose_device(config.device)
    best = Snapshots(run.folder, config.training.keep, config.limits.disk).best()
    if best is None:
        raise UsageError(
            "a generator that has learnt", f"no weights in {run.folder}",
            f"Go on with `touchline synth train --resume {run.folder}`.",
        )  # fmt: skip
    return TaughtGenerator(
        config, mirror, _read_seen(run), best.images, sha256_of_file(run.weights),
        load_sampler(
            config, mirror.classes, run.weights, place, choose_precision(config.precision, place)
        ),
    )  # fmt: skip


def write_beginning(run: Run, config: SynthConfig, lesson: Lesson) -> None:
    """Write what a run is about before it learns: its settings, classes, and what it will see.

    Raises:
        UsageError: it has learnt already, and from other photos; its list of these must stay.
    """
    if run.weights.parent.exists():
        _refuse_other_photos(run, lesson)
    write_atomically(run.config, as_yaml(config))
    run.write_json(LABELS, labels_of(lesson))
    run.write_json(SEEN, seen_as_rows(lesson.seen))


def labels_of(lesson: Lesson) -> dict[str, Any]:
    """What `labels.json` of a run says: the classes, their mirror images, and what was learnt."""
    return {**lesson.mirror.as_dict(), "mirroring": lesson.mirroring, "learnt": lesson.learnt}


def read_mirror(run: Run) -> MirrorMap:
    """The classes of a run, and what each is called in a mirror.

    Raises:
        UsageError: it is no run of a generator, it has not begun to learn, or its file is broken.
    """
    settings = read_yaml(run.config)
    if "generator" not in settings or "classifier" in settings:
        raise UsageError(
            "the run of a generator", f"another in {run.folder}",
            "`touchline synth train DATA --out RUN` makes one; a study keeps its own in "
            "rounds/1/generator and so on.",
        )  # fmt: skip
    return MirrorMap.from_dict(run.read_json(LABELS))


def _refuse_other_photos(run: Run, lesson: Lesson) -> None:
    """What a generator has once seen it has seen: no other list may take the place of the first."""
    before = {each.sha256 for each in _read_seen(run)}
    if before == {each.sha256 for each in lesson.seen} and run.read_json(LABELS) == labels_of(
        lesson
    ):
        return
    raise UsageError(
        f"the photos that the generator in {run.folder} has learnt from",
        "other photos or classes, or a split that parts them otherwise",
        "Go on with those, or begin a new run in another folder.",
    )


def _read_seen(run: Run) -> tuple[Fingerprint, ...]:
    try:
        return seen_from_rows(run.read_json(SEEN))
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            "the photos that the generator has seen", f"{error} in {run.file(SEEN)}",
            "Restore the file, or train again.",
        ) from error  # fmt: skip
