"""What an audit finds: checks of a photo set, each a function that yields what is not as it should.

`touchline.photos.audit` runs them all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from touchline.photos.clusters import Cluster
from touchline.photos.data import Photo, PhotoSet
from touchline.photos.mirror import MirrorMap
from touchline.photos.suspects import Suspect

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One thing that an audit found.

    Attributes:
        kind: what it is, in a few words that are the same for all of its kind.
        severity: an `error` makes the gate fail; a `warning` wants a look; a `note` is to know.
        photos: names of the photos (or files, or classes' photos) it is about; may be empty.
        message: what was found, as a sentence.
        suggestion: what to do about it, as a sentence.
    """

    kind: str
    severity: Severity
    photos: tuple[str, ...]
    message: str
    suggestion: str


def check_copies(
    photos: Sequence[Photo], clusters: Iterable[Cluster], mirror: MirrorMap
) -> Iterator[Finding]:
    """Copies and mirrored twins: that there are some, in several splits, of several classes."""
    for cluster in clusters:
        members = [photos[place] for place in cluster.photos]
        names = tuple(photo.name for photo in members)
        yield _copies(cluster, names)
        if splits := _several_splits(members):
            yield Finding(
                "copies across splits", "error", names,
                f"The same picture is in {splits}: scores on it are worth nothing.",
                "Keep it in one split, or let touchline split the photos.",
            )  # fmt: skip
        yield from _class_conflict(cluster, members, mirror)


def check_bursts(photos: Sequence[Photo], clusters: Iterable[Cluster]) -> Iterator[Finding]:
    """Bursts: that there are some, of several classes, torn apart by the splits."""
    for cluster in clusters:
        members = [photos[place] for place in cluster.photos]
        names = tuple(photo.name for photo in members)
        yield Finding(
            "burst", "note", names,
            f"{len(names)} photos are much alike and were taken within moments.",
            "Nothing: touchline keeps them together in every split.",
        )  # fmt: skip
        if splits := _several_splits(members):
            yield Finding(
                "burst across splits", "error", names,
                f"One burst is in {splits}: scores on it are too good.",
                "Keep it in one split, or let touchline split the photos.",
            )  # fmt: skip
        if len(labels := sorted({photo.label for photo in members if photo.label})) > 1:
            yield Finding(
                "burst of several classes", "warning", names,
                f"One burst is in the classes {', '.join(map(repr, labels))}.",
                "Look whether the pose changed within moments or a label is wrong.",
            )  # fmt: skip


def check_sizes(counts: Counter[str], fewest: int, few: int, imbalance: float) -> Iterator[Finding]:
    """Classes that are too small, and classes that are many times larger than others."""
    for name, count in sorted(counts.items()):
        if count < fewest:
            yield Finding(
                "too few photos", "error", (),
                f"The class {name!r} has {_photos(count)}; it cannot both be learnt and scored.",
                f"Add photos until it has at least {fewest}, better {few}, or remove it.",
            )  # fmt: skip
        elif count < few:
            yield Finding(
                "few photos", "warning", (),
                f"The class {name!r} has {_photos(count)}; its own scores will say little.",
                f"Add photos until it has at least {few}.",
            )  # fmt: skip
    if counts and (ratio := max(counts.values()) / min(counts.values())) >= imbalance:
        most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
        yield Finding(
            "imbalance", "warning", (),
            f"The class {most!r} has {ratio:.0f} times as many photos as {least!r} "
            f"({counts[most]} to {counts[least]}).",
            "Train with class_weights=balanced, and read macro scores.",
        )  # fmt: skip


