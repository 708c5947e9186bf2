import numpy as np
import pytest
from PIL import ImageColor

from touchline.reporting.figures import BLUE, ORANGE
from touchline.spotting.events import Event
from touchline.spotting.timeline.captions import (
    MOST_CAPTIONS,
    TEAM_COLOURS,
    bar_place,
    caption_text,
    draw_bar,
    draw_captions,
)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event(1.0, "GOAL", 0.999, "right"), "GOAL  100 %  right"),
        (Event(1.0, "OUT", 0.0), "OUT  0 %"),
        (Event(1.0, "A\nB\x1b[2J", 0.5), "A B\N{REPLACEMENT CHARACTER}[2J  50 %"),
    ],
)
def test_captions_say_class_confidence_and_team(event, text):
    assert caption_text(event) == text


def test_plates_have_the_colour_of_the_team_and_stand_below_each_other():
    one = draw_captions([Event(1.0, "PASS", 0.9, "left")], 480, 640)
    two = draw_captions([Event(1.0, "PASS", 0.9, "left"), Event(2.0, "OUT", 0.9)], 480, 640)
    assert two.shape[0] == 2 * one.shape[0]
    colours = {tuple(pixel) for pixel in one[..., :3][one[..., 3] > 0].tolist()}
    assert ImageColor.getrgb(TEAM_COLOURS["left"]) in colours
    assert (255, 255, 255) in colours


def test_too_many_at_once_leave_the_surest():
    events = [Event(float(place), "PASS", place / 10) for place in range(MOST_CAPTIONS + 3)]
    several = draw_captions(events, 480, 640)
    surest = draw_captions(events[3:], 480, 640)
    np.testing.assert_array_equal(several, surest)


@pytest.mark.parametrize("shape", [(16, 16), (48, 80), (2, 2)])
def test_captions_never_leave_the_picture(shape):
    events = [Event(1.0, "PLAYER SUCCESSFUL TACKLE", 0.9, "left")] * 4
    drawn = draw_captions(events, *shape)
    assert drawn.shape[0] <= shape[0]
    assert drawn.shape[1] <= shape[1]


def test_the_bar_has_a_line_at_each_event():
    bar = draw_bar([Event(0.0, "A", 1.0, "left"), Event(45.0, "B", 1.0, "right")], 90.0, 4, 100)
    assert bar.shape == (4, 100, 3)
    assert tuple(bar[0, 0]) == ImageColor.getrgb(BLUE)
    assert tuple(bar[3, 50]) == ImageColor.getrgb(ORANGE)
    assert len(np.unique(bar[0], axis=0)) == 3


def test_a_video_without_length_does_not_divide_by_it():
    assert bar_place(0.0, 0.0, 10) == 0
    assert bar_place(1.0, 0.0, 10) == 9
