"""Folders of crops that nobody has labelled: what is in them, and as vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reid.crops import Crop
from touchline.reid.distances import Features
from touchline.reid.extracting import extract
from touchline.reid.model import Reidentifier
from touchline.reid.reading.plain_folders import crops_in


def pictures_in(folder: Path) -> tuple[Crop, ...]:
    """Every picture of a folder as a crop.

    Raises:
        UsageError: no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise UsageError("a folder of crops", f"no folder at {folder}", "Check the path.")
    crops, _ = crops_in(folder)
    if not crops:
        raise UsageError("crops of people", f"no pictures in {folder}", "Name another folder.")
    return crops


def vectors_of(
    found: Reidentifier, crops: Sequence[Crop]
) -> tuple[tuple[Crop, ...], Features, tuple[Fault, ...]]:
    """The crops that can be read, their vectors, and what is wrong with the others."""
    features, faults = extract(found.extractor, crops)
    good = ~np.isnan(features[:, 0])
    readable = tuple(crop for crop, fine in zip(crops, good, strict=True) if fine)
    return readable, features[good], faults
