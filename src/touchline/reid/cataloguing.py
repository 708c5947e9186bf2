"""Crops of a known layout into the catalog."""

from collections.abc import Iterator
from pathlib import Path

from touchline.archive.catalog.indexing.crops import AddedCrops, CropRow, add_crops
from touchline.archive.catalog.opening import Catalog
from touchline.faults import Fault
from touchline.reid.crops import CropData
from touchline.reid.reading.market import is_market
from touchline.reid.reading.reading import read_crops
from touchline.reid.reading.soccernet import is_soccernet


def holds_crops(folder: Path) -> bool:
    """Whether a folder is laid out as SoccerNet's or Market-1501's crops, and not as photos."""
    return folder.is_dir() and (is_market(folder) or is_soccernet(folder))


def catalog_crops(catalog: Catalog, folder: Path) -> tuple[AddedCrops, tuple[Fault, ...]]:
    """Add the crops of a folder; also says what is broken in it.

    Raises:
        UsageError: nothing in the folder can be used.
        EnvironmentMissingError: the catalog is locked or damaged.
    """
    data = read_crops(folder)
    return add_crops(catalog, crop_rows(data)), data.faults


def crop_rows(data: CropData) -> Iterator[CropRow]:
    """Every crop as the catalog takes it: those learnt from have no role."""
    yield from (CropRow(crop.path, crop.action, "", crop.identity) for crop in data.train)
    for gallery in data.galleries.values():
        for crop in gallery.queries:
            yield CropRow(crop.path, crop.action, "query", crop.identity)
        for crop in gallery.gallery:
            yield CropRow(crop.path, crop.action, "gallery", crop.identity)


def count_crops(folder: Path) -> int:
    """How many crops a folder holds, as `catalog_crops` would add them.

    Raises:
        UsageError: nothing in the folder can be used.
    """
    return sum(1 for _ in crop_rows(read_crops(folder)))
