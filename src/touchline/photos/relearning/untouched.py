"""The photos that show what learning on has changed: not learnt from, before or after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.review.standing import KnownPhoto
from touchline.errors import UsageError
from touchline.photos.data import class_key
from touchline.photos.duplicates import find_duplicates
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.fingerprint_files import fingerprint_photos
from touchline.photos.gather import gather
from touchline.photos.relearning.lesson import Lesson
from touchline.photos.split import group_of


@dataclass(frozen=True)
class UntouchedPhoto:
    """A photo that neither run has learnt from, nor from its burst, and that nobody reviewed.

    Attributes:
        path: the file.
        sha256: of its content.
        group: photos of one group are drawn together in intervals.
        truth: its class; empty where it is not known.
    """

    path: Path
    sha256: str
    group: str
    truth: str = ""


def held_out_photos(lesson: Lesson) -> tuple[UntouchedPhoto, ...]:
    """Those that the run holds out to be scored by; none where it is cross-validated."""
    return tuple(
        UntouchedPhoto(each.photo.path, each.print_.sha256, each.photo.group, each.photo.label)
        for each in lesson.held_out
    )


def true_photos(lesson: Lesson, truth: Path, cache: Path) -> tuple[UntouchedPhoto, ...]:
    """The photos of a folder of class folders, or of a CSV of path,label.

    Args:
        lesson: what is learnt.
        truth: the folder or the table.
        cache: where fingerprints are kept.

    Raises:
        UsageError: a photo is learnt from or reviewed, or a copy or burst of it is, or it has a
            class that is not learnt.
    """
    gathered = gather(truth, cache)
    photos, prints = gathered.photo_set.photos, gathered.fingerprints
    touched = _touched(lesson, prints)
    if touched:
        raise UsageError(
            f"photos in {truth} that are not learnt from",
            f"{len(touched)} that are, or are copies or of the same burst, such as "
            f"{photos[min(touched)].path}",
            "Leave them out of the truth: they would make the score a lie.",
        )  # fmt: skip
    spelling = {class_key(name): name for name in lesson.classes}
    strange = sorted({p.label for p in photos if class_key(p.label) not in spelling})
    if strange:
        raise UsageError(
            f"only classes that are learnt in {truth}", f"also {strange[0]!r}",
            f"Known are {', '.join(lesson.classes)}.",
        )  # fmt: skip
    return tuple(
        UntouchedPhoto(
            photo.path.absolute(), print_.sha256, group_of(photo), spelling[class_key(photo.label)]
        )
        for photo, print_ in zip(photos, prints, strict=True)
    )


def drawn_photos(
    lesson: Lesson, others: Sequence[KnownPhoto], besides: Collection[str], at_most: int,
    cache: Path,
) -> tuple[UntouchedPhoto, ...]:  # fmt: skip
    """Photos of unknown class, drawn from `others` by their content hashes.

    The same photos are drawn each time, so that their features are at hand from the second time on.
    Files that cannot be read, and bursts of photos learnt from, are passed over.

    Args:
        lesson: what is learnt.
        others: photos that nobody reviewed.
        besides: content hashes not to draw.
        at_most: how many to draw.
        cache: where fingerprints are kept.
    """
    free = {each.sha256: each for each in others if each.sha256 not in besides}
    drawn = [free[sha256] for sha256 in sorted(free.keys() - lesson.touched)[:at_most]]
    prints, _ = fingerprint_photos([each.path for each in drawn], cache)
    kept = [each for each in drawn if each.path in prints]
    touched = _touched(lesson, [prints[each.path] for each in kept])
    return tuple(
        UntouchedPhoto(each.path.absolute(), prints[each.path].sha256, each.group or each.sha256)
        for place, each in enumerate(kept)
        if place not in touched
    )


def _touched(lesson: Lesson, prints: Sequence[Fingerprint]) -> set[int]:
    """The places of photos that are learnt from, or that are copies or bursts of such photos."""
    taught = [each.print_ for each in lesson.taught]
    same = {place for place, print_ in enumerate(prints) if print_.sha256 in lesson.touched}
    alike = {
        place - len(taught)
        for cluster in find_duplicates([*taught, *prints]).clusters
        if min(cluster) < len(taught)
        for place in cluster
        if place >= len(taught)
    }
    return same | alike
