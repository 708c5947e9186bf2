"""The real formats: counts as the data's own page gives them, and every file name read."""

import re
from pathlib import Path

import pytest

from touchline.reid.crops import NOBODY
from touchline.reid.reading.listing import pictures_below
from touchline.reid.reading.market import parse_name
from touchline.reid.reading.reading import read_crops
from touchline.reid.reading.soccernet_names import box_of, name_of

SHARED = Path(__file__).parents[4] / "shared/data"
RENDERED, MARKET = SHARED / "reid", SHARED / "market1501-part"
needs_rendered = pytest.mark.skipif(not RENDERED.is_dir(), reason="no ../shared/data/reid")
needs_market = pytest.mark.skipif(not MARKET.is_dir(), reason="no ../shared/data/market1501-part")


@needs_rendered
def test_rendered_players() -> None:
    found = read_crops(RENDERED)
    assert found.faults == ()
    assert len(found.train) == 4828
    assert len({crop.action for crop in found.train}) == 144
    sizes = {name: (len(g.queries), len(g.gallery)) for name, g in found.galleries.items()}
    assert sizes == {"valid": (510, 1134), "test": (509, 1078)}
    for gallery in found.galleries.values():
        assert len({crop.action for crop in gallery.gallery}) == 48
    names = pictures_below(RENDERED)
    assert len(names) == 4828 + 510 + 1134 + 509 + 1078
    for name in names:
        file = name.rpartition("/")[2]
        assert name_of(box_of(file)) == file


@needs_market
def test_part_of_market() -> None:
    found = read_crops(MARKET)
    gallery = found.galleries["test"]
    assert (len(found.train), len({crop.identity for crop in found.train})) == (3323, 200)
    assert len(gallery.queries) == 355
    assert len({crop.identity for crop in gallery.queries}) == 80
    names = pictures_below(MARKET / "bounding_box_test")
    junk = [name for name in names if name.startswith("-1")]
    assert (len(names), len(gallery.gallery)) == (1415, 1415 - len(junk))
    assert sum(crop.identity == NOBODY for crop in gallery.gallery) == sum(
        name.startswith("0000") for name in names
    )
    # Only queries that have no positive under the protocol are told of.
    assert {fault.reason.partition(" from ")[2] for fault in found.faults} <= {
        "its own camera only; it cannot be scored"
    }


@needs_market
def test_names_of_market_as_its_own_tools_read_them() -> None:
    for name in pictures_below(MARKET):
        file = name.rpartition("/")[2]
        person, camera = map(int, re.findall(r"([-\d]+)_c(\d)", file)[0])
        identity, seen_by = parse_name(file)
        assert (int(identity or 0), seen_by) == (person, f"c{camera}")
