"""Files of vectors through faiss, which is loaded here only, and only when it is needed."""

import os
from pathlib import Path
from typing import Any

from touchline.errors import EnvironmentMissingError, UsageError

WRITTEN_AT_ONCE = 1 << 20


def load_faiss() -> Any:
    """The module `faiss`.

    Raises:
        EnvironmentMissingError: when it is not installed, or cannot be loaded on this machine.
    """
    try:
        import faiss
    except ImportError as error:
        raise EnvironmentMissingError(
            "the package faiss-cpu, which stores and searches vectors",
            f"{type(error).__name__}: {error}", "Install it: pip install faiss-cpu",
        ) from error  # fmt: skip
    return faiss


def read_vectors(path: Path, *, mapped: bool) -> Any:
    """The faiss index in a file.

    Args:
        path: the file.
        mapped: leave the vectors on the disk, where searches read them as they need them; nothing
            can be added to such an index.

    Raises:
        UsageError: when the file is missing or broken.
    """
    faiss = load_faiss()
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
    except RuntimeError as error:
        raise UsageError(
            "the vectors of the index", f"none that can be read at {path}", "Build the index again."
        ) from error


def write_vectors(index: Any, path: Path) -> None:
    """Write a faiss index to a file, down to the disk.

    Raises:
        OSError: when it cannot be written.
    """
    faiss = load_faiss()
    with path.open("wb") as stream:
        # Given a path, faiss does not say that a disk was too full for the last bytes.
        faiss.write_index(index, faiss.PyCallbackIOWriter(stream.write, WRITTEN_AT_ONCE))
        stream.flush()
        os.fsync(stream.fileno())
