"""The routes of photos and crops: a JPEG for a number in the catalog, or the reason why not."""

from pathlib import Path

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from touchline.app.addresses import SIDES
from touchline.app.thumbnails import as_jpeg, message_picture, thumbnail
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import crops, photos
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes
from touchline.media.images import UnreadableImageError, read_bytes

LARGEST_CROP = 1280


def picture_routes(workspace: Workspace) -> list[Route]:
    """The addresses that `photo_url` and `crop_url` give."""

    def photo(request: Request) -> Response:
        side = request.path_params["side"]
        if side not in SIDES:
            return unshown("there is no such size", 404)
        return _photo(workspace, request, side)

    def crop(request: Request) -> Response:
        return _crop(workspace, request)

    return [
        Route("/pictures/photos/{photo_id:int}/{side:int}.jpg", photo),
        Route("/pictures/crops/{crop_id:int}.jpg", crop),
    ]


def picture(request: Request, content: bytes, tag: str) -> Response:
    """A JPEG that the browser keeps and asks about again, or the word that it is unchanged."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


def unshown(reason: str, status: int = 415) -> Response:
    """A picture that says why there is no other; browsers show it in place of the photo."""
    return Response(
        message_picture(f"Cannot be shown: {reason}"), status, {"Cache-Control": "no-store"},
        "image/jpeg",
    )  # fmt: skip


def _photo(workspace: Workspace, request: Request, side: int) -> Response:
    with workspace.catalog.reading() as connection:
        row = connection.execute(
            select(photos.c.path, photos.c.sha256, photos.c.size, photos.c.changed_ns)
            .where(photos.c.id == request.path_params["photo_id"])
        ).one_or_none()  # fmt: skip
    if row is None:
        return unshown("there is no such photo", 404)
    try:
        real = workspace.roots.inside(Path(row.path))
        made = thumbnail(
            workspace.cache,
            real,
            _known_content(real, row.sha256, (row.size, row.changed_ns)),
            side,
        )
    except UsageError:
        return unshown("it lies outside the folders of this app", 403)
    except UnreadableImageError as error:
        return unshown(str(error))
    return picture(request, made.read_bytes(), made.stem)


def _known_content(real: Path, sha256: str, state: tuple[int, int]) -> str:
    """The SHA-256 that the catalog has, when the file has not changed since; else empty."""
    try:
        now = real.stat()
    except OSError:
        return ""
    return sha256 if (now.st_size, now.st_mtime_ns) == state else ""


def _crop(workspace: Workspace, request: Request) -> Response:
    with workspace.catalog.reading() as connection:
        path = connection.execute(
            select(crops.c.path).where(crops.c.id == request.path_params["crop_id"])
        ).scalar_one_or_none()
    if path is None:
        return unshown("there is no such crop", 404)
    try:
        content = read_bytes(workspace.roots.inside(Path(path)))
        return picture(request, as_jpeg(content, LARGEST_CROP), sha256_of_bytes(content))
    except UsageError:
        return unshown("it lies outside the folders of this app", 403)
    except UnreadableImageError as error:
        return unshown(str(error))
