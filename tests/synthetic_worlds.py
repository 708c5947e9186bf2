"""Folders of synthetic photos without a generator: drawn, and marked as if one had made them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from photo_world import COLOURS
from touchline.media.provenance import Provenance, write_synthetic
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.gather import Gathered, gather
from touchline.photos.synthetic.made import Made, seen_photos, write_made

WEIGHTS = "ab" * 32


def patches(label: str, number: int) -> Image.Image:
    """Patches in the colour of a class; other than balls, no two of them pass for copies."""
    shades = np.random.default_rng((number, sorted(COLOURS).index(label))).random((7, 7, 1))
    small = (shades * 0.8 * np.array(COLOURS[label]) + shades * 50).astype(np.uint8)
    return Image.fromarray(small).resize((70, 70), Image.Resampling.BICUBIC)


def draw_patches(folder: Path, start: int = 0, count: int = 4) -> Path:
    """Folders of patches by class."""
    for label in COLOURS:
        (folder / label).mkdir(parents=True)
        for number in range(start, start + count):
            patches(label, number).save(folder / label / f"{number:02}.jpg", quality=92)
    return folder


def made_from(seen: Sequence[Fingerprint], per_class: int = 3) -> Made:
    """What a generator that has seen these photos says of its samples."""
    return Made(
        "stylegan", "runs/synth/a", WEIGHTS, 5, dict.fromkeys(COLOURS, per_class), tuple(seen)
    )


def facts_of(made: Made, label: str = "", seed: int | None = None) -> Provenance:
    """The facts that each of its photos carries."""
    return Provenance(
        made.generator, made.run, label, seed, made.weights_sha256, made.training_set
    )  # fmt: skip


def draw_synthetic(folder: Path, seen: Sequence[Fingerprint], per_class: int = 3) -> Path:
    """A folder as `touchline synth sample` makes it."""
    made = made_from(seen, per_class)
    for label in COLOURS:
        for seed in range(per_class):
            picture, facts = patches(label, 700 + seed), facts_of(made, label, seed)
            write_synthetic(folder / label / f"{seed:02}.png", picture, facts)
    write_made(folder, made)
    return folder


def seen_of(data: Path, cache: Path, names: Sequence[str] | None = None) -> tuple[Fingerprint, ...]:
    """What a generator has seen that learnt from these photos of `data`; from all when None."""
    gathered = gather(data, cache)
    return seen_photos(gathered, places_of(gathered, names))


def places_of(gathered: Gathered, names: Sequence[str] | None) -> list[int]:
    """The places of photos by their names."""
    photos = gathered.photo_set.photos
    return [place for place, photo in enumerate(photos) if names is None or photo.name in names]


def foreign(print_: Fingerprint) -> Fingerprint:
    """Another file with the same picture."""
    return replace(print_, sha256=print_.sha256[::-1])
