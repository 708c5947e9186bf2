"""The routes of videos: any part of a catalogued video for a player, and single frames of it.

A copy made by `playable` is sent in place of a video that browsers cannot play.
"""

from fractions import Fraction
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from touchline.app.pictures import picture, unshown
from touchline.app.playable import shown_file
from touchline.app.thumbnails import encoded
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import videos
from touchline.errors import UsageError

MEDIA_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4",
               ".webm": "video/webm", ".mkv": "video/webm"}  # fmt: skip
LARGEST_FRAME = 1280


def film_routes(workspace: Workspace) -> list[Route]:
    """The addresses that `video_url` and `frame_url` give."""

    def film(request: Request) -> Response:
        try:
            real = _video(workspace, request)
        except UsageError as error:
            return PlainTextResponse(error.found, 404)
        shown = shown_file(workspace, real)
        media_type = MEDIA_TYPES.get(shown.suffix.lower(), "application/octet-stream")
        return FileResponse(shown, media_type=media_type, headers={"Cache-Control": "private"})

    def frame(request: Request) -> Response:
        milliseconds = request.path_params["milliseconds"]
        try:
            real = _video(workspace, request)
            content = frame_as_jpeg(real, Fraction(milliseconds, 1000))
        except UsageError as error:
            return unshown(error.found, 404)
        return picture(request, content, f"{real.stat().st_mtime_ns}-{milliseconds}")

    return [
        Route("/films/{video_id:int}", film),
        Route("/films/{video_id:int}/frames/{milliseconds:int}.jpg", frame),
    ]


def frame_as_jpeg(video: Path, seconds: Fraction) -> bytes:
    """The frame on show at some seconds, upright, as a JPEG of bounded size.

    The last frame stands for every moment after it.

    Raises:
        UnreadableVideoError: the video cannot be read.
    """
    from touchline.media.video.decoder import VideoDecoder
    from touchline.media.video.pictures import Scaler, orientation_of

    decoder = VideoDecoder(video, threads=1)
    try:
        shown = decoder.first
        for moment, each in decoder.frames(seconds):
            if moment > seconds:
                break
            shown = each
        scaler = Scaler(shown.height, shown.width, "rgb", orientation_of(decoder.first))
        pixels = scaler.picture(shown).permute(1, 2, 0).contiguous().numpy()
    finally:
        decoder.close()
    taken = Image.fromarray(pixels)
    taken.thumbnail((LARGEST_FRAME, LARGEST_FRAME))
    return encoded(taken)


def _video(workspace: Workspace, request: Request) -> Path:
    """The file of the video that is asked for.

    Raises:
        UsageError: there is none, or it lies outside the roots.
    """
    with workspace.catalog.reading() as connection:
        path = connection.execute(
            select(videos.c.path).where(videos.c.id == request.path_params["video_id"])
        ).scalar_one_or_none()
    if path is None:
        raise UsageError("a video of the catalog", "there is no such video", "Index it first.")
    real = workspace.roots.inside(Path(path))
    if not real.is_file():
        raise UsageError("the file of a video", "the file is no longer there", "Bring it back.")
    return real
