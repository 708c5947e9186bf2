"""Whether a photo on the disk is still the one that the catalog speaks of."""

from pathlib import Path

from touchline.files import sha256_of_file


def is_as_indexed(path: str, size: int, changed_ns: int, sha256: str) -> bool:
    """Whether the file is there with the content it had when it was indexed.

    It is read only when its time is another one: somebody may have touched it and changed nothing.
    """
    file = Path(path)
    try:
        found = file.stat()
        if found.st_size != size:
            return False
        return found.st_mtime_ns == changed_ns or sha256_of_file(file) == sha256
    except (OSError, ValueError):
        return False
