"""Folders of files that promise to be photos, and short views of what reading makes of them."""

from pathlib import Path

from touchline.photos.data import PhotoSet

CONTENT = b"the pixels are not looked at"


def put(root: Path, *names: str, content: bytes = CONTENT) -> None:
    """Write files below `root`, with their folders."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def labels(photos: PhotoSet) -> dict[str, str]:
    """Each photo's class, in order."""
    return {photo.name: photo.label for photo in photos.photos}


def reasons(photos: PhotoSet) -> dict[str, str]:
    """Why each path, relative to the root, was left out; every path is named once."""
    assert len({item.path for item in photos.rejected}) == len(photos.rejected)
    return {item.path.relative_to(photos.root).as_posix(): item.reason for item in photos.rejected}
