"""What crops that were read say against each other: named, and where possible put right."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from touchline.faults import Fault
from touchline.reid.crops import NOBODY, Crop, CropData, Gallery


def checked(data: CropData, place: Path) -> CropData:
    """The data with one person for each identity, and with faults for what cannot be scored fairly.

    Nothing is left out, so numbers stay. An identity in two actions becomes one person in each:
    crops compare inside their action only.

    Args:
        data: as a reader gives it.
        place: the file or folder it is from.
    """
    faults = list(data.faults)
    torn = dict(_torn(data.train))
    faults += _told_torn(torn, place, "train")
    train = _apart(data.train, torn)
    galleries = {}
    for split, gallery in data.galleries.items():
        torn = dict(_torn((*gallery.queries, *gallery.gallery)))
        faults += _told_torn(torn, place, split)
        found = Gallery(_apart(gallery.queries, torn), _apart(gallery.gallery, torn))
        faults += (Fault(query.path, split, reason) for query, reason in unscorable(found))
        faults += _learnt(train, found, place, split)
        galleries[split] = found
    return CropData(train, galleries, tuple(faults))


def unscorable(gallery: Gallery) -> Iterator[tuple[Crop, str]]:
    """The queries that no ranking can be scored for, each with the reason in words.

    A query needs a gallery crop of its person: in its action where there are actions; else, where
    cameras are known, of another camera than its own, as Market-1501 has it.
    """
    actions = {crop.action for crop in gallery.gallery}
    cameras: dict[tuple[str, str], set[str]] = {}
    for crop in gallery.gallery:
        cameras.setdefault((crop.action, crop.identity), set()).add(crop.camera)
    for query in gallery.queries:
        seen = cameras.get((query.action, query.identity), set())
        within = f"the gallery of its action {query.action}" if query.action else "the gallery"
        if query.action not in actions:
            yield query, f"{within} is empty; it cannot be ranked"
        elif not gallery.named:
            continue
        elif query.identity == NOBODY:
            yield query, "the query names nobody; it cannot be scored"
        elif not seen:
            yield query, f"{within} has no crop of {query.identity}; it cannot be scored"
        elif not query.action and query.camera and seen == {query.camera}:
            reason = f"has {query.identity} from its own camera only; it cannot be scored"
            yield query, f"{within} {reason}"


def _torn(crops: Iterable[Crop]) -> Iterator[tuple[str, list[str]]]:
    """Each identity that is in several actions, with these."""
    actions: dict[str, dict[str, None]] = {}
    for crop in crops:
        if crop.identity != NOBODY and crop.action:
            actions.setdefault(crop.identity, {})[crop.action] = None
    return ((identity, list(found)) for identity, found in actions.items() if len(found) > 1)


def _told_torn(torn: dict[str, list[str]], place: Path, split: str) -> Iterator[Fault]:
    for identity, actions in torn.items():
        reason = (
            f"the identity {identity} is in the actions {' and '.join(actions[:2])}; "
            "it counts as another person in each"
        )
        yield Fault(place, split, reason)


def _apart(crops: tuple[Crop, ...], torn: dict[str, list[str]]) -> tuple[Crop, ...]:
    if not torn:
        return crops
    return tuple(
        replace(crop, identity=f"{crop.identity} in {crop.action}")
        if crop.identity in torn and crop.action
        else crop
        for crop in crops
    )


def _learnt(train: Iterable[Crop], gallery: Gallery, place: Path, split: str) -> Iterator[Fault]:
    """That people are both learnt from and searched for."""
    taught = {crop.identity for crop in train} - {NOBODY}
    asked = {crop.identity for crop in (*gallery.queries, *gallery.gallery)}
    if both := sorted(taught & asked):
        reason = (
            f"{len(both)} identities are in train too, {both[0]!r} among them; "
            "scores are higher than they would be on strangers"
        )
        yield Fault(place, split, reason)
