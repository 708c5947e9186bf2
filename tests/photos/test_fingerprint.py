import hashlib
import io
import os
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageOps
from scipy.fft import dctn

from pictures import as_jpeg, picture, save
from touchline.errors import EnvironmentMissingError
from touchline.media.images import UnreadableImageError
from touchline.photos import fingerprint_files
from touchline.photos.fingerprint import Fingerprint, fingerprint
from touchline.photos.fingerprint_cache import CACHE_FILE
from touchline.photos.fingerprint_files import fingerprint_photos


def as_png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def bits(print_: Fingerprint) -> np.ndarray:
    return np.unpackbits(np.frombuffer(print_.hash, np.uint8)).reshape(16, 16).astype(bool)


def test_a_fingerprint_says_what_the_file_is():
    content = as_jpeg(picture(0, (300, 200)), taken="2026:05:01 10:00:02")
    made = fingerprint(content)
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert (made.width, made.height) == (300, 200)
    assert made.time == datetime(2026, 5, 1, 10, 0, 2, tzinfo=UTC).timestamp()
    assert (len(made.hash), len(made.luma), len(made.chroma)) == (32, 1024, 512)
    assert not made.flat


def test_the_hash_is_the_signs_of_the_lowest_frequencies():
    image = picture(1, (64, 64))
    grey = np.asarray(image.convert("L"), float)
    expected = dctn(grey)[:16, :16] > 0
    expected[0, 0] = False
    np.testing.assert_array_equal(bits(fingerprint(as_png(image))), expected)


def test_mirroring_inverts_the_odd_horizontal_frequencies_and_no_others():
    image = picture(2)
    plain, mirrored = (bits(fingerprint(as_png(i))) for i in (image, ImageOps.mirror(image)))
    odd = np.arange(16) % 2 == 1
    changed = plain != mirrored
    assert changed[:, odd].mean() > 0.98  # rounding may tip a coefficient that is almost zero
    assert changed[:, ~odd].mean() < 0.02


def test_the_tiny_copy_shows_brightness_and_colour():
    left_red = Image.new("RGB", (320, 320), (255, 0, 0))
    left_red.paste((0, 0, 255), (160, 0, 320, 320))
    made = fingerprint(as_png(left_red))
    luma = np.frombuffer(made.luma, np.uint8).reshape(32, 32)
    blue, red = np.frombuffer(made.chroma, np.uint8).reshape(2, 16, 16)
    assert (luma[:, 4], luma[:, 28]) == (pytest.approx(76, abs=1), pytest.approx(29, abs=1))
    assert (red[:, 2] > 250).all()
    assert (red[:, 13] < 128).all()
    assert (blue[:, 13] > 250).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright_first(orientation):
    image = picture(3, (240, 160))
    back = {1: [], 2: ["FLIP_LEFT_RIGHT"], 3: ["ROTATE_180"], 4: ["FLIP_TOP_BOTTOM"],
            5: ["TRANSPOSE"], 6: ["ROTATE_90"], 7: ["TRANSVERSE"], 8: ["ROTATE_270"]}  # fmt: skip
    stored = image
    for name in back[orientation]:
        stored = stored.transpose(Image.Transpose[name])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    stored.save(stream, "PNG", exif=exif)
    upright, turned = fingerprint(as_png(image)), fingerprint(stream.getvalue())
    assert (turned.width, turned.height) == (240, 160)
    assert (turned.hash, turned.luma) == (upright.hash, upright.luma)


@pytest.mark.parametrize(("shade", "flat"), [(0, True), (200, True)])
def test_one_tone_is_flat(shade, flat):
    assert fingerprint(as_png(Image.new("RGB", (50, 50), (shade,) * 3))).flat is flat


def test_a_faint_shadow_on_a_wall_is_flat_and_a_dark_photo_is_not():
    wall = np.tile(np.linspace(200, 205, 100), (100, 1)).astype(np.uint8)
    assert fingerprint(as_png(Image.fromarray(wall))).flat
    dark = Image.fromarray((np.asarray(picture(4)) * 0.2).astype(np.uint8))
    assert not fingerprint(as_png(dark)).flat


def test_a_single_pixel_has_a_fingerprint():
    made = fingerprint(as_png(Image.new("RGB", (1, 1), "red")))
    assert made.flat
    assert (made.width, made.height) == (1, 1)


def test_what_is_no_image_is_refused():
    with pytest.raises(UnreadableImageError, match="not an image"):
        fingerprint(b"hello")
    with pytest.raises(UnreadableImageError, match="truncated"):
        fingerprint(as_jpeg(picture(0))[:2000])


def test_many_files_in_order_with_the_bad_ones_named(tmp_path):
    good = [save(as_jpeg(picture(n)), tmp_path / f"{n}.jpg") for n in range(3)]
    empty = save(b"", tmp_path / "empty.jpg")
    missing = tmp_path / "missing.jpg"
    prints, broken = fingerprint_photos([good[2], empty, good[0], missing, good[1], good[0]])
    assert list(prints) == [good[2], good[0], good[1]]
    assert prints[good[1]] == fingerprint(good[1].read_bytes())
    reasons = [(item.path, item.reason) for item in broken]
    assert reasons == [(empty, "the file is empty"), (missing, "No such file or directory")]
    assert fingerprint_photos([]) == ({}, ())


def test_unchanged_files_are_not_read_again(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    paths = [save(as_jpeg(picture(n)), tmp_path / f"{n}.jpg") for n in range(4)]
    first = fingerprint_photos(paths, cache)
    read = []

    def reading(path):
        read.append(path)
        return path.read_bytes()

    monkeypatch.setattr(fingerprint_files, "read_bytes", reading)
    assert fingerprint_photos(paths, cache) == first
    assert read == []

    state = paths[1].stat()
    save(as_jpeg(picture(9)), paths[1])  # another size
    os.utime(paths[2], ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    again, _ = fingerprint_photos(paths, cache)
    assert sorted(read) == [paths[1], paths[2]]
    assert again[paths[1]] == fingerprint(as_jpeg(picture(9)))
    assert again[paths[2]] == first[0][paths[2]]


def test_what_was_made_before_an_interruption_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint_files, "_FILES_AT_ONCE", 2)
    paths = [save(as_jpeg(picture(n)), tmp_path / f"{n}.jpg") for n in range(5)]

    def stopping(path):
        if path == paths[3]:
            raise KeyboardInterrupt
        return path.read_bytes()

    monkeypatch.setattr(fingerprint_files, "read_bytes", stopping)
    with pytest.raises(KeyboardInterrupt):
        fingerprint_photos(paths, tmp_path)
    read = []
    monkeypatch.setattr(
        fingerprint_files, "read_bytes", lambda path: read.append(path) or path.read_bytes()
    )
    fingerprint_photos(paths, tmp_path)
    assert sorted(read) == paths[2:]


def test_a_file_that_is_no_cache_is_named(tmp_path):
    save(b"no database" * 100, tmp_path / CACHE_FILE)
    with pytest.raises(EnvironmentMissingError, match=r"file is not a database at .*cache=FOLDER"):
        fingerprint_photos([], tmp_path)
    with pytest.raises(EnvironmentMissingError, match="a folder for cached fingerprints"):
        fingerprint_photos([], tmp_path / CACHE_FILE / "inside")
