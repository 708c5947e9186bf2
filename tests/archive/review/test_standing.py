from pathlib import Path

import pytest
from sqlalchemy import update

from review_worlds import ReviewedArchive, Seen, archive_of
from touchline.archive.catalog.tables import photos
from touchline.archive.review.standing import (
    KnownPhoto,
    ReviewedPhoto,
    one_label_each,
    reviewed_photos,
    unreviewed_photos,
)

NAMES = [f"{number}.jpg" for number in range(1, 5)]


@pytest.fixture
def archive(tmp_path):
    seen = [Seen(name, burst="b" if name == "2.jpg" else "") for name in NAMES]
    archive = archive_of(tmp_path / "touchline.catalog", tmp_path / "photos", seen)
    yield archive
    archive.catalog.close()


def labels(archive: ReviewedArchive) -> dict[str, str]:
    return {r.photo.path.name: r.label for r in reviewed_photos(archive.catalog).reviewed}


def others(archive: ReviewedArchive) -> list[str]:
    return [photo.path.name for photo in unreviewed_photos(archive.catalog)]


def change(archive: ReviewedArchive, name: str, **values: object) -> None:
    with archive.catalog.writing() as connection:
        chosen = photos.c.id == archive.ids[name]
        connection.execute(update(photos).where(chosen).values(**values))


def reasons(archive: ReviewedArchive) -> dict[str, str]:
    return {path.name: why for path, why in reviewed_photos(archive.catalog).left_out}


def test_nothing_is_reviewed_at_first(archive):
    assert labels(archive) == {}
    assert others(archive) == NAMES


def test_accepted_and_changed_stand_and_skipped_do_not(archive):
    archive.decide("anna", "accept", "1.jpg")
    archive.decide("anna", "change", "2.jpg", label="save")
    archive.decide("anna", "skip", "3.jpg")
    assert labels(archive) == {"1.jpg": "kick", "2.jpg": "save"}
    assert others(archive) == ["3.jpg", "4.jpg"]


def test_the_later_decision_stands_and_an_undo_brings_the_earlier_back(archive):
    archive.decide("anna", "change", "1.jpg", label="save")
    archive.decide("ben", "change", "1.jpg", label="run")
    assert labels(archive) == {"1.jpg": "run"}
    archive.undo("ben")
    assert labels(archive) == {"1.jpg": "save"}
    archive.undo("anna")
    assert labels(archive) == {}
    assert others(archive) == NAMES


def test_each_names_its_file_content_and_decision(archive):
    archive.decide("anna", "accept", "2.jpg")
    (found,) = reviewed_photos(archive.catalog).reviewed
    assert found.photo.path == archive.path("2.jpg")
    assert len(found.photo.sha256) == 64
    assert found.photo.group == "b"
    assert found.review == archive.column(photos.c.review_id)["2.jpg"]


def test_gone_and_changed_files_are_left_out_and_named(archive):
    archive.decide("anna", "accept", "1.jpg", "2.jpg", "3.jpg")
    change(archive, "1.jpg", state="gone")
    change(archive, "2.jpg", sha256="another")
    assert labels(archive) == {"3.jpg": "kick"}
    assert reasons(archive) == {
        "1.jpg": "its file is gone", "2.jpg": "it was changed after it was reviewed",
    }  # fmt: skip
    assert others(archive) == ["4.jpg"]


def test_a_copy_of_a_reviewed_photo_is_reviewed_too(archive):
    archive.decide("anna", "accept", "1.jpg")
    change(archive, "4.jpg", sha256=archive.column(photos.c.sha256)["1.jpg"])
    assert labels(archive) == {"1.jpg": "kick"}
    assert others(archive) == ["2.jpg", "3.jpg"]


def test_of_unreviewed_copies_the_first_is_there_once(archive):
    change(archive, "4.jpg", sha256=archive.column(photos.c.sha256)["2.jpg"])
    assert others(archive) == ["1.jpg", "2.jpg", "3.jpg"]


def test_unreadable_files_are_nobodys_to_look_at(archive):
    change(archive, "1.jpg", state="unreadable")
    change(archive, "2.jpg", state="gone")
    assert others(archive) == ["3.jpg", "4.jpg"]


def photo(name: str, sha256: str, label: str) -> ReviewedPhoto:
    return ReviewedPhoto(KnownPhoto(Path(name), sha256), label)


def test_copies_called_alike_are_learnt_once_and_contradictions_are_left_out():
    found = one_label_each([
        photo("a", "1", "kick"), photo("b", "1", "kick"),
        photo("c", "2", "kick"), photo("d", "2", "save"),
    ])  # fmt: skip
    assert found.reviewed == (photo("a", "1", "kick"),)
    assert {path.name for path, _ in found.left_out} == {"c", "d"}
    assert all("'kick' and as 'save'" in why for _, why in found.left_out)


def test_no_photos_are_no_photos():
    assert one_label_each([]).reviewed == ()
