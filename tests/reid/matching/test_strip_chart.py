from pathlib import Path

import pytest
from PIL import Image

from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.strip_chart import CANDIDATES, STRIPS, strip_chart
from touchline.reporting.figures import GREEN, ORANGE

NAVY = (10, 20, 90)


def crop(folder: Path, name: str, identity: str) -> Crop:
    path = folder / f"{name}.png"
    Image.new("RGB", (32, 64), NAVY).save(path)
    return Crop(path, 0, identity)


def drawn(path: Path) -> dict[tuple[int, ...], int]:
    """How many pixels there are of each colour."""
    with Image.open(path) as image:
        assert min(image.size) > 50
        counts = image.convert("RGB").getcolors(maxcolors=1 << 20)
    assert counts is not None
    return {colour: count for count, colour in counts}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@pytest.mark.parametrize(("who", "colour", "other"), [("7", GREEN, ORANGE), ("8", ORANGE, GREEN)])
def test_right_and_wrong_candidates_are_framed_apart(
    tmp_path: Path, who: str, colour: str, other: str
) -> None:
    match = Match(
        crop(tmp_path, "query", "7"), (Candidate(crop(tmp_path, "found", who), 0.1),), 0.75
    )
    found = drawn(strip_chart([match], tmp_path / "strips.png"))
    assert found[rgb(colour)] > 50
    assert rgb(other) not in found
    assert found[NAVY] > 1000


def test_a_picture_is_no_larger_for_more_matches_or_candidates(tmp_path: Path) -> None:
    query = crop(tmp_path, "query", "7")
    ranked = tuple(Candidate(crop(tmp_path, str(n), "8"), n / 9) for n in range(CANDIDATES + 2))
    few = strip_chart([Match(query, ranked[:-2], 0.5)] * STRIPS, tmp_path / "few.png")
    many = strip_chart([Match(query, ranked, 0.5)] * (STRIPS + 3), tmp_path / "many.png")
    assert few.read_bytes() == many.read_bytes()


def test_a_crop_that_cannot_be_read_leaves_its_frame_and_no_match_leaves_a_blank(
    tmp_path: Path,
) -> None:
    query = crop(tmp_path, "query", "7")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    broken = Match(query, (Candidate(Crop(tmp_path / "broken.png", 0, "7"), 0.1),), 0.5)
    assert rgb(GREEN) in drawn(strip_chart([broken], tmp_path / "strips.png"))
    assert set(drawn(strip_chart([], tmp_path / "none.png"))) == {(255, 255, 255)}
