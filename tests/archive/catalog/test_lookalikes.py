"""The photos most like one photo, held to all cosines computed one by one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from catalog_rows import add_photo, new_catalog
from touchline.archive.catalog import lookalikes
from touchline.archive.catalog.lookalikes import VectorsOf, find_alike
from touchline.archive.catalog.opening import Catalog
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = new_catalog(tmp_path)
    yield made
    made.close()


def file_of(folder: Path, content: str) -> Path:
    path = folder / f"{content}.jpg"
    path.write_text(content, encoding="utf-8")
    return path


def hash_of(content: str) -> str:
    return sha256_of_bytes(content.encode())


def vectors_from(known: Mapping[str, np.ndarray]) -> VectorsOf:
    """What is asked for, from vectors by content; asked for files that are not there it fails."""
    by_hash = {hash_of(content): vector for content, vector in known.items()}
    return lambda asked: {digest: by_hash[digest] for digest in asked if digest in by_hash}


def test_the_nearest_by_cosine_of_all(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "CONTENTS_AT_ONCE", 7)  # several blocks
    generator = np.random.default_rng(3)
    known = {f"p{n}": generator.normal(size=5) * (n + 1) for n in range(30)}
    for content in known:
        add_photo(catalog, f"/{content}.jpg", sha256=hash_of(content))
    asked = known["asked"] = generator.normal(size=5)
    found = find_alike(catalog, vectors_from(known), file_of(tmp_path, "asked"), 4)
    cosines = {
        f"/{name}.jpg": float(asked @ v / np.linalg.norm(asked) / np.linalg.norm(v))
        for name, v in known.items() if name != "asked"
    }  # fmt: skip
    wanted = sorted(cosines, key=lambda path: -cosines[path])[:4]
    assert [each.photo.path for each in found.found] == wanted
    assert [each.likeness for each in found.found] == pytest.approx([cosines[p] for p in wanted])
    assert found.without_vector == ()


def test_copies_are_found_itself_is_not(catalog: Catalog, tmp_path: Path) -> None:
    known = {"a": np.array([1.0, 0.0]), "b": np.array([1.0, 1.0]), "c": np.array([-2.0, 0.0])}
    asked = file_of(tmp_path, "a")
    add_photo(catalog, str(asked), sha256=hash_of("a"))
    for place in ("/copy 1.jpg", "/copy 2.jpg"):
        add_photo(catalog, place, sha256=hash_of("a"))
    for content in "bc":
        add_photo(catalog, f"/{content}.jpg", sha256=hash_of(content))
    add_photo(catalog, "/gone.jpg", sha256=hash_of("a"), state="gone")
    found = find_alike(catalog, vectors_from(known), asked).found
    assert [(each.photo.path, round(each.likeness, 4)) for each in found] == [
        ("/copy 1.jpg", 1.0), ("/copy 2.jpg", 1.0), ("/b.jpg", 0.7071), ("/c.jpg", -1.0),
    ]  # fmt: skip
    assert len(find_alike(catalog, vectors_from(known), asked, 1).found) == 1
    known.pop("c")
    asked = file_of(tmp_path, "b")
    assert [each.photo.path for each in find_alike(catalog, vectors_from(known), asked, 1).found]


def test_itself_takes_no_place_of_another(catalog: Catalog, tmp_path: Path) -> None:
    asked = file_of(tmp_path, "a")
    add_photo(catalog, str(asked), sha256=hash_of("a"))
    add_photo(catalog, "/b.jpg", sha256=hash_of("b"))
    known = {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])}
    found = find_alike(catalog, vectors_from(known), asked, 1).found
    assert [each.photo.path for each in found] == ["/b.jpg"]


def test_photos_without_a_vector_are_named(catalog: Catalog, tmp_path: Path) -> None:
    known = {"a": np.array([1.0, 0.0]), "flat": np.zeros(2)}
    for content in ("y", "x", "flat"):
        add_photo(catalog, f"/{content}.jpg", sha256=hash_of(content))
    add_photo(catalog, "/broken.jpg", sha256="", state="unreadable")
    found = find_alike(catalog, vectors_from(known), file_of(tmp_path, "a"))
    assert (found.found, found.without_vector) == ((), ("/flat.jpg", "/x.jpg", "/y.jpg"))


def test_what_cannot_be_compared(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"photo to compare with; found no file at .*none\.jpg"):
        find_alike(catalog, vectors_from({}), tmp_path / "none.jpg")
    for known in ({}, {"a": np.zeros(2)}):
        with pytest.raises(
            UsageError, match=r"the network can compare; found no vector for .*a\.jpg"
        ):
            find_alike(catalog, vectors_from(known), file_of(tmp_path, "a"))
