import base64
import io

import numpy as np
import pytest
from PIL import Image

from touchline.reporting.data_uris import as_data_uri, thumbnail_data_uri


def decoded(uri):
    kind, content = uri.removeprefix("data:").split(";base64,")
    return kind, Image.open(io.BytesIO(base64.b64decode(content)))


@pytest.mark.parametrize(("name", "kind"), [("a.png", "image/png"), ("a.jpg", "image/jpeg")])
def test_a_file_is_carried_byte_for_byte(tmp_path, name, kind):
    Image.new("RGB", (3, 2), "red").save(tmp_path / name)
    content = as_data_uri(tmp_path / name).removeprefix(f"data:{kind};base64,")
    assert base64.b64decode(content) == (tmp_path / name).read_bytes()


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        as_data_uri(tmp_path / "missing.png")


# Tall, wide, square, as large as the thumbnail, smaller, and thin enough to vanish.
@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3000, 4000), (120, 160)), ((640, 320), (160, 80)), ((500, 500), (160, 160)),
        ((160, 40), (160, 40)), ((12, 7), (12, 7)), ((4000, 3), (160, 1)), ((1, 1), (1, 1)),
    ],
)  # fmt: skip
def test_thumbnail_fits_the_square_and_keeps_its_shape(size, expected):
    kind, image = decoded(thumbnail_data_uri(Image.new("RGB", size, "green")))
    assert (kind, image.size, image.mode) == ("image/jpeg", expected, "RGB")


def test_side_can_be_chosen():
    _, image = decoded(thumbnail_data_uri(Image.new("RGB", (100, 50)), side=40))
    assert image.size == (40, 20)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_every_mode_becomes_a_jpeg(mode):
    _, image = decoded(thumbnail_data_uri(Image.new(mode, (300, 200))))
    assert (image.size, image.mode) == ((160, 107), "RGB")


def test_what_is_transparent_becomes_white():
    _, image = decoded(thumbnail_data_uri(Image.new("RGBA", (20, 20), (255, 0, 0, 0))))
    assert min(image.getpixel((10, 10))) > 250
    palette = Image.new("P", (20, 20), 0)
    palette.info["transparency"] = 0
    _, image = decoded(thumbnail_data_uri(palette))
    assert min(image.getpixel((10, 10))) > 250


def test_colours_stay():
    _, image = decoded(thumbnail_data_uri(Image.new("RGB", (300, 300), (200, 60, 30))))
    assert image.getpixel((80, 80)) == pytest.approx((200, 60, 30), abs=6)


def test_nothing_of_the_file_but_its_pixels_goes_along(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "where the team sleeps"
    photo = Image.fromarray(np.zeros((20, 20, 3), np.uint8))
    photo.save(tmp_path / "a.jpg", exif=exif, comment=b"secret")
    with Image.open(tmp_path / "a.jpg") as opened:
        uri = thumbnail_data_uri(opened)
    content = base64.b64decode(uri.split(",")[1])
    assert b"sleeps" not in content
    assert b"secret" not in content


def test_the_picture_itself_is_left_alone():
    image = Image.new("RGBA", (400, 300), (1, 2, 3, 4))
    thumbnail_data_uri(image)
    assert (image.size, image.mode) == ((400, 300), "RGBA")
