"""Pictures onto squares."""

import numpy as np
import pytest
import torch
from PIL import Image

from touchline.media.framing import GREY, as_pixels, frame, normalise, side_needed


def picture(width: int, height: int) -> Image.Image:
    ramp = np.linspace(0, 255, width, dtype=np.uint8)[None, :, None]
    return Image.fromarray(np.broadcast_to(ramp, (height, width, 3)).copy())


@pytest.mark.parametrize(("width", "height"), [(300, 200), (200, 300), (64, 64), (1000, 3), (1, 1)])
@pytest.mark.parametrize("framing", ["letterbox", "crop", "squash"])
def test_every_shape_comes_out_square(width: int, height: int, framing: str) -> None:
    assert frame(picture(width, height), 64, framing).size == (64, 64)  # type: ignore[arg-type]


def test_letterbox_keeps_the_whole_width_and_fills_with_grey() -> None:
    shown = np.asarray(frame(picture(300, 150), 60, "letterbox"))
    assert shown[0, 0].tolist() == list(GREY)
    assert shown[30, 0].max() < 8
    assert shown[30, -1].min() > 247
    assert (shown[:15] == GREY[0]).all()
    assert (shown[45:] == GREY[0]).all()


def test_crop_keeps_the_middle() -> None:
    shown = np.asarray(frame(picture(300, 100), 100, "crop"))
    assert abs(int(shown[50, 0, 0]) - 85) < 4
    assert abs(int(shown[50, -1, 0]) - 170) < 4


def test_what_must_be_decoded() -> None:
    assert side_needed("letterbox") == "longer"
    assert side_needed("crop") == side_needed("squash") == "shorter"


def test_pixels_keep_their_place_and_value() -> None:
    pixels = as_pixels(picture(8, 4))
    assert pixels.shape == (3, 4, 8)
    assert pixels.dtype == torch.uint8
    assert pixels[0, 0].tolist() == np.linspace(0, 255, 8, dtype=np.uint8).tolist()


def test_normalisation_by_hand() -> None:
    pixels = torch.tensor([0, 255], dtype=torch.uint8).view(1, 1, 1, 2).expand(1, 3, 1, 2)
    values = normalise(pixels, (0.5, 0.0, 0.25), (0.5, 1.0, 0.25))
    expected = torch.tensor([[-1.0, 1.0], [0.0, 1.0], [-1.0, 3.0]])
    torch.testing.assert_close(values[0, :, 0], expected)
    assert values.is_contiguous(memory_format=torch.channels_last)
