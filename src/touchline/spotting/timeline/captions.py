"""What is drawn into a video around its events: their names, and a bar that shows where one is."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from touchline.reporting.figures import BLUE, ORANGE
from touchline.reporting.plain_text import shortened
from touchline.spotting.events import Event, Side

TEAM_COLOURS: dict[Side, str] = {"left": BLUE, "right": ORANGE, "": "#666666"}
LONGEST_LABEL = 28
MOST_CAPTIONS = 4
"""At most so many at once; the surest are drawn."""

Pixels = NDArray[np.uint8]


def draw_captions(events: Sequence[Event], height: int, width: int) -> Pixels:
    """The names of events as plates one below the other, for the upper left corner of a picture.

    Each says the class, the confidence and the side of the team, on the team's colour.

    Args:
        events: at least one.
        height: of the picture they are for, in pixels.
        width: likewise.

    Returns:
        RGB and opacity, `height x width x 4`, no larger than the picture.
    """
    font = _font(max(9, height // 22))
    plates = [_plate(event, font) for event in _surest(events)]
    gap = max(1, height // 150)
    shape = (sum(plate.height + gap for plate in plates), max(plate.width for plate in plates))
    sheet = Image.new("RGBA", (shape[1] + gap, shape[0]))
    top = gap
    for plate in plates:
        sheet.paste(plate, (gap, top))
        top += plate.height + gap
    return np.asarray(sheet)[:height, :width]


def draw_bar(events: Sequence[Event], seconds: float, height: int, width: int) -> Pixels:
    """The timeline of a whole video as a thin bar: a line at each event, in its team's colour.

    Args:
        events: of the video.
        seconds: its length.
        height: of the bar in pixels.
        width: likewise.

    Returns:
        RGB, `height x width x 3`.
    """
    bar = Image.new("RGB", (width, height), "#202020")
    draw = ImageDraw.Draw(bar)
    for event in events:
        place = bar_place(event.seconds, seconds, width)
        draw.line(((place, 0), (place, height)), fill=TEAM_COLOURS[event.team])
    return np.asarray(bar)


def bar_place(moment: float, seconds: float, width: int) -> int:
    """The column of a bar that stands for a moment; the last for whatever is later.

    >>> bar_place(0.0, 90.0, 100), bar_place(45.0, 90.0, 100), bar_place(95.0, 90.0, 100)
    (0, 50, 99)
    """
    return min(int(width * moment / max(seconds, 1e-6)), width - 1)


def caption_text(event: Event) -> str:
    """An event in words.

    >>> caption_text(Event(3.0, "HIGH PASS", 0.872, "left"))
    'HIGH PASS  87 %  left'
    """
    words = shortened(event.label, LONGEST_LABEL), f"{100 * event.confidence:.0f} %", event.team
    return "  ".join(filter(None, words))


def _surest(events: Sequence[Event]) -> list[Event]:
    surest = sorted(events, key=lambda event: -event.confidence)[:MOST_CAPTIONS]
    return sorted(surest)


def _plate(event: Event, font: ImageFont.FreeTypeFont) -> Image.Image:
    text = caption_text(event)
    left, _, right, _ = font.getbbox(text)
    ascent, descent = font.getmetrics()
    margin = max(2, round(font.size / 3))
    size = round(right - left) + 2 * margin, ascent + descent + margin
    plate = Image.new("RGBA", size, TEAM_COLOURS[event.team] + "d9")
    ImageDraw.Draw(plate).text((margin - left, margin // 2), text, font=font, fill="white")
    return plate


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """A font that knows more scripts than Pillow's own."""
    fonts = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return ImageFont.truetype(fonts / "DejaVuSans-Bold.ttf", size)
