"""Which photos are learnt from and which score: stratified by class, and no group on two sides.

What is split are whole groups (bursts, players, near-duplicates: `touchline.photos.groups`); a
photo without a group is one by itself. A seed means the same split on every machine and for every
order of the photos (`touchline.photos.dealing`). `touchline.photos.split_file` keeps it in a file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from touchline.errors import UsageError
from touchline.photos.data import Photo
from touchline.photos.dealing import dealt, nearest

LEARN, VALID, TEST = "train", "valid", "test"


@dataclass(frozen=True)
class Split:
    """Each photo's part, in order of the photos' names.

    Attributes:
        names: the photos' names, sorted, each once.
        labels: their classes.
        groups: their groups; a photo without one is its own, under its own name.
        parts: `train`, `valid` or `test`; or the number of the fold that tests it, as text from
            `1`.
        note: what was done otherwise than asked, in words; it is not kept in files.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    parts: tuple[str, ...]
    note: str = field(default="", compare=False)

    def indices(self, part: str) -> tuple[int, ...]:
        """The places in `names` of the photos of one part."""
        return tuple(i for i, own in enumerate(self.parts) if own == part)

    def rounds(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """What is learnt from and what is tested, in turn, as places in `names`.

        A hold-out has one round, `train` and `test`; k folds have k, which test one fold each and
        learn from the others.
        """
        if not self.is_folds:
            return ((self.indices(LEARN), self.indices(TEST)),)
        return tuple(
            (tuple(i for i, own in enumerate(self.parts) if own != fold), self.indices(fold))
            for fold in sorted(set(self.parts), key=int)
        )

    @property
    def is_folds(self) -> bool:
        """Whether the parts are numbers of folds."""
        return {LEARN, VALID, TEST}.isdisjoint(self.parts)

    @property
    def straddling(self) -> tuple[str, ...]:
        """The groups that lie in two parts or more, sorted; only a given split can have any."""
        pairs = set(zip(self.groups, self.parts, strict=True))
        counts = Counter(group for group, _ in pairs)
        return tuple(sorted(group for group, count in counts.items() if count > 1))


def by_shots(photos: Iterable[Photo], shots: int, seed: int) -> Split:
    """`shots` photos of each class to learn from (`train`), the rest to `test`.

    Exactly so where every photo is its own group; with larger groups a class may miss by a few.

    Raises:
        UsageError: a class has no photo beyond `shots`, or its groups cannot be parted.
    """
    if shots < 1:
        raise UsageError("at least 1 shot", f"{shots}", "Ask for 1 or more.")
    ordered = _in_order(photos)
    counts = Counter(photo.label for photo in ordered)
    for label, count in sorted(counts.items()):
        if count <= shots:
            raise UsageError(
                f"more than {shots} photos of each class, so that some are left to test",
                f"{count} of {label!r}", "Ask for fewer shots, or add photos.",
            )  # fmt: skip
    learnt = nearest(_groups(ordered), dict.fromkeys(counts, shots), f"{seed}")
    return _parted(_split(ordered, lambda photo: LEARN if group_of(photo) in learnt else TEST))


def holdout(photos: Iterable[Photo], fraction: float, seed: int) -> Split:
    """About `fraction` of each class to `test`, one photo at least, and the rest to `train`.

    Raises:
        UsageError: `fraction` is not between 0 and 1, or the groups of a class cannot be parted.
    """
    if not 0 < fraction < 1:
        raise UsageError("a fraction to test between 0 and 1", f"{fraction}", "Give 0.2, say.")
    ordered = _in_order(photos)
    counts = Counter(photo.label for photo in ordered)
    wanted = {c: min(max(round(fraction * n), 1), n - 1) for c, n in counts.items()}
    tested = nearest(_groups(ordered), wanted, f"{seed}")
    return _parted(_split(ordered, lambda photo: TEST if group_of(photo) in tested else LEARN))


def folds(photos: Iterable[Photo], count: int, seed: int, repeat: int = 0) -> Split:
    """Parts the photos into folds that are alike in classes; each fold tests once.

    Args:
        photos: the photos.
        count: how many folds, at least 2. There are fewer where a class has fewer groups; the
            split's `note` says so.
        seed: names one of the many possible splits.
        repeat: names another split of the same seed, for repeated cross-validation; from 0.

    Raises:
        UsageError: `count` is below 2, a class has one group only, or its groups cannot be parted.
    """
    if count < 2:
        raise UsageError("at least 2 folds", f"{count}", "Ask for 2 or more.")
    ordered = _in_order(photos)
    groups = _groups(ordered)
    numbers = Counter(label for classes in groups.values() for label in classes)
    scarce = min(sorted(numbers), key=numbers.__getitem__)
    possible = max(2, min(count, numbers[scarce]))
    fold_of = dealt(groups, possible, f"{seed}.{repeat}" if repeat else f"{seed}")
    split = _parted(_split(ordered, lambda photo: f"{fold_of[group_of(photo)] + 1}"))
    note = f"{possible} folds instead of {count}: {scarce!r} has no more groups of photos"
    return replace(split, note=note) if possible < count else split


def given(photos: Iterable[Photo]) -> Split:
    """The split that the data itself states (`Photo.split`), as it is.

    Groups may straddle it: see `Split.straddling`.

    Raises:
        UsageError: a photo has no split, there is no `train` or no `test`, or none of `train` has a
            class that is in `test`.
    """
    ordered = _in_order(photos)
    without = [photo.name for photo in ordered if not photo.split]
    refuse_any(without, "a split for each photo", "none for", "Add it, or let Touchline split.")
    return usable(_split(ordered, lambda photo: photo.split))


def usable(split: Split) -> Split:
    """A split that was stated, once it is known that something can be learnt and scored with it.

    Raises:
        UsageError: there is no `train` or no `test`, or none of `train` has a class that is in
            `test`; or a class lies in one fold only.
    """
    if split.is_folds:
        return _parted(split)
    for part in (LEARN, TEST):
        if part not in split.parts:
            raise UsageError(
                f"photos in {part}", f"only {' and '.join(sorted(set(split.parts)))}",
                "Add them, or let Touchline split.",
            )  # fmt: skip
    learnt = {split.labels[i] for i in split.indices(LEARN)}
    tested = {split.labels[i] for i in split.indices(TEST)}
    refuse_any(
        sorted(tested - learnt), "photos in train of each class in test", "none of",
        "Add some, or leave the class out.",
    )  # fmt: skip
    return split


def group_of(photo: Photo) -> str:
    """The photo's group; its own name where it has none."""
    return photo.group or photo.name


def refuse_any(names: Sequence[str], wanted: str, found: str, next_step: str) -> None:
    """Raise a `UsageError` that names the first of `names` after `found`, where there are any."""
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise UsageError(wanted, f"{found} {names[0]!r}{more}", next_step)


def _in_order(photos: Iterable[Photo]) -> list[Photo]:
    ordered = sorted(photos, key=lambda photo: photo.name)
    if not ordered:
        raise UsageError("photos to split", "none", "Add photos.")
    without = [photo.name for photo in ordered if not photo.label]
    refuse_any(without, "a class for each photo", "none for", "Add it, or leave the photo out.")
    names = Counter(photo.name for photo in ordered)
    twice = [name for name, count in names.items() if count > 1]
    refuse_any(twice, "each photo once", "twice", "Leave one out.")
    return ordered


def _groups(photos: Iterable[Photo]) -> dict[str, Counter[str]]:
    groups: dict[str, Counter[str]] = {}
    for photo in photos:
        groups.setdefault(group_of(photo), Counter())[photo.label] += 1
    return groups


def _split(photos: Sequence[Photo], part_of: Callable[[Photo], str]) -> Split:
    return Split(
        tuple(photo.name for photo in photos),
        tuple(photo.label for photo in photos),
        tuple(group_of(photo) for photo in photos),
        tuple(part_of(photo) for photo in photos),
    )


def _parted(split: Split) -> Split:
    """The split, once each class is known to lie in two parts at least."""
    parts: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for label, group, part in zip(split.labels, split.groups, split.parts, strict=True):
        parts.setdefault(label, set()).add(part)
        groups.setdefault(label, set()).add(group)
    for label in sorted(parts):
        if len(parts[label]) < 2:
            raise UsageError(
                "groups of each class to learn from and others to test",
                f"{len(groups[label])} of {label!r} that cannot be parted",
                "Add photos of other players or moments, or leave the class out.",
            )
    return split
