"""Whether a label can be acted on: the file is still what was labelled, and the model was sure."""

import stat
from collections.abc import Sequence
from pathlib import Path

from touchline.archive.faults import CHANGED, reason_of
from touchline.archive.labels import LabelledPhoto
from touchline.errors import UsageError
from touchline.files import sha256_of_file


def fault_of(photo: LabelledPhoto, labelled_at_ns: int) -> str:
    """Why the photo cannot be sorted or tagged, or an empty string.

    Args:
        photo: what the model said of it.
        labelled_at_ns: when the predictions were written; a file touched after that is hashed.
            0 trusts every file.
    """
    if photo.decision == "unreadable":
        return photo.reason or "unreadable"
    source = Path(photo.path)
    try:
        found = source.stat()
        if not stat.S_ISREG(found.st_mode):
            return "not a file"
        newer = max(found.st_mtime_ns, found.st_ctime_ns) > labelled_at_ns > 0
        is_other = newer and photo.sha256 and sha256_of_file(source) != photo.sha256
        return CHANGED if is_other else ""
    except OSError as error:
        return reason_of(error)


def doubt_of(photo: LabelledPhoto, min_confidence: float) -> str:
    """Why a person should look at the photo, or an empty string."""
    if photo.decision == "review" or not photo.label:
        return photo.reason or "the model was in doubt"
    if photo.confidence < min_confidence:
        return f"confidence {photo.confidence:.4f} is below {min_confidence:g}"
    return ""


def refuse_wrong_folder(photos: Sequence[LabelledPhoto]) -> None:
    """Raise when not one of the photos named relative to the working folder is there.

    Raises:
        UsageError: the predictions were made from another folder.
    """
    relative = [Path(photo.path) for photo in photos if not Path(photo.path).is_absolute()]
    if relative and not any(path.exists() for path in relative):
        raise UsageError(
            "photos where the predictions say", f"no {relative[0]} in {Path.cwd()}",
            "Run this from the folder in which the photos were labelled.",
        )  # fmt: skip
