from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from pictures import as_jpeg, picture
from touchline.photos.clusters import Forest, Link
from touchline.photos.duplicates import HASH_DISTANCE, Duplicates, _near_hashes, find_duplicates
from touchline.photos.fingerprint import Fingerprint, fingerprint

SPORTS = Path(__file__).parents[2].parent / "shared" / "data" / "sports22"


def prints(*contents: bytes) -> list[Fingerprint]:
    return [fingerprint(content) for content in contents]


def taken(number: int, second: float | None) -> Fingerprint:
    return replace(fingerprint(as_jpeg(picture(number))), time=second)


def a_moment_later(image: Image.Image) -> Image.Image:
    """Much the same with something else in its middle: too different for a copy."""
    image = image.copy()
    width, height = image.size
    box = (width // 3, height // 4, 2 * width // 3, 3 * height // 4)
    image.paste(picture(999).resize((box[2] - box[0], box[3] - box[1])), box)
    return image


CHANGES = {
    "recompressed": lambda image: image,
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "squashed to a square": lambda image: image.resize((160, 160)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.85),
    "black and white": lambda image: image.convert("L").convert("RGB"),
    "cropped": lambda image: image.crop((4, 3, image.width - 5, image.height - 4)),
    "mirrored": ImageOps.mirror,
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_copies_are_found_among_others(change):
    copies = [CHANGES[change](picture(n)) for n in range(8)]
    contents = [as_jpeg(picture(n)) for n in range(20)] + [as_jpeg(c, 40) for c in copies]
    found = find_duplicates(prints(*contents))
    assert [cluster.photos for cluster in found.copies] == [(n, 20 + n) for n in range(8)]
    kind = "mirrored" if change == "mirrored" else "near"
    assert all(cluster.kinds == {kind} for cluster in found.copies)
    assert all(cluster.mirrored == (False, kind == "mirrored") for cluster in found.copies)
    assert found.bursts == ()


def test_the_same_bytes_are_exact_copies():
    content = as_jpeg(picture(0))
    found = find_duplicates(prints(content, as_jpeg(picture(1)), content, content))
    assert [cluster.photos for cluster in found.copies] == [(0, 2, 3)]
    assert found.copies[0].kinds == {"exact"}
    assert found.copies[0].links == (Link(0, 2, "exact"), Link(0, 3, "exact"))


def test_sides_are_kept_along_a_chain():
    """A photo, its mirrored twin, a smaller copy of the twin, and that one's exact copy."""
    twin = ImageOps.mirror(picture(0))
    small = as_jpeg(twin.resize((100, 75)))
    found = find_duplicates(prints(as_jpeg(picture(0)), as_jpeg(twin), small, small))
    assert [cluster.photos for cluster in found.copies] == [(0, 1, 2, 3)]
    assert found.copies[0].mirrored == (False, True, True, True)
    assert found.copies[0].kinds >= {"exact", "mirrored"}


def test_a_symmetric_photo_has_copies_that_are_not_mirrored():
    half = picture(0, (100, 150))
    whole = Image.new("RGB", (200, 150))
    whole.paste(half, (0, 0))
    whole.paste(ImageOps.mirror(half), (100, 0))
    found = find_duplicates(prints(as_jpeg(whole, 95), as_jpeg(whole, 60)))
    assert len(found.copies) == 1


def test_flat_pictures_are_like_nothing_but_their_own_bytes():
    greys = [as_jpeg(Image.new("RGB", (80, 80), (n, n, n))) for n in range(0, 250, 10)]
    found = find_duplicates(prints(*greys, *map(as_jpeg, map(picture, range(5))), greys[3]))
    assert [cluster.photos for cluster in found.copies] == [(3, 30)]


def test_a_burst_needs_time_and_likeness():
    first = fingerprint(as_jpeg(picture(0)))
    second = fingerprint(as_jpeg(a_moment_later(picture(0))))

    def bursts(*photos):
        return [cluster.photos for cluster in find_duplicates(photos).bursts]

    assert bursts(replace(first, time=0.0), replace(second, time=3.0)) == [(0, 1)]
    assert bursts(replace(first, time=0.0), replace(second, time=3.1)) == []
    assert bursts(replace(first, time=None), replace(second, time=None)) == []
    assert bursts(replace(first, time=0.0), replace(second, time=None)) == []
    assert bursts(taken(0, 0.0), taken(1, 0.0)) == []  # at one time, but unlike
    at_ten = [replace(first, time=0.0), replace(second, time=10.0)]
    assert find_duplicates(at_ten, burst_seconds=10).bursts[0].photos == (0, 1)


def test_a_burst_goes_on_while_neighbours_are_close_in_time():
    frames = [replace(fingerprint(as_jpeg(picture(0))), time=0.0)]
    frames += [
        replace(fingerprint(as_jpeg(a_moment_later(picture(0).rotate(n)))), time=2.0 * n)
        for n in range(1, 4)
    ]
    frames = [frames[2], frames[0], taken(5, 2.5), frames[3], frames[1]]
    found = find_duplicates(frames)
    assert {p for cluster in (*found.bursts, *found.copies) for p in cluster.photos} == {0, 1, 3, 4}
    assert set().union(*found.clusters) == {0, 1, 3, 4}


def test_copies_are_no_burst_of_each_other():
    content = as_jpeg(picture(0), taken="2026:05:01 10:00:00")
    smaller = as_jpeg(picture(0).resize((120, 90)), taken="2026:05:01 10:00:00")
    found = find_duplicates(prints(content, content, smaller))
    assert [cluster.photos for cluster in found.copies] == [(0, 1, 2)]
    assert found.bursts == ()


def test_two_exposures_are_a_burst_however_alike_and_a_copy_without_time_joins_them():
    frames = [taken(0, 10.0), replace(taken(0, 10.3), sha256="another")]
    found = find_duplicates(frames)
    assert (found.copies, [cluster.photos for cluster in found.bursts]) == ((), [(0, 1)])
    later = find_duplicates([frames[0], replace(frames[1], time=3600.0)])
    assert [cluster.kinds for cluster in later.copies] == [{"near"}]
    untimed = fingerprint(as_jpeg(picture(0), 40))
    assert [c.photos for c in find_duplicates([*frames, untimed]).copies] == [(0, 1, 2)]


def test_one_clock_time_for_all_photos_makes_no_burst_of_them():
    found = find_duplicates([taken(n, 7.0) for n in range(60)])
    assert found == Duplicates((), ())


@pytest.mark.parametrize("count", [0, 1])
def test_no_photos_and_one_photo_have_no_duplicates(count):
    assert find_duplicates(prints(*[as_jpeg(picture(0))] * count)) == Duplicates((), ())


def test_the_blocks_find_what_comparing_every_pair_finds():
    """2,300 hashes span several blocks; many are planted around the greatest distance."""
    rng = np.random.default_rng(0)
    bits = rng.random((2300, 256)) < 0.5
    odd = np.tile(np.arange(16) % 2 == 1, 16)
    for n in range(0, 2300, 2):
        source = bits[(n * 7 + 1) % 2300]
        flips = rng.permutation(np.arange(1, 256))[: rng.integers(70, 91)]
        bits[n] = source ^ (odd if n % 4 else False)
        bits[n, flips] ^= True
    bits[:, 0] = False
    expected = set()
    for first in range(len(bits)):
        rest = bits[first + 1 :]
        for mirrored in (False, True):
            apart = ((bits[first] ^ (odd & mirrored)) != rest).sum(axis=1)
            expected |= {
                (first, first + 1 + int(k), mirrored) for k in np.nonzero(apart <= HASH_DISTANCE)[0]
            }
    found = [
        (int(a), int(b), bool(m))
        for pairs in _near_hashes(np.packbits(bits, axis=1))
        for a, b, m in zip(*pairs, strict=True)
    ]
    assert len(found) == len(set(found)) > 500
    assert set(found) == expected


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_forest_agrees_with_walking_the_links(data):
    count = data.draw(st.integers(1, 12))
    places = st.integers(0, count - 1)
    links = data.draw(st.lists(st.tuples(places, places, st.booleans()), max_size=20))
    forest = Forest(count)
    side = {place: {place: False} for place in range(count)}  # the slow, obvious reference
    for first, second, mirrored in links:
        joined = forest.join(Link(first, second, "mirrored" if mirrored else "near"))
        assert joined == (second not in side[first])
        if joined:
            turn = side[first][first] ^ side[second][second] ^ mirrored
            merged = side[first] | {place: odd ^ turn for place, odd in side[second].items()}
            for place in merged:
                side[place] = merged
    for cluster in forest.clusters():
        reference = side[cluster.photos[0]]
        assert set(cluster.photos) == set(reference)
        odd = [reference[place] != reference[cluster.photos[0]] for place in cluster.photos]
        assert list(cluster.mirrored) == odd
        assert len(cluster.links) == len(cluster.photos) - 1
    roots = forest.roots()
    for first in range(count):
        assert {p for p in range(count) if roots[p] == roots[first]} == set(side[first])


@pytest.mark.skipif(not SPORTS.is_dir(), reason="the real sports photos are not on this machine")
def test_real_photos_have_no_false_copies_and_changed_ones_are_found():
    paths = sorted(SPORTS.glob("*/*.jpg"))[::8]
    originals = prints(*(path.read_bytes() for path in paths))
    assert find_duplicates(originals).copies == ()
    for name, change in CHANGES.items():
        changed = [fingerprint(as_jpeg(change(Image.open(path)), 40)) for path in paths[::2]]
        found = find_duplicates([*originals, *changed]).copies
        expected = {(2 * n, len(originals) + n) for n in range(len(changed))}
        hits = {cluster.photos for cluster in found}
        assert hits <= expected, name
        assert len(hits) >= 0.95 * len(expected), name
