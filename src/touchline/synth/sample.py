"""Make photos with a taught generator, into a folder of their own, each marked as made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from touchline.archive.names import folder_names
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.media.provenance import Provenance, write_synthetic
from touchline.photos.synthetic.made import DESCRIPTION, Made, read_made, write_made
from touchline.reporting.progress import track
from touchline.runs import Run
from touchline.synth.limits.disk import allocated, folder_bytes, free_bytes
from touchline.synth.limits.quantities import shown_bytes
from touchline.synth.run_files import load_generator
from touchline.training.devices import DeviceName

PORTION = 16
"""Photos made at once: few enough for little memory, and lost with little when interrupted."""


@dataclass(frozen=True)
class MadePhoto:
    """A photo that a generator made.

    Attributes:
        path: the file.
        label: the class that was asked for.
        seed: it comes of.
    """

    path: Path
    label: str
    seed: int


def sample(
    run: Run, out: Path, counts: Mapping[str, int], seed: int = 0, words: tuple[str, ...] = (),
    device: DeviceName | None = None,
) -> Iterator[MadePhoto]:  # fmt: skip
    """Make photos of each class: `out/<class>/<number>.png`, and `out/synthetic.json`.

    A photo depends on the run, its class, its number and the seed alone: asking for more, or for
    other classes, changes none that is there. An interrupted command that is given again makes
    what is missing.

    Args:
        run: of a generator.
        out: a new or empty folder, or the one an interrupted call of the same left.
        counts: how many photos of which class.
        seed: another seed, other photos; not negative.
        words: settings that sampling may change.
        device: where it runs.

    Yields:
        Each photo once it is on the disk.

    Raises:
        UsageError: an unknown class, a number out of range, or a folder with something else in it.
        EnvironmentMissingError: the disk has no room for so many.
    """
    generator = load_generator(run, words, device)
    require_possible(generator.mirror.classes, counts, seed)
    made = Made(
        generator.config.generator, str(run.folder), generator.weights_sha256, seed, dict(counts),
        generator.seen,
    )  # fmt: skip
    _require_own(out, made)
    _require_room(out, sum(counts.values()), generator.config.size)
    write_made(out, made)
    folders = folder_names(generator.mirror.classes)
    files = {
        (place, number): out / folders[label] / f"{number:05d}.png"
        for place, label in enumerate(generator.mirror.classes)
        for number in range(counts.get(label, 0))
    }  # fmt: skip
    missing = [each for each, file in files.items() if not file.is_file()]
    for portion in track(_portions(missing), "Making photos", -(-len(missing) // PORTION)):
        seeds = [photo_seed(seed, generator.mirror.classes[place], n) for place, n in portion]
        pixels = generator.sampler([place for place, _ in portion], seeds)
        for each, own, shown in zip(portion, seeds, pixels, strict=True):
            label = generator.mirror.classes[each[0]]
            facts = Provenance(
                made.generator, made.run, label, own, made.weights_sha256, made.training_set
            )
            files[each].parent.mkdir(exist_ok=True)
            write_synthetic(files[each], shown.permute(1, 2, 0).numpy(), facts)
            yield MadePhoto(files[each], label, own)


def photo_seed(seed: int, label: str, number: int) -> int:
    """The seed of one photo, of 32 bits.

    >>> photo_seed(0, "Kick-l", 1) == photo_seed(0, "Kick-l", 1) != photo_seed(0, "Kick-r", 1)
    True
    """
    sequence = np.random.SeedSequence((seed, number, *label.encode()))
    return int(sequence.generate_state(1, np.uint32)[0])


def require_possible(known: Sequence[str], counts: Mapping[str, int], seed: int) -> None:
    """Raise where photos are asked for that no generator of these classes can make.

    Raises:
        UsageError: an unknown class, or a number out of range.
    """
    unknown = [name for name in counts if name not in known]
    if unknown:
        raise UsageError(
            f"classes of the generator ({', '.join(known)})", repr(unknown[0]), "Name those."
        )
    least = min(counts.values(), default=0)
    if least < 1 or seed < 0:
        raise UsageError(
            "at least 1 photo of a class, and a seed not below 0", f"{least} and {seed}",
            "Give larger numbers.",
        )  # fmt: skip


def _require_own(out: Path, made: Made) -> None:
    """A folder with anything but an earlier call of the same in it is not ours to write to."""
    if not out.exists() or not any(out.iterdir()):
        return
    described = (out / DESCRIPTION).is_file()
    # The folder of a run may have another name, or be moved; its weights may not.
    if described and replace(read_made(out), run=made.run) == made:
        return
    raise UsageError(
        "a new or empty folder for the photos",
        f"{'photos of another call' if described else 'other files'} in {out}",
        "Name another with --out.",
    )


def _require_room(out: Path, count: int, size: int) -> None:
    """All of them are to fit, as large as pictures of noise; what is there already is not more."""
    needed, room = count * allocated(4 * size**2), free_bytes(out) + folder_bytes(out)
    if needed > room:
        raise EnvironmentMissingError(
            f"room for {count} photos, which take up to {shown_bytes(needed)}",
            f"{shown_bytes(room)} for {out}", "Ask for fewer, or name a folder on another disk.",
        )  # fmt: skip


def _portions(items: Sequence[tuple[int, int]]) -> list[Sequence[tuple[int, int]]]:
    return [items[start:start + PORTION] for start in range(0, len(items), PORTION)]  # fmt: skip
