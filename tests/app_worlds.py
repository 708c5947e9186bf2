"""Workspaces of the app on disk, with rows of photos and videos written by hand."""

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image
from sqlalchemy import insert, select

from touchline.app.roots import Roots
from touchline.app.workspace import Workspace
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import crops, photos, roots, videos
from touchline.files import sha256_of_file


@dataclass(frozen=True)
class AppWorld:
    """A workspace and the folder that everything of it is in; `archive` is its only root."""

    folder: Path
    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.folder / "archive"

    def photo(self, name: str, content: bytes | None = None) -> int:
        """Write a photo (a link stays one) and its row; the row's number."""
        path = self.root / name
        if content is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return add_photo(self.workspace.catalog, path)


def app_world(folder: Path, *, upload_limit: int = 1 << 20) -> AppWorld:
    """An empty workspace."""
    (folder / "archive").mkdir()
    catalog = open_catalog(folder / "touchline.catalog", create=True)
    with catalog.writing() as connection:
        connection.execute(insert(roots).values(path=str(folder / "archive")))
    workspace = Workspace(
        catalog, Roots((folder / "archive",)), folder / "runs", folder / "cache", upload_limit
    )
    return AppWorld(folder, workspace)


def add_photo(catalog: Catalog, path: Path) -> int:
    """A row for a file as it is; a file that is not there has one too."""
    is_there = path.is_file()
    state = path.stat() if is_there else None
    row = {
        "root_id": 1, "path": str(path), "sha256": sha256_of_file(path) if is_there else "",
        "size": state.st_size if state else 0, "changed_ns": state.st_mtime_ns if state else 0,
        "width": 0, "height": 0, "state": "present", "indexed_at": time.time(),
    }  # fmt: skip
    return _add(catalog, photos, row)


def add_video(catalog: Catalog, path: Path) -> int:
    row = {
        "root_id": 1, "path": str(path), "size": 0, "changed_ns": 0, "state": "present",
        "indexed_at": time.time(),
    }  # fmt: skip
    return _add(catalog, videos, row)


def add_crop(catalog: Catalog, path: Path) -> int:
    row = {"root_id": 1, "path": str(path), "state": "present", "indexed_at": time.time()}
    return _add(catalog, crops, row)


def _add(catalog: Catalog, table: object, row: dict[str, object]) -> int:
    with catalog.writing() as connection:
        connection.execute(insert(table).values(**row))  # type: ignore[call-overload]
        columns = table.c  # type: ignore[attr-defined]
        return int(connection.scalar(select(columns.id).where(columns.path == row["path"])) or 0)


def jpeg(width: int = 640, height: int = 480, colour: Sequence[int] = (200, 30, 30)) -> bytes:
    """A JPEG of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), tuple(colour)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """The head of a PNG that claims a size, and no pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def write_film(path: Path, seconds: int = 4, rate: int = 10) -> Path:
    """An MP4 whose frames get brighter by the second: 40, 80, 120, ..."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * rate):
            grey = 40 * (number // rate + 1)
            picture = Image.new("RGB", (64, 48), (grey, grey, grey))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return path
