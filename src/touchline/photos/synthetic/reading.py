"""A folder of synthetic photos in, photos to learn from out; none of it can ever score."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from touchline.archive.names import folder_names
from touchline.errors import UsageError
from touchline.media.provenance import read_provenance
from touchline.photos.data import Photo, Rejected, class_key
from touchline.photos.features import Source
from touchline.photos.fingerprint_files import fingerprint_pictures
from touchline.photos.gather import Gathered
from touchline.photos.reading import read_photos
from touchline.photos.split import refuse_any
from touchline.photos.study import LearnOnly, Study
from touchline.photos.synthetic.leaks import copies_among, refuse_leak
from touchline.photos.synthetic.made import DESCRIPTION, Made, read_made


@dataclass(frozen=True)
class Synthetic:
    """Synthetic photos that may be learnt from.

    Attributes:
        folder: where they lie.
        made: who made them, from what.
        extra: the photos, for `Study.extra`.
        left_out: those that are not learnt from, and why.
    """

    folder: Path
    made: Made
    extra: LearnOnly
    left_out: tuple[Rejected, ...]

    def as_dict(self) -> dict[str, object]:
        """For the manifest of a run."""
        return {
            "folder": str(self.folder), "photos": len(self.extra.sources),
            "generator": self.made.generator, "run": self.made.run,
            "weights_sha256": self.made.weights_sha256, "training_set": self.made.training_set,
        }  # fmt: skip


def read_synthetic(folder: Path, study: Study, gathered: Gathered, scored: np.ndarray) -> Synthetic:
    """Read a folder of synthetic photos, once it is sure that none of it tells a score away.

    Left out and named is what cannot be decoded, and what is a copy of a photo that scores.

    Args:
        folder: as `touchline synth sample` makes it.
        study: the real photos.
        gathered: the same.
        scored: `(n,)` places of the real photos that ever score or choose.

    Raises:
        UsageError: the generator has seen a photo that scores (`refuse_leak`), a file is not marked
            or not of this generator, a class is not among those of the real photos, or no photo is
            left.
    """
    made = read_made(folder)
    refuse_leak(gathered, scored, made.seen, f"the generator of {folder}")
    found = read_photos(folder)
    _refuse_foreign(found.photos, made, folder)
    places = _places_of_classes(found.photos, study.classes, folder)
    prints, broken = fingerprint_pictures((photo.path for photo in found.photos), study.cache)
    photos = [photo for photo in found.photos if photo.path in prints]
    own = [prints[photo.path] for photo in photos]
    copies = set(copies_among(own, [gathered.fingerprints[place] for place in scored]))
    kept = [place for place in range(len(photos)) if place not in copies]
    left_out = (
        *(each for each in found.rejected if each.path != folder / DESCRIPTION),
        *broken,
        *(
            Rejected(photos[place].path, "a copy of a photo that is scored")
            for place in sorted(copies)
        ),
    )
    if not kept:
        raise UsageError(
            "synthetic photos to learn from",
            f"none in {folder}, such as {left_out[-1].path} ({left_out[-1].reason})",
            "Sample them again.",
        )  # fmt: skip
    extra = LearnOnly(
        tuple(Source(photos[place].path, own[place].sha256) for place in kept),
        np.array([places[photos[place].label] for place in kept]),
    )
    return Synthetic(folder, made, extra, left_out)


def _refuse_foreign(photos: Sequence[Photo], made: Made, folder: Path) -> None:
    """Raise when a file does not say that it was made by the generator of its folder."""
    said = {photo.name: read_provenance(photo.path) for photo in photos}
    wanted, next_step = f"only photos of one generator in {folder}", "Take it out of that folder."
    unmarked = [name for name, each in said.items() if each is None]
    refuse_any(unmarked, wanted, "without the mark of one", next_step)
    own = made.weights_sha256, made.training_set
    foreign = [
        name for name, each in said.items()
        if each is not None and (each.weights_sha256, each.training_set) != own
    ]  # fmt: skip
    refuse_any(foreign, wanted, f"not made by the one in {DESCRIPTION}", next_step)


def _places_of_classes(
    photos: Sequence[Photo], classes: Sequence[str], folder: Path
) -> dict[str, int]:
    """The place of each label among the classes of the real photos."""
    folders = folder_names(classes)  # a name that no folder can have is spelt otherwise there
    known = {class_key(folders[name]): place for place, name in enumerate(classes)}
    known |= {class_key(name): place for place, name in enumerate(classes)}
    labels = sorted({photo.label for photo in photos})
    unknown = [label for label in labels if class_key(label) not in known]
    refuse_any(
        unknown, f"only classes of the real photos in {folder}", "also",
        "Take it out of that folder, or add real photos of it.",
    )  # fmt: skip
    return {label: known[class_key(label)] for label in labels}
