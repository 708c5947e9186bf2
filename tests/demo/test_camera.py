from dataclasses import replace

import numpy as np
from PIL import Image

from touchline.demo.camera import Camera, Light, draw_light, paint
from touchline.demo.surfaces import join, sheet

CAMERA = Camera(distance=4.0, height=1.0, bottom=0.0, top=2.0)
EVEN = Light(np.array([0.0, 0.0, 1.0]), key=0.0, ambient=1.0)


def board(z, colour, lift=0.0):
    x, y = np.meshgrid([-0.5, 0.5], [0.5, 1.5])
    return sheet(np.stack([x, y, np.full_like(x, z)], axis=-1), colour, lift)


def painted(*boards, light=EVEN):
    picture = Image.new("RGB", (100, 100))
    paint(picture, join(boards), CAMERA, light)
    return picture


def test_the_middle_of_the_frame_is_the_middle_of_the_picture():
    np.testing.assert_allclose(CAMERA.project(np.array([0.0, 1.0, 0.0]), (480, 640)), (240, 320))


def test_the_frame_ends_at_the_edges_of_the_picture():
    edges = CAMERA.project(np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0]]), (480, 640))
    np.testing.assert_allclose(edges[:, 1], (0, 640))


def test_what_is_nearer_looks_larger():
    near, far = CAMERA.project(np.array([[0.5, 1.0, 1.0], [0.5, 1.0, -1.0]]), (100, 100))
    assert near[0] - 50 > far[0] - 50 > 0


def test_what_is_nearer_hides_what_is_behind_in_any_order():
    red, green = (200, 0, 0), (0, 200, 0)
    for boards in ([board(0.2, red), board(0.0, green)], [board(0.0, green), board(0.2, red)]):
        assert painted(*boards).getpixel((50, 50)) == red


def test_lift_decides_between_neighbours():
    red, green = (200, 0, 0), (0, 200, 0)
    assert painted(board(0.01, red), board(0.0, green, lift=0.05)).getpixel((50, 50)) == green


def test_what_faces_away_or_lies_outside_is_not_painted():
    away, outside = board(0.0, (200, 0, 0)), board(0.0, (200, 0, 0))
    away = replace(away, corners=away.corners[:, ::-1])
    outside = replace(outside, corners=outside.corners + np.array([9.0, 0.0, 0.0]))
    assert painted(board(0.0, (200, 0, 0))).getbbox() is not None
    assert painted(away, outside).getbbox() is None


def test_light_falls_on_what_is_turned_to_it():
    grey = (100, 100, 100)
    lit = Light(np.array([0.0, 0.0, 1.0]), key=0.5, ambient=0.5)
    unlit = Light(np.array([0.0, 1.0, 0.0]), key=0.5, ambient=0.5)
    assert painted(board(0, grey), light=lit).getpixel((50, 50)) == (100, 100, 100)
    assert painted(board(0, grey), light=unlit).getpixel((50, 50)) == (50, 50, 50)


def test_light_comes_from_both_sides_alike():
    sides = [draw_light(np.random.default_rng(seed)).direction[0] > 0 for seed in range(400)]
    assert 150 < sum(sides) < 250
