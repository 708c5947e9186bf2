"""Synthetic photos are no part of an archive: nothing sorts them among what people took."""

from pathlib import Path

from touchline.archive.sidecar_names import Siblings
from touchline.media.provenance import provenance_of_photo


def maker_fault(photo: Path, siblings: Siblings) -> str:
    """Why a file is not sorted when a generator made it, or an empty string.

    Args:
        photo: a file; only what stands around its pixels is read, and its sidecars.
        siblings: the folders seen so far.
    """
    found = provenance_of_photo(photo, siblings)
    return (
        f"made by a generator ({found.maker}): synthetic photos are never sorted" if found else ""
    )
