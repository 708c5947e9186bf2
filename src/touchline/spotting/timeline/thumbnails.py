"""Small pictures of chosen moments of a video, from one run through it."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from PIL import Image

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.facts import probe
from touchline.media.video.pictures import Scaler, orientation_of
from touchline.reporting.data_uris import THUMBNAIL_SIDE, thumbnail_data_uri

Frame = TypeVar("Frame")


def thumbnails(video: Path, seconds: Sequence[float], side: int = THUMBNAIL_SIDE) -> list[str]:
    """The pictures nearest to some moments, as JPEGs in `data:` addresses.

    The video is decoded once, up to the last moment; one frame and the JPEGs are kept. A moment
    before the first picture or after the last shows that picture.

    Args:
        video: the file.
        seconds: after its first picture, in any order.
        side: longest side of a thumbnail in pixels.

    Returns:
        One address a moment, in the order of `seconds`.

    Raises:
        UnreadableVideoError: the video cannot be opened or shows nothing.
    """
    if not seconds:
        return []
    order = sorted(range(len(seconds)), key=lambda place: seconds[place])
    facts = probe(video)
    scale = min(1.0, side / max(facts.height, facts.width))
    height, width = (max(1, round(scale * length)) for length in (facts.height, facts.width))
    decoder = VideoDecoder(video)
    try:
        scaler = Scaler(height, width, "rgb", orientation_of(decoder.first))
        found = [""] * len(seconds)
        moments = [seconds[place] for place in order]
        for place, frame in zip(order, nearest_frames(decoder.frames(), moments), strict=True):
            rows = scaler.picture(frame).permute(1, 2, 0).numpy()
            found[place] = thumbnail_data_uri(Image.fromarray(rows), side)
        return found
    finally:
        decoder.close()


def nearest_frames(
    frames: Iterable[tuple[Fraction, Frame]], moments: Sequence[float]
) -> Iterator[Frame]:
    """The frame nearest to each moment; of two equally near, the earlier.

    No more frames are read than the last moment needs.

    Args:
        frames: seconds and frame, at least one, with rising seconds.
        moments: seconds, rising.

    >>> list(nearest_frames([(Fraction(0), "a"), (Fraction(1), "b"), (Fraction(2), "c")],
    ...                     [0.2, 0.5, 0.6, 9.0]))
    ['a', 'a', 'b', 'c']
    """
    following = iter(frames)
    before = after = next(following)
    for moment in moments:
        while after[0] < moment:
            later = next(following, None)
            if later is None:
                before = after
                break
            before, after = after, later
        yield before[1] if moment - before[0] <= after[0] - moment else after[1]
