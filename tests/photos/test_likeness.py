import numpy as np
import pytest
from PIL import Image, ImageOps

from pictures import as_jpeg, picture
from touchline.photos.fingerprint import fingerprint
from touchline.photos.likeness import likeness, tiny_copies


def alike(first: Image.Image, second: Image.Image, mirrored: bool = False) -> float:
    copies = tiny_copies([fingerprint(as_jpeg(image, 95)) for image in (first, second)])
    return float(likeness(copies, np.array([0]), np.array([1]), np.array([mirrored]))[0])


def test_a_picture_is_like_itself_and_not_like_others():
    assert alike(picture(0), picture(0)) == pytest.approx(1, abs=1e-4)
    assert max(alike(picture(0), picture(n)) for n in range(1, 30)) < 0.7


@pytest.mark.parametrize("cut", [(6, 4, 0, 0), (0, 0, 6, 4), (6, 4, 6, 4), (0, 4, 6, 0)])
def test_crops_of_three_per_cent_are_allowed_for(cut):
    left, top, right, bottom = cut
    cropped = picture(1).crop((left, top, 200 - right, 150 - bottom))
    assert alike(picture(1), cropped) > 0.97
    assert alike(cropped, picture(1)) == pytest.approx(alike(picture(1), cropped), abs=1e-5)
    assert alike(ImageOps.mirror(picture(1)), cropped, mirrored=True) > 0.97


def test_a_wider_crop_is_another_picture():
    assert alike(picture(1), picture(1).crop((40, 30, 200, 150))) < 0.9


def test_one_small_mark_is_allowed_for_and_two_are_not():
    marked = picture(2)
    marked.paste("white", (140, 130, 190, 145))
    assert alike(picture(2), marked) > 0.99
    marked.paste("white", (5, 5, 55, 20))
    assert alike(picture(2), marked) < 0.96


def test_brightness_and_contrast_do_not_count_but_colour_does():
    dimmed = picture(3).point(lambda value: value * 0.7 + 20)
    assert alike(picture(3), dimmed) > 0.99
    blue, green, red = picture(3).split()[::-1]
    assert alike(picture(3), Image.merge("RGB", (blue, red, green))) < 0.9


def test_a_black_and_white_copy_is_a_copy():
    assert alike(picture(4), picture(4).convert("L")) > 0.99
    assert alike(picture(4).convert("L"), picture(5)) < 0.7


def test_flat_pictures_give_a_number():
    grey = Image.new("RGB", (60, 60), (90, 90, 90))
    assert abs(alike(grey, picture(0))) < 0.5
    assert abs(alike(grey, grey)) < 0.5


def test_each_pair_is_judged_alone():
    copies = tiny_copies([fingerprint(as_jpeg(picture(n % 40))) for n in range(60)])
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 60, (2, 600))
    mirrored = rng.random(600) < 0.5
    together = likeness(copies, first, second, mirrored)
    assert together.shape == (600,)
    for n in range(0, 600, 37):
        part = slice(n, n + 1)
        alone = likeness(copies, first[part], second[part], mirrored[part])
        np.testing.assert_allclose(alone, together[part], atol=1e-5)
    assert likeness(copies, first[:0], second[:0], mirrored[:0]).shape == (0,)
