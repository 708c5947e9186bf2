"""From a configuration to photos ready to be learnt from: read, checked, grouped, paired."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from touchline.backbones.loading import Backbone, load_backbone
from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.photos.config import MirrorSettings, PhotosConfig
from touchline.photos.data import PhotoSet, Rejected
from touchline.photos.duplicates import find_duplicates
from touchline.photos.features import Source
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.fingerprint_files import fingerprint_photos
from touchline.photos.groups import groups_of
from touchline.photos.mirror import MirrorMap, pair_classes
from touchline.photos.reading import read_photos
from touchline.photos.study import Study
from touchline.training.devices import choose_device, choose_precision


@dataclass(frozen=True)
class Gathered:
    """A photo set whose every photo can be decoded.

    Attributes:
        photo_set: photos with a class, their `group` naming who must stay together; the rejected
            include what could not be decoded.
        fingerprints: one a photo, in the same order.
        twins: one name a photo, the same for copies and shots of one burst: hardly different
            photos, which `group` joins with whatever else must stay together.
    """

    photo_set: PhotoSet
    fingerprints: tuple[Fingerprint, ...]
    twins: tuple[str, ...]


def gather(source: Path, cache: Path) -> Gathered:
    """Read a photo set, leave out what cannot be decoded, and find who must stay together.

    Raises:
        UsageError: when nothing usable is there.
    """
    found = read_photos(source)
    labelled = [photo for photo in found.photos if photo.label]
    prints, broken = fingerprint_photos([photo.path for photo in labelled], cache)
    kept = [(photo, prints[photo.path]) for photo in labelled if photo.path in prints]
    if not kept:
        reason = f", such as {broken[0].path} ({broken[0].reason})" if broken else ""
        raise UsageError(
            "photos with a class",
            f"none that can be read in {source}{reason}",
            "Put photos into one folder a class, or give a CSV of path,label.",
        )  # fmt: skip
    photos, fingerprints = zip(*kept, strict=True)
    clusters = find_duplicates(fingerprints).clusters
    twins = groups_of([replace(photo, group="") for photo in photos], clusters)
    grouped = tuple(
        replace(photo, group=group)
        for photo, group in zip(photos, groups_of(photos, clusters), strict=True)
    )
    unlabelled = tuple(Rejected(p.path, "it has no label") for p in found.photos if not p.label)
    rejected = (*found.rejected, *broken, *unlabelled)
    return Gathered(replace(found, photos=grouped, rejected=rejected), fingerprints, twins)


def prepare(config: PhotosConfig, gathered: Gathered, backbone: Backbone | None = None) -> Study:
    """Everything a recipe needs to learn from the gathered photos.

    Args:
        config: how to learn.
        gathered: what from.
        backbone: that of the configuration, where it is loaded already.

    Raises:
        UsageError: a plain mirror although classes are directional, fewer than two classes, or a
            backbone that cannot be had.
    """
    photos = gathered.photo_set.photos
    classes = gathered.photo_set.classes
    require_two_classes(classes, config.data)
    mirror, mirroring = mirror_of(config.mirror, classes)
    number = {name: index for index, name in enumerate(classes)}
    device = choose_device(config.device)
    return Study(
        config=config,
        photos=photos,
        twins=np.array(gathered.twins),
        sources=tuple(
            Source(photo.path, print_.sha256)
            for photo, print_ in zip(photos, gathered.fingerprints, strict=True)
        ),
        labels=np.array([number[photo.label] for photo in photos]),
        mirror=mirror,
        mirroring=mirroring,
        backbone=backbone
        or load_backbone(config.backbone.name, config.backbone.weights, config.seed),
        device=device,
        precision=choose_precision(config.precision, device),
        cache=config.cache or default_cache(),
    )  # fmt: skip


def require_two_classes(classes: tuple[str, ...], data: Path) -> None:
    """Refuse photos that leave nothing to tell apart.

    Args:
        classes: at least one.
        data: what they are from.

    Raises:
        UsageError: when there is one.
    """
    if len(classes) < 2:
        table = data / "labels.csv"
        raise UsageError(
            "at least two classes", f"only {classes[0]!r} in {data}",
            f"Name the table in that folder: {table}" if table.is_file()
            else "Put the photos of each class into a folder of its own.",
        )  # fmt: skip


def mirror_of(settings: MirrorSettings, classes: tuple[str, ...]) -> tuple[MirrorMap, bool]:
    """What each class is called in a mirror, and whether photos may be mirrored at all.

    Mirroring is off when it is switched off, and, in `auto`, when a directional class has no
    partner: its mirrored photos would have no name.

    Raises:
        UsageError: `plain` mirroring is asked for, not forced, and classes are directional.
    """
    found = pair_classes(classes, settings.pairs, settings.undirected)
    if settings.mode == "plain":
        if found.directional and not settings.force:
            found.refuse_plain()
        return MirrorMap.plain(classes), True
    return found, settings.mode == "auto" and not found.unpaired
