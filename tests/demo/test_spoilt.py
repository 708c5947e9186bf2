import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from touchline.demo.spoilt import SPOILT, write_spoilt
from touchline.errors import UsageError


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spoilt")
    return folder, write_spoilt(folder)


def opened(path):
    with Image.open(path) as picture:
        picture.load()
        return picture


def test_one_of_every_kind_is_written_and_described(spoilt):
    folder, facts = spoilt
    assert {path.name for path in folder.iterdir()} == set(facts) == {k.name for k in SPOILT}
    assert {state for state, _ in facts.values()} == {"readable", "unreadable"}
    assert all(what for _, what in facts.values())


@pytest.mark.parametrize("kind", [k for k in SPOILT if k.state == "readable"], ids=lambda k: k.name)
def test_the_readable_are_photos(spoilt, kind):
    picture = opened(spoilt[0] / kind.name)
    assert picture.size == (240, 320)
    assert len(np.unique(np.asarray(picture))) > 20


@pytest.mark.parametrize(
    "kind", [k for k in SPOILT if k.state == "unreadable"], ids=lambda k: k.name
)
def test_the_unreadable_are_not(spoilt, kind):
    refusals = (UnidentifiedImageError, OSError, Image.DecompressionBombError)
    with pytest.raises(refusals):
        opened(spoilt[0] / kind.name)


@pytest.mark.parametrize(
    ("name", "form", "mode"),
    [
        ("png-inside.jpg", "PNG", "RGB"),
        ("jpeg-inside.png", "JPEG", "RGB"),
        ("cmyk.jpg", "JPEG", "CMYK"),
        ("grey.jpg", "JPEG", "L"),
        ("grey-16-bit.png", "PNG", "I;16"),
        ("transparent.png", "PNG", "RGBA"),
        ("palette.png", "PNG", "P"),
    ],
)
def test_the_odd_are_odd_in_the_way_they_say(spoilt, name, form, mode):
    with Image.open(spoilt[0] / name) as picture:
        assert (picture.format, picture.mode) == (form, mode)


def test_details_of_the_odd(spoilt):
    folder, _ = spoilt
    with Image.open(folder / "animated.gif") as picture:
        assert picture.n_frames == 3
    with Image.open(folder / "transparent.png") as picture:
        assert picture.getchannel("A").getextrema() == (0, 255)
    with Image.open(folder / "grey-16-bit.png") as picture:
        assert picture.getextrema()[1] > 255
    assert (folder / "empty.jpg").stat().st_size == 0
    assert (folder / "pixel-bomb.png").stat().st_size < 1000
    assert any("<b>" in path.name and " " in path.name for path in folder.iterdir())


def test_the_bomb_claims_900_million_pixels(spoilt, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    with Image.open(spoilt[0] / "pixel-bomb.png") as picture:
        assert picture.size == (30_000, 30_000)


def test_some_kinds_only_and_the_same_bytes_again(spoilt, tmp_path):
    facts = write_spoilt(tmp_path / "new", ["cmyk.jpg", "empty.jpg"])
    assert list(facts) == ["cmyk.jpg", "empty.jpg"]
    for path in (tmp_path / "new").iterdir():
        assert path.read_bytes() == (spoilt[0] / path.name).read_bytes()


def test_an_unknown_kind_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(UsageError, match=r"one of the spoilt files .*; found 'mouldy.jpg'"):
        write_spoilt(tmp_path, ["empty.jpg", "mouldy.jpg"])
    assert list(tmp_path.iterdir()) == []
