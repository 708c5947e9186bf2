"""Files sent by a browser: streamed to the disk beneath a root, never held in memory.

A file appears under its name when it is whole; what is cut off leaves nothing. Names are cleaned,
and nothing is ever overwritten. Only photos and videos are taken.
"""

import contextlib
import os
import tempfile
import unicodedata
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from touchline.app.thumbnails import require_bounded
from touchline.app.workspace import Workspace
from touchline.archive.durable import add_name
from touchline.archive.names import folder_name, stem_and_ending, suffixed
from touchline.errors import UsageError
from touchline.files import sync_folder
from touchline.media.folder_contents import VIDEO_ENDINGS
from touchline.media.images import IMAGE_ENDINGS, UnreadableImageError

FOLDER = "uploads"
MOST_PHOTO_BYTES = 256 << 20


class RefusedUploadError(UsageError):
    """An upload that is not taken, with the HTTP status that says so."""

    def __init__(self, status: int, wanted: str, found: str, next_step: str) -> None:
        super().__init__(wanted, found, next_step)
        self.status = status


def upload_routes(workspace: Workspace) -> list[Route]:
    """`POST /uploads/ROOT?name=NAME`: the body is the file; ROOT counts the roots from 0."""

    async def upload(request: Request) -> Response:
        try:
            folder = _folder(workspace, request.path_params["root"])
            name = clean_name(request.query_params.get("name", ""))
            limit = limit_for(name, workspace.upload_limit)
            _refuse_by_announced_length(request, limit)
            path = await _received(request.stream(), folder, name, limit)
        except RefusedUploadError as error:
            return JSONResponse({"error": str(error)}, error.status, {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            return JSONResponse({"error": f"The disk refuses it: {reason}."}, 507)
        return JSONResponse({"name": path.name, "bytes": path.stat().st_size}, 201)

    return [Route("/uploads/{root:int}", upload, methods=["POST"])]


def clean_name(name: str) -> str:
    r"""The name that an uploaded file gets: one name, with no separators, signs or tricks in it.

    >>> clean_name("C:\\photos\\IMG 1.JPG"), clean_name("../../.ssh/authorized.png")
    ('IMG 1.JPG', 'authorized.png')

    Raises:
        RefusedUploadError: its ending is not that of a photo or a video.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, ending = stem_and_ending(last.strip())
    if ending.lower() not in IMAGE_ENDINGS.union(VIDEO_ENDINGS):
        raise RefusedUploadError(
            415, "a photo or a video", f"a file ending in {ending!r}",
            "Send JPEG, PNG, TIFF, WebP, MP4, MOV, MKV or the like; nothing else is taken.",
        )  # fmt: skip
    return f"{folder_name(stem)}{ending}"


def limit_for(name: str, limit: int) -> int:
    """The most bytes of a file: photos are looked at in memory, so that they have less.

    >>> limit_for("a.jpg", 2 << 30) == MOST_PHOTO_BYTES, limit_for("a.mp4", 2 << 30) == 2 << 30
    (True, True)
    """
    is_photo = Path(name).suffix.lower() in IMAGE_ENDINGS
    return min(limit, MOST_PHOTO_BYTES) if is_photo else limit


async def _received(blocks: AsyncIterator[bytes], folder: Path, name: str, limit: int) -> Path:
    """Write a body to its place; on any failure nothing is left of it."""
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".upload.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            received = 0
            async for block in blocks:
                received += len(block)
                if received > limit:
                    raise _too_large(f"more than {limit:,} bytes", limit)
                await run_in_threadpool(stream.write, block)
            stream.flush()
            await run_in_threadpool(os.fsync, descriptor)
        return await run_in_threadpool(_put_in_place, Path(temporary), folder, name)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _put_in_place(temporary: Path, folder: Path, name: str) -> Path:
    """Give a whole file its name, or the first numbered form of it that is free."""
    if Path(name).suffix.lower() in IMAGE_ENDINGS:
        _require_photo(temporary)
    temporary.chmod(0o644)
    for number in count(1):
        place = folder / suffixed(name, number)
        with contextlib.suppress(FileExistsError):
            add_name(temporary, place)
            sync_folder(folder)
            return place
    raise AssertionError("count() does not end")


def _require_photo(path: Path) -> None:
    try:
        require_bounded(path.read_bytes())
    except UnreadableImageError as error:
        raise RefusedUploadError(
            415, "a photo that can be shown", f"one that cannot: {error}", "Send another."
        ) from error


def _folder(workspace: Workspace, number: int) -> Path:
    """The folder for uploads beneath a root, made if need be."""
    if number >= len(workspace.roots.folders):
        raise RefusedUploadError(
            404, "a folder of this app", f"number {number}", "Reload the page."
        )
    try:
        folder = workspace.roots.inside(workspace.roots.folders[number] / FOLDER)
    except UsageError as error:
        raise RefusedUploadError(403, error.wanted, error.found, error.next_step) from error
    folder.mkdir(exist_ok=True)
    return folder


def _refuse_by_announced_length(request: Request, limit: int) -> None:
    """Say no before a byte is read, where the browser says how long the file is."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(f"{int(announced):,}", limit)


def _too_large(found: str, limit: int) -> RefusedUploadError:
    return RefusedUploadError(
        413, f"a file of at most {limit:,} bytes", found,
        "Copy it into the folder itself, or start the app with a larger --upload-limit.",
    )  # fmt: skip
