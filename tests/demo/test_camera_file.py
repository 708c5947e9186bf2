from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import IFD, Base

from touchline.demo.camera_file import camera_jpeg

TAKEN = datetime(2025, 7, 14, 9, 30, 1, 300_000)


@pytest.fixture
def upright():
    """Wider than high, red on the left, blue at the bottom: no two turns of it are alike."""
    values = np.zeros((64, 96, 3), np.uint8)
    values[:, :32, 0] = 255
    values[40:, :, 2] = 255
    return Image.fromarray(values)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_applying_the_orientation_gives_the_upright_picture(upright, orientation):
    stored = Image.open(BytesIO(camera_jpeg(upright, TAKEN, orientation)))
    assert stored.size == ((64, 96) if orientation in (6, 8) else (96, 64))
    shown = ImageOps.exif_transpose(stored)
    assert np.abs(np.asarray(shown, int) - np.asarray(upright, int)).mean() < 5
    if orientation != 1:
        as_stored = stored.resize(upright.size)
        assert np.abs(np.asarray(as_stored, int) - np.asarray(upright, int)).mean() > 30


def test_the_time_is_kept_to_the_millisecond(upright):
    exif = Image.open(BytesIO(camera_jpeg(upright, TAKEN))).getexif().get_ifd(IFD.Exif)
    assert exif[Base.DateTimeOriginal] == "2025:07:14 09:30:01"
    assert exif[Base.SubsecTimeOriginal] == "300"
