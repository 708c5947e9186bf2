import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from catalog_worlds import row_at, rows
from pictures import as_jpeg, picture, save
from touchline.archive.catalog.indexing.photo_rows import Measured
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import photos, roots
from touchline.errors import EnvironmentMissingError
from touchline.files import sha256_of_file
from touchline.photos.cataloguing import catalog_photos, group_bursts, measure_photos


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog in a file."""
    opened = open_catalog(tmp_path / "touchline.catalog", create=True)
    yield opened
    opened.close()


def shot(number: int, moment: int) -> bytes:
    """A moment of a scene: nearly the picture of the moment before."""
    image = Image.blend(picture(number), picture(1000 + moment), 0.2)
    return as_jpeg(image, taken=f"2026:05:01 10:00:{moment:02}")


def bursts(catalog: Catalog) -> dict[str, str]:
    """The name of the first photo of its burst for each photo."""
    return {Path(row.path).name: Path(row.burst).name for row in rows(catalog)}


def test_photos_are_measured_from_their_bytes(tmp_path: Path) -> None:
    good = save(as_jpeg(picture(1, (60, 40)), taken="1970:01:02 00:00:00"), tmp_path / "a.jpg")
    bad, missing = save(b"no image", tmp_path / "b.jpg"), tmp_path / "c.jpg"
    state = good.stat()
    wanted = Measured(
        sha256_of_file(good), state.st_size, state.st_mtime_ns, 60, 40, 86_400.0
    )  # fmt: skip
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        found = list(measure_photos(cache)([good, bad, missing]))
        assert found == [
            (good, wanted), (bad, "not an image"), (missing, "No such file or directory"),
        ]  # fmt: skip


def test_many_photos_come_in_order(tmp_path: Path) -> None:
    paths = [save(as_jpeg(picture(n % 3, (8, 8))), tmp_path / f"{n}.jpg") for n in range(300)]
    assert [path for path, _ in measure_photos(tmp_path / "cache")(paths)] == paths


@pytest.mark.parametrize("has_cache", [True, False])
def test_bursts_are_alike_and_taken_together_in_one_folder(
    catalog: Catalog, tmp_path: Path, has_cache: bool
) -> None:
    folder, cache = tmp_path / "in", tmp_path / "cache" if has_cache else None
    for name, content in {
        "b1.jpg": shot(1, 11), "b2.jpg": shot(1, 12), "b3.jpg": shot(1, 13),
        "later.jpg": shot(1, 30), "other.jpg": shot(2, 12), "deep/b4.jpg": shot(1, 14),
        "untimed.jpg": as_jpeg(picture(1)),
    }.items():  # fmt: skip
        save(content, folder / name)
    catalog_photos(catalog, folder, cache)
    found = bursts(catalog)
    assert {name for name, burst in found.items() if burst == "b1.jpg"} == {
        "b1.jpg", "b2.jpg", "b3.jpg",
    }  # fmt: skip
    assert {name for name, burst in found.items() if burst} == {"b1.jpg", "b2.jpg", "b3.jpg"}
    assert row_at(catalog, folder / "b2.jpg").burst == str((folder / "b1.jpg").resolve())
    assert rows(catalog, roots)[0].indexed_at is not None
    before = rows(catalog)
    assert catalog_photos(catalog, folder, cache).touched == ()
    assert rows(catalog) == before


def test_bursts_follow_what_comes_and_goes(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for moment in (11, 12):
        save(shot(1, moment), folder / f"b{moment}.jpg")
    catalog_photos(catalog, folder, tmp_path / "cache")
    assert bursts(catalog) == {"b11.jpg": "b11.jpg", "b12.jpg": "b11.jpg"}
    save(shot(1, 10), folder / "b10.jpg")
    catalog_photos(catalog, folder, tmp_path / "cache")
    assert set(bursts(catalog).values()) == {"b10.jpg"}
    (folder / "b11.jpg").unlink()
    (folder / "b10.jpg").rename(folder / "b13.jpg")
    catalog_photos(catalog, folder, tmp_path / "cache")
    assert bursts(catalog) == {"b11.jpg": "", "b12.jpg": "b12.jpg", "b13.jpg": "b12.jpg"}
    (folder / "b13.jpg").unlink()
    catalog_photos(catalog, folder, tmp_path / "cache")
    assert set(bursts(catalog).values()) == {""}


def test_copies_are_no_burst(catalog: Catalog, tmp_path: Path) -> None:
    folder, taken = tmp_path / "in", "2026:05:01 10:00:00"
    save(as_jpeg(picture(1), taken=taken), folder / "a.jpg")
    save(as_jpeg(picture(1), quality=70, taken=taken), folder / "b.jpg")
    save(as_jpeg(ImageOps.mirror(picture(1)), taken=taken), folder / "c.jpg")
    catalog_photos(catalog, folder, None)
    assert set(bursts(catalog).values()) == {""}


def test_a_folder_that_was_not_touched_is_left_alone(catalog: Catalog, tmp_path: Path) -> None:
    for name in ("x", "y"):
        for moment in (11, 12):
            save(shot(1, moment), tmp_path / "in" / name / f"{name}{moment}.jpg")
    indexed = catalog_photos(catalog, tmp_path / "in", tmp_path / "cache")
    assert sorted(path.name for path in indexed.touched) == ["x", "y"]
    with catalog.writing() as connection:
        connection.execute(photos.update().values(burst="stale"))
    x, _ = sorted(indexed.touched)
    assert group_bursts(catalog, [x], tmp_path / "cache") == 2
    assert bursts(catalog) == {
        "x11.jpg": "x11.jpg", "x12.jpg": "x11.jpg", "y11.jpg": "stale", "y12.jpg": "stale",
    }  # fmt: skip
    assert group_bursts(catalog, [], None) == 0


def test_an_index_killed_before_the_bursts_finds_them_next_time(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in (11, 12):
        save(shot(1, moment), tmp_path / "in" / f"{moment}.jpg")
    with monkeypatch.context() as patch:
        patch.setattr("touchline.photos.cataloguing.find_duplicates", None)
        with pytest.raises(TypeError):
            catalog_photos(catalog, tmp_path / "in", tmp_path / "cache")
    assert set(bursts(catalog).values()) == {""}
    catalog_photos(catalog, tmp_path / "in", tmp_path / "cache")
    assert set(bursts(catalog).values()) == {"11.jpg"}


def test_a_file_of_which_no_memory_could_hold_the_bytes_is_named(
    catalog: Catalog, tmp_path: Path
) -> None:
    save(as_jpeg(picture(1)), tmp_path / "in" / "a.jpg")
    with (tmp_path / "in" / "sparse.jpg").open("wb") as stream:
        stream.truncate(1 << 40)
    for _ in range(2):
        indexed = catalog_photos(catalog, tmp_path / "in", None)
        (fault,) = indexed.unreadable
        assert (fault.path.name, fault.reason) == (
            "sparse.jpg", "larger than any photo: more than 1 GiB"
        )  # fmt: skip
    assert indexed.unchanged == 1


def test_fingerprints_that_find_no_room_are_said(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    save(as_jpeg(picture(1)), tmp_path / "in" / "a.jpg")
    monkeypatch.setattr("touchline.photos.fingerprint_cache.FingerprintCache.put", fail)
    message = r"to keep the fingerprints of photos; found .* full, in .*TOUCHLINE_CACHE; then run"
    with pytest.raises(EnvironmentMissingError, match=message):
        catalog_photos(catalog, tmp_path / "in", tmp_path)