def check_names(photo_set: PhotoSet, mirror: MirrorMap) -> Iterator[Finding]:
    """Classes spelt in two ways, and classes with a side but without partner."""
    for found, used in photo_set.merged:
        yield Finding(
            "two spellings", "warning", (),
            f"The class {found!r} was read as another spelling of {used!r}.",
            f"Rename {found!r} to {used!r}, or choose names that differ in more than signs.",
        )  # fmt: skip
    for name in mirror.unpaired:
        yield Finding(
            "no mirror partner", "error", (),
            f"The class {name!r} has a side by its name, but no class is its mirror image.",
            "State the partner with mirror.pairs, or with mirror.undirected that it has no side.",
        )  # fmt: skip


def check_left_out(photo_set: PhotoSet) -> Iterator[Finding]:
    """Files that were left out, with the reason."""
    for item in photo_set.rejected:
        path = item.path
        inside = path.is_relative_to(photo_set.root)
        name = path.relative_to(photo_set.root).as_posix() if inside else str(path)
        yield Finding(
            "left out", "warning", (name,), f"Left out: {item.reason}.",
            "Mend the file, or remove it.",
        )  # fmt: skip


def check_labels(
    photos: Sequence[Photo], suspects: Iterable[Suspect], mirror: MirrorMap
) -> Iterator[Finding]:
    """Labels that are likely wrong, or likely those of the mirror image."""
    for suspect in suspects:
        given, predicted = mirror.classes[suspect.given], mirror.classes[suspect.predicted]
        seen = (
            f"Labelled {given!r} ({suspect.given_confidence:.0%}), "
            f"but looks like {predicted!r} ({suspect.confidence:.0%})"
        )
        kind = "likely mirrored label" if suspect.mirrored else "likely wrong label"
        yield Finding(
            kind, "warning", (photos[suspect.place].name,),
            f"{seen}: left and right may be confused." if suspect.mirrored else f"{seen}.",
            f"Look at it; if so, move it to {predicted!r}.",
        )  # fmt: skip


def _copies(cluster: Cluster, names: tuple[str, ...]) -> Finding:
    if "mirrored" in cluster.kinds:
        turned = sum(cluster.mirrored)
        turned = min(turned, len(names) - turned)
        return Finding(
            "mirrored twins", "note", names,
            f"{len(names)} photos show the same picture, {turned} of them mirrored.",
            "Nothing: touchline keeps them together. Mirrored copies on disk are not needed.",
        )  # fmt: skip
    if cluster.kinds == {"exact"}:
        return Finding(
            "exact copies", "warning", names, f"{len(names)} files hold the same bytes.",
            "Keep one of them.",
        )  # fmt: skip
    least = min(link.likeness for link in cluster.links)
    return Finding(
        "near copies", "warning", names,
        f"{len(names)} photos show the same picture (likeness at least {least:.2f}).",
        "Keep the best of them.",
    )  # fmt: skip


def _class_conflict(
    cluster: Cluster, members: Sequence[Photo], mirror: MirrorMap
) -> Iterator[Finding]:
    """One picture under several classes, when the classes of mirrored twins are swapped back."""
    partner = dict(zip(mirror.classes, (mirror.classes[p] for p in mirror.partner), strict=True))
    meant = {
        partner[photo.label] if turned else photo.label
        for photo, turned in zip(members, cluster.mirrored, strict=True)
        if photo.label
    }
    if len(meant) < 2:
        return
    names = tuple(photo.name for photo in members)
    labels = sorted({photo.label for photo in members if photo.label})
    if len(labels) > 1:
        message = f"The same picture is in the classes {', '.join(map(repr, labels))}."
    else:
        message = f"A picture and its mirrored twin are both {labels[0]!r}, which has a side."
    yield Finding(
        "one picture, two classes", "error", names, message,
        "Decide for one class, and move or remove the others.",
    )  # fmt: skip


def _several_splits(members: Sequence[Photo]) -> str:
    """The splits of the photos in words when there are several, else nothing."""
    splits = sorted({photo.split for photo in members if photo.split})
    return " and ".join(splits) if len(splits) > 1 else ""


def _photos(count: int) -> str:
    return f"{count} photo" if count == 1 else f"{count} photos"
