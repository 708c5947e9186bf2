"""What the page Players does without a browser: boxes, answers, the gallery, kept vectors."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from crop_worlds import crop_of
from touchline.app.players.answers import answers_as_csv, apply_answer
from touchline.app.players.boxes import Box, box_of
from touchline.app.players.gallery import (
    actions,
    crop_of_id,
    crop_page,
    crops_beneath,
    crops_with_role,
)
from touchline.app.players.showing import shown_strip
from touchline.app.players.vectors import KeptVectors
from touchline.app.roots import Roots
from touchline.archive.catalog.indexing.crops import CropRow, add_crops
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.review.identity_reviews import answers_for
from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Candidate, Match


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    generator = np.random.default_rng(0)
    rows = []
    for action in ("9", "10"):
        for role in ("query", "gallery"):
            path = tmp_path / "crops" / f"{action}-{role}.png"
            path.parent.mkdir(exist_ok=True)
            crop_of(len(rows), generator).save(path)
            rows.append(CropRow(path, action, role, f"who {action}"))  # type: ignore[arg-type]
    with closing(open_catalog(tmp_path / "touchline.catalog", create=True)) as made:
        add_crops(made, rows)
        yield made


def test_the_gallery_comes_in_pages_and_by_action_and_role(catalog: Catalog) -> None:
    assert actions(catalog) == ["9", "10"]
    page = crop_page(catalog, "", "", 1, 3)
    assert (len(page.crops), page.total) == (1, 4)
    only = crop_page(catalog, "9", "query", 0, 3)
    assert [crop.path.name for crop in only.crops] == ["9-query.png"]
    assert crop_of_id(catalog, only.crops[0].number) == only.crops[0]
    assert {crop.path.name for crop in crops_with_role(catalog, queries=False)} == {
        "9-gallery.png", "10-gallery.png",
    }  # fmt: skip
    with pytest.raises(UsageError, match="none with number 99"):
        crop_of_id(catalog, 99)


def test_crops_outside_the_roots_are_left_out(catalog: Catalog, tmp_path: Path) -> None:
    found = crops_with_role(catalog, queries=True)
    assert crops_beneath(Roots((tmp_path / "crops",)), found) == found
    assert crops_beneath(Roots((tmp_path / "other",)), found) == ()


def answered(catalog: Catalog, **changes: Any) -> dict[str, Any]:
    query, searched = (crops_with_role(catalog, queries=each)[0] for each in (True, False))
    return {
        "token": "t1", "query_id": query.number, "gallery_id": searched.number, "same": True,
        "reviewer": "=Ann", "run": "sample", "distance": 0.25,
    } | changes  # fmt: skip


def test_an_answer_counts_once_and_a_spreadsheet_computes_nothing(catalog: Catalog) -> None:
    given = answered(catalog)
    for _ in range(2):
        assert apply_answer(catalog, given) == ""
    apply_answer(catalog, given | {"token": "t2", "same": None})
    lines = answers_as_csv(catalog).splitlines()
    assert len(lines) == 3
    assert ",yes,'=Ann," in lines[1]
    assert lines[1].endswith(",sample,0.25")
    assert ",,'=Ann," in lines[2]
    assert answers_for(catalog, given["query_id"]) == {}


@pytest.mark.parametrize(
    "change", [{"same": "yes"}, {"query_id": True}, {"distance": "far"}, {"token": None}]
)
def test_what_is_no_answer_is_refused(catalog: Catalog, change: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"as its {next(iter(change))}"):
        apply_answer(catalog, answered(catalog, **change))


def test_a_strip_says_right_wrong_and_not_known() -> None:
    query = Crop(Path("q.png"), 1, "7", "a")
    names = [Crop(Path("b.png"), 2, "8", "a"), Crop(Path("c.png"), 3, "7", "a"),
             Crop(Path("d.png"), 4, "", "a")]  # fmt: skip
    ranked = tuple(Candidate(crop, 0.5) for crop in names)
    shown = shown_strip(Match(query, ranked, 0.9), "/q", {}, is_kept=True)
    assert [each["right"] for each in shown["candidates"]] == [False, True, None]
    assert shown["note"] == "The first right one stands at rank 2."
    missed = shown_strip(Match(query, ranked[:1], 0.9), "/q", {}, is_kept=True)
    assert missed["note"] == "None of the first 1 is known to be the person."
    nobody = Match(Crop(Path("q.png"), 1), ranked, 0.9)
    assert "nobody has said" in shown_strip(nobody, "/q", {}, is_kept=False)["note"]
    alone = shown_strip(Match(query, (), 0.0), "/q", {}, is_kept=True)
    assert alone["note"] == "There is nothing to compare it with."
    json.dumps(shown)


@pytest.mark.parametrize(
    "sent",
    [
        None, "box", {}, {"left": 0.1, "top": 0.1, "right": 0.1, "bottom": 0.5},
        {"left": -0.1, "top": 0, "right": 0.5, "bottom": 0.5},
        {"left": True, "top": 0, "right": 0.5, "bottom": 0.5},
        {"left": float("nan"), "top": 0, "right": 0.5, "bottom": 0.5},
    ],
)  # fmt: skip
def test_what_is_no_box_is_none(sent: object) -> None:
    assert box_of(sent) is None


def test_a_box_that_is_too_small_is_refused() -> None:
    box = box_of({"left": 0.5, "top": 0, "right": 0.51, "bottom": 1})
    assert box == Box(0.5, 0.0, 0.51, 1.0)
    with pytest.raises(UsageError, match="at least 8 x 8 pixels"):
        box.pixels(100, 100)


def test_vectors_are_computed_once_and_a_damaged_file_only_costs_time(
    catalog: Catalog, tmp_path: Path
) -> None:
    calls = 0

    class Extractor:
        size, features = (24, 12), 3

        def __call__(self, pixels: Any) -> Any:
            nonlocal calls
            calls += 1
            return pixels.float().mean(dim=(2, 3)).numpy() + 1

    found: Any = SimpleNamespace(extractor=Extractor(), fingerprint="f")
    crops = [*crops_with_role(catalog, queries=True), Crop(tmp_path / "gone.png", 9)]
    kept = KeptVectors(tmp_path / "kept", found)
    assert kept.missing(crops) == 3
    vectors, faults = kept.of(crops)
    assert vectors.shape == (3, 3)
    assert np.isnan(vectors[2]).all()
    assert [fault.path.name for fault in faults] == ["gone.png"]
    np.testing.assert_allclose(np.linalg.norm(vectors[:2], axis=1), 1, rtol=1e-6)
    again = KeptVectors(tmp_path / "kept", found)
    assert again.missing(crops) == 1
    np.testing.assert_array_equal(again.of(crops[:2])[0], vectors[:2])
    assert calls == 1
    (tmp_path / "kept" / "f.npz").write_bytes(b"PK\x03\x04 damaged")
    np.testing.assert_array_equal(
        KeptVectors(tmp_path / "kept", found).of(crops[:2])[0], vectors[:2]
    )
    assert calls == 2
