from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from touchline.demo.camera import Camera, Light, paint
from touchline.demo.figure import draw_figure
from touchline.demo.photo import draw_photo, parse_size
from touchline.demo.players import draw_player
from touchline.demo.poses import POSES, pose_named
from touchline.demo.skeleton import draw_stance, stand
from touchline.errors import UsageError

SMALL = (96, 128)


def pixels(*arguments, **options):
    return np.asarray(draw_photo(*arguments, **options), int)


@pytest.mark.parametrize("pose", POSES)
def test_a_photo_is_the_same_each_time_and_not_flat(pose):
    first = draw_photo(pose, 2, 3, 7, SMALL)
    assert first.size == SMALL
    assert first.mode == "RGB"
    assert first.tobytes() == draw_photo(pose, 2, 3, 7, SMALL).tobytes()
    assert np.asarray(first).std() > 10


def test_every_argument_matters():
    plain = draw_photo("Hero", 0, 0, 0, SMALL).tobytes()
    others = [
        draw_photo("Full Body", 0, 0, 0, SMALL),
        draw_photo("Hero", 1, 0, 0, SMALL),
        draw_photo("Hero", 0, 1, 0, SMALL),
        draw_photo("Hero", 0, 0, 1, SMALL),
        draw_photo("Hero", 0, 0, 0, SMALL, burst_frame=1),
    ]
    assert len({plain, *(photo.tobytes() for photo in others)}) == 6


@pytest.mark.parametrize("pose", ["Head Shot", "CrossedArms-45deg-l", "Full Body"])
def test_a_burst_is_nearly_a_copy(pose):
    photo = pixels(pose, 0, 0, 0, SMALL)
    moment_later = np.abs(photo - pixels(pose, 0, 0, 0, SMALL, burst_frame=1)).mean()
    another = np.abs(photo - pixels(pose, 0, 1, 0, SMALL)).mean()
    assert 0 < moment_later < another / 2


def silhouette(pose, stance, player):
    figure = draw_figure(stand(pose_named(pose), stance, player.height), pose_named(pose), player)
    white = replace(figure, colours=np.full_like(figure.colours, 255.0))
    picture = Image.new("L", (300, 400))
    camera = Camera(distance=3.5, height=1.2, bottom=-0.1, top=2.1)
    paint_grey(picture, white, camera)
    return picture


def paint_grey(picture, patches, camera):
    colour = Image.new("RGB", picture.size)
    paint(colour, patches, camera, Light(np.array([0.0, 0.0, 1.0]), key=0.0, ambient=9.0))
    picture.paste(colour.convert("L").point(lambda value: 255 * (value > 0)))


@pytest.mark.parametrize("left", [name for name in POSES if name.endswith("-l")])
def test_the_mirrored_outline_of_a_left_pose_is_that_of_its_partner(left):
    right = left.replace("90-deg", "90deg")[:-1] + "r"
    player = replace(draw_player(2, 0), armband=False)
    player = replace(player, hair=replace(player.hair, parting=0.0))
    stance = draw_stance(np.random.default_rng(5))
    outline, partner = (np.asarray(silhouette(name, stance, player)) for name in (left, right))
    mirrored = outline[:, ::-1]
    assert (mirrored != partner).mean() < 0.005  # the rounding of edges to pixels
    assert (outline != partner).mean() > 0.02


def test_left_and_right_photos_are_not_told_apart_by_their_shade():
    """Neither the light nor the backdrop leans to a side with the class."""

    def lean(pose):
        photos = [ImageOps.grayscale(draw_photo(pose, k % 6, k, 0, (64, 64))) for k in range(60)]
        edges = [np.asarray(photo, float)[:, [*range(8), *range(-8, 0)]] for photo in photos]
        return np.array([edge[:, :8].mean() - edge[:, 8:].mean() for edge in edges])

    left, right = lean("HandsOnHips-90-deg-l"), lean("HandsOnHips-90deg-r")
    spread = np.hypot(left.std(ddof=1), right.std(ddof=1)) / np.sqrt(60)
    assert abs(left.mean() - right.mean()) < 3 * spread


@pytest.mark.parametrize("size", [(63, 640), (480, 4097), (0, 0)])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(UsageError, match="a width and a height from 64 to 4096 pixels"):
        draw_photo("Hero", 0, 0, 0, size)


@pytest.mark.parametrize("text", ["480", "x", "480x", "480x640x3", "-4x5", "4.5x6", ""])
def test_a_size_that_is_no_size_is_refused(text):
    with pytest.raises(UsageError, match="a size such as 480x640"):
        parse_size(text)


def test_an_unknown_pose_is_refused():
    with pytest.raises(UsageError, match="one of the 17 drawn poses"):
        draw_photo("Bicycle Kick", 0, 0, 0)
