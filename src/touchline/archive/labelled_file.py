"""Whether the file behind a label is still there and still what was labelled."""

import stat
from pathlib import Path

from touchline.archive.faults import CHANGED, reason_of
from touchline.archive.labels import LabelledPhoto
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
        return CHANGED if newer and sha256_of_file(source) != photo.sha256 else ""
    except OSError as error:
        return reason_of(error)
