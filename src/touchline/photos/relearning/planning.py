"""A run and the reviews of people in, the lesson that both make together out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from touchline.archive.review.standing import ReviewedPhoto, Standing
from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.photos.config import PhotosConfig
from touchline.photos.data import Photo, Rejected, class_key
from touchline.photos.duplicates import find_duplicates
from touchline.photos.fingerprint_files import fingerprint_photos
from touchline.photos.gather import gather
from touchline.photos.groups import groups_of
from touchline.photos.reading import one_spelling
from touchline.photos.records import PREDICTIONS, learnt_hashes
from touchline.photos.relearning.lesson import Lesson, LessonPhoto
from touchline.photos.split import LEARN, TEST
from touchline.runs import Run

GROUPS_HELD_OUT, GROUPS_CROSS_VALIDATED = 2, 3
"""Groups a class needs, so that the inner folds can part it; one more where an outer fold takes
one."""


def plan_lesson(parent: Run, config: PhotosConfig, standing: Standing) -> Lesson:
    """Put the photos of a run and the reviewed ones together.

    A review outranks the class that the run's data states. A reviewed photo that scored the run
    teaches from now on, and only those go on scoring that share no group with a photo learnt from;
    where none is left, the lesson is cross-validated.

    Args:
        parent: the finished run.
        config: its configuration.
        standing: what people decided.

    Raises:
        UsageError: the run's photos are gone, or no review can be learnt from.
    """
    own, lost = _own_photos(parent, config)
    reviewed, broken = _readable(standing.reviewed, config)
    together = _regrouped(_with_reviews(own, reviewed))
    old = parent.read_json("labels.json")["classes"]
    kept, scarce = _without_scarce(together, {class_key(label) for label in old})
    left_out = (*(Rejected(*each) for each in standing.left_out), *broken, *scarce)
    if not any(each.review for each in kept):
        first = f", such as {left_out[0].path} ({left_out[0].reason})" if left_out else ""
        raise UsageError(
            "reviewed photos to learn from", f"none that can be used{first}",
            "Review some photos, at least two of a class that is new.",
        )  # fmt: skip
    taught = {each.print_.sha256 for each in kept if each.is_taught}
    decided = {each.photo.sha256 for each in standing.reviewed}
    touched = frozenset(taught | decided | learnt_hashes(parent))
    return Lesson(tuple(_apart(kept)), touched, lost, left_out)


def _own_photos(parent: Run, config: PhotosConfig) -> tuple[list[LessonPhoto], int]:
    """The photos that taught or scored the run, and how many that taught it are gone."""
    seen = learnt_hashes(parent)
    scores = pd.read_parquet(parent.file(PREDICTIONS), columns=["name", "part"])
    scored = set(scores["name"][scores["part"] == TEST])
    gathered = gather(config.data, config.cache or default_cache())
    photos = []
    for photo, print_ in zip(gathered.photo_set.photos, gathered.fingerprints, strict=True):
        is_taught = print_.sha256 in seen
        if is_taught or photo.name in scored:
            split = (LEARN if is_taught else TEST) if scored else ""
            path = photo.path.resolve()
            own = Photo(path, path.as_posix(), photo.label, split, photo.group)
            photos.append(LessonPhoto(own, print_, was=photo.label))
    lost = len(seen - {each.print_.sha256 for each in photos})
    if lost == len(seen):
        raise UsageError(
            f"the photos that {parent.folder} has learnt from", f"none of them in {config.data}",
            "Put them back, or train a run on the photos of today.",
        )  # fmt: skip
    return photos, lost


def _readable(
    reviewed: Sequence[ReviewedPhoto], config: PhotosConfig
) -> tuple[list[LessonPhoto], list[Rejected]]:
    """The reviewed photos whose files still hold what the person saw."""
    prints, broken = fingerprint_photos(
        [each.photo.path for each in reviewed], config.cache or default_cache()
    )
    left_out, kept = list(broken), []
    for each in reviewed:
        path, print_ = each.photo.path.resolve(), prints.get(each.photo.path)
        if print_ is None:
            continue
        if print_.sha256 != each.photo.sha256:
            left_out.append(Rejected(path, "it was changed after it was reviewed"))
            continue
        group = f"catalog: {each.photo.group}" if each.photo.group else ""
        kept.append(LessonPhoto(Photo(path, path.as_posix(), each.label, "", group), print_, each))
    return kept, left_out


def _with_reviews(own: list[LessonPhoto], reviewed: list[LessonPhoto]) -> list[LessonPhoto]:
    """The run's photos, relabelled where people decided, and behind them those that are new."""
    decided = {each.print_.sha256: each for each in reviewed}
    split = LEARN if any(each.photo.split for each in own) else ""
    known = {each.print_.sha256 for each in own}
    photos = own + [each for sha256, each in decided.items() if sha256 not in known]

    def relabelled(each: LessonPhoto) -> LessonPhoto:
        found = decided.get(each.print_.sha256)
        if found is None:
            return each
        photo = replace(each.photo, label=found.photo.label, split=split)
        return replace(each, photo=photo, review=found.review)

    return [relabelled(each) for each in photos]


def _regrouped(photos: Sequence[LessonPhoto]) -> list[LessonPhoto]:
    """One spelling for each class, and groups that join reviewed photos with their bursts."""
    clusters = find_duplicates([each.print_ for each in photos]).clusters
    spelt, _ = one_spelling(each.photo for each in photos)
    return [
        replace(each, photo=replace(photo, group=group))
        for each, photo, group in zip(photos, spelt, groups_of(spelt, clusters), strict=True)
    ]


def _without_scarce(
    photos: Sequence[LessonPhoto], old: set[str]
) -> tuple[list[LessonPhoto], list[Rejected]]:
    """Leave out new classes with too few groups to be learnt; `old` are keys of the others."""
    groups: dict[str, set[str]] = defaultdict(set)
    for each in photos:
        if each.is_taught:
            groups[class_key(each.photo.label)].add(each.photo.group)
    needed = GROUPS_HELD_OUT if any(each.photo.split for each in photos) else GROUPS_CROSS_VALIDATED
    kept, left_out = [], []
    for each in photos:
        key, label = class_key(each.photo.label), each.photo.label
        if key in old or len(groups[key]) >= needed:
            kept.append(each)
        else:
            reason = (
                f"{label!r} is a new class with photos of {len(groups[key])} of the {needed} "
                "moments or players that it takes to learn it"
            )
            left_out.append(Rejected(each.photo.path, reason))
    return kept, left_out


def _apart(photos: Iterable[LessonPhoto]) -> list[LessonPhoto]:
    """Leave out what would score although its burst is learnt; with nothing left, no split."""
    photos = list(photos)
    taught = {each.photo.group for each in photos if each.is_taught}
    kept = [each for each in photos if each.is_taught or each.photo.group not in taught]
    if all(each.is_taught for each in kept):
        return [replace(each, photo=replace(each.photo, split="")) for each in kept]
    return kept
