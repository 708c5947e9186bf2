import json
from dataclasses import replace
from pathlib import Path

import pytest

from photo_world import ball, draw_world
from synthetic_worlds import made_from, places_of, seen_of
from touchline.errors import UsageError
from touchline.photos.gather import gather
from touchline.photos.synthetic.made import (
    DESCRIPTION,
    Made,
    read_made,
    seen_as_rows,
    seen_from_rows,
    seen_photos,
    write_made,
)  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Made:
    data = draw_world(tmp_path / "photos", count=2)
    return made_from(seen_of(data, tmp_path / "cache"))


def test_what_is_written_is_read_back(tmp_path: Path, made: Made) -> None:
    path = write_made(tmp_path / "made", made)
    assert path == tmp_path / "made" / "synthetic.json"
    assert read_made(tmp_path / "made") == made
    timed = replace(made, seen=(replace(made.seen[0], time=12.5), *made.seen[1:]))
    write_made(tmp_path / "made", timed)
    assert read_made(tmp_path / "made") == timed
    assert read_made(tmp_path / "made") != made


def test_rows_go_through_json(made: Made) -> None:
    assert seen_from_rows(json.loads(json.dumps(seen_as_rows(made.seen)))) == made.seen
    assert seen_from_rows([]) == ()


def test_the_training_set_is_named_by_its_photos_in_any_order(made: Made) -> None:
    assert replace(made, seen=made.seen[::-1]).training_set == made.training_set
    assert replace(made, seen=made.seen[1:]).training_set != made.training_set
    assert len(made.training_set) == 64


def test_who_has_learnt_from_one_has_seen_its_whole_group(tmp_path: Path) -> None:
    data = draw_world(tmp_path / "photos", count=4)
    ball("blue", 0).save(data / "blue" / "twin.jpg", quality=60)
    gathered = gather(data, tmp_path / "cache")
    assert len({photo.group for photo in gathered.photo_set.photos}) < 13
    seen = seen_photos(gathered, places_of(gathered, ["blue/00.jpg"]))
    hashes = {
        photo.name: print_.sha256
        for photo, print_ in zip(gathered.photo_set.photos, gathered.fingerprints, strict=True)
    }
    assert {hashes["blue/00.jpg"], hashes["blue/twin.jpg"]} <= {each.sha256 for each in seen}
    assert hashes["green/00.jpg"] not in {each.sha256 for each in seen}
    assert seen_photos(gathered, []) == ()


def test_a_folder_without_its_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"synthetic.json, no such file or directory.*sample"):
        read_made(tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seen": None}, "which is damaged"),
        ({"counts": 3}, "which is damaged"),
        ({"seed": "x"}, "which is damaged"),
        ({"seed": float("inf")}, "which is damaged"),
        ({"generator": ...}, "which is damaged: 'generator'"),
        ({"training_set": "x"}, "its list of photos was changed"),
    ],
    ids=str,
)
def test_a_damaged_description_is_refused(tmp_path, made, change, reason) -> None:
    path = write_made(tmp_path / "made", made)
    values = json.loads(path.read_text()) | change
    path.write_text(json.dumps({k: v for k, v in values.items() if v is not ...}))
    with pytest.raises(UsageError, match=reason):
        read_made(tmp_path / "made")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sha256": "x"}, "'x' is no SHA-256"),
        ({"sha256": None}, "which is damaged"),
        ({"sha256": "ab" * 32}, "its list of photos was changed"),
        ({"luma": "AAAA"}, "luma of .* has a wrong length"),
        ({"hash": "?"}, "which is damaged"),
        ({"width": []}, "which is damaged"),
    ],
    ids=str,
)
def test_a_damaged_or_edited_row_is_refused(tmp_path, made, change, reason) -> None:
    path = write_made(tmp_path / "made", made)
    values = json.loads(path.read_text())
    values["seen"][0] |= change
    path.write_text(json.dumps(values))
    with pytest.raises(UsageError, match=reason):
        read_made(tmp_path / "made")


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "3", "\ufeff{}"])
def test_what_is_no_description_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / DESCRIPTION).write_text(text)
    with pytest.raises(UsageError, match="which is damaged"):
        read_made(tmp_path)


def test_hostile_nesting_is_refused(tmp_path: Path) -> None:
    (tmp_path / DESCRIPTION).write_text("[" * 200_000)
    with pytest.raises(UsageError, match="which is damaged"):
        read_made(tmp_path)
