"""Where the browser finds pictures and films: by their number in the catalog, never by a path."""

from typing import Literal

Side = Literal[320, 1280, 2560]
"""The longer side of a picture, in pixels, at most: in a grid, on a page, looked at closely."""

SIDES: tuple[Side, ...] = (320, 1280, 2560)


def photo_url(photo_id: int, side: Side = 320) -> str:
    """The address of a photo as a JPEG.

    >>> photo_url(7, 1280)
    '/pictures/photos/7/1280.jpg'
    """
    return f"/pictures/photos/{photo_id}/{side}.jpg"


def crop_url(crop_id: int) -> str:
    """The address of a crop of a player, as a JPEG of its own size.

    >>> crop_url(7)
    '/pictures/crops/7.jpg'
    """
    return f"/pictures/crops/{crop_id}.jpg"


def video_url(video_id: int, *, as_copy: bool = False) -> str:
    """The address of a video for a player in the browser, which may ask for any part of it.

    Args:
        video_id: its number in the catalog.
        as_copy: whether its playable copy is sent now. The address leads to the same either way;
            it differs so that a player that has failed tries again.

    >>> video_url(7), video_url(7, as_copy=True)
    ('/films/7', '/films/7?as=copy')
    """
    return f"/films/{video_id}{'?as=copy' if as_copy else ''}"


def frame_url(video_id: int, seconds: float) -> str:
    """The address of the frame shown at some seconds, as a JPEG; to the millisecond.

    >>> frame_url(7, 12.3456)
    '/films/7/frames/12346.jpg'
    """
    return f"/films/{video_id}/frames/{round(max(seconds, 0.0) * 1000)}.jpg"
