"""Files written whole or not at all, and the hash that names their content."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path

HASH_BLOCK_BYTES = 1 << 20


def sha256_of_bytes(content: bytes) -> str:
    """The SHA-256 of `content` in lower-case hexadecimal (64 characters)."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, read in blocks so that memory stays flat.

    Raises:
        OSError: when the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut, where the file system knows how.

    Some network shares cannot force a folder to the disk; they do what they can by themselves.

    Raises:
        OSError: when the disk reports a fault.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Put `content` at `path` so that a reader, or a crash, sees the old file or the new one.

    Parent folders are made. An existing file keeps its permission bits.

    Raises:
        OSError: when the folder cannot be written; nothing is left behind then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _umask() -> int:
    """The process's umask; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def default_cache() -> Path:
    """The user's cache folder: `$TOUCHLINE_CACHE`, or `touchline` in the platform's usual one."""
    if chosen := os.environ.get("TOUCHLINE_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "touchline"
