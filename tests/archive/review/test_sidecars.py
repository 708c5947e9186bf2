import os

import pytest
from sqlalchemy import update

from archive_on_disk import labelled, picture_of
from review_worlds import Seen, archive_of
from touchline.archive.catalog.tables import photos
from touchline.archive.review.sidecars import preview_sidecars, sidecar_journal, write_sidecars
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.sidecar import read_keywords, read_tags
from touchline.archive.tags.tag import tag_photos
from touchline.archive.tags.targets import Tagging
from touchline.archive.tags.untag import untag_photos
from touchline.errors import UsageError

SEEN = [Seen(f"{n}.jpg") for n in (1, 2, 3)]
POSE = Tagging(root="AI|pose")


@pytest.fixture
def archive(tmp_path):
    archive = archive_of(tmp_path / "touchline.catalog", tmp_path / "photos", SEEN)
    yield archive
    archive.catalog.close()


def write(archive, which="", tagging=POSE):
    return write_sidecars(archive.catalog, which or list(archive.ids.values()), tagging)


def sidecar(archive, name):
    return archive.folder / f"{name}.xmp"


def tags(archive, name) -> list[tuple[str, str, str]]:
    found = read_tags(sidecar(archive, name).read_bytes())
    return sorted((each.keyword, each.state, each.reviewer) for each in found)


def flat(archive, name) -> tuple[str, ...]:
    return read_keywords(sidecar(archive, name).read_bytes()).flat


def test_what_was_accepted_is_confirmed_and_what_was_changed_rejected(archive):
    archive.decide("Zoë <z>", "accept", "1.jpg")
    archive.decide("bob", "change", "2.jpg", label="save & hold")
    done = write(archive)
    assert (done.written, done.judged, done.doubtful, done.skipped) == (2, 0, 0, ())
    assert tags(archive, "1.jpg") == [("AI|pose|kick", "confirmed", "Zoë <z>")]
    assert tags(archive, "2.jpg") == [
        ("AI|pose|kick", "rejected", "bob"), ("AI|pose|save & hold", "confirmed", "bob"),
    ]  # fmt: skip
    assert flat(archive, "2.jpg") == ("save & hold",)
    assert not sidecar(archive, "3.jpg").exists()


def test_provenance(archive, monkeypatch):
    monkeypatch.setattr("touchline.archive.review.decisions.time.time", lambda: 86400.0)
    archive.decide("bob", "change", "1.jpg", label="save")
    write(archive, tagging=Tagging(model="dino"))
    confirmed, rejected = read_tags(sidecar(archive, "1.jpg").read_bytes())
    assert (confirmed.run, confirmed.model, confirmed.score) == ("poses", "dino", "0.1000")
    assert confirmed.written_at == rejected.written_at == "1970-01-02T00:00:00Z"
    assert (rejected.run, rejected.score) == ("poses", "0.5000")


def test_twice_changes_no_byte_and_no_time(archive):
    archive.decide("bob", "change", "1.jpg", label="a|b")
    write(archive)
    before = picture_of(archive.folder)
    done = write(archive)
    assert (done.written, done.unchanged) == (0, 1)
    assert picture_of(archive.folder) == before


def test_by_query(archive):
    archive.decide("bob", "change", "1.jpg", label="save")
    archive.decide("bob", "change", "2.jpg", label="run")
    assert write(archive, "class:save").written == 1
    assert sidecar(archive, "1.jpg").exists()
    assert not sidecar(archive, "2.jpg").exists()


def test_a_preview_touches_nothing(archive):
    archive.decide("bob", "accept", "1.jpg", "2.jpg")
    before = picture_of(archive.folder)
    ids = list(archive.ids.values())
    assert preview_sidecars(archive.catalog, ids, POSE).written == 2
    assert picture_of(archive.folder) == before
    assert not sidecar_journal(archive.catalog).exists()


def test_nothing_reviewed(archive):
    assert write(archive).written == 0


def test_untag_brings_all_back_to_the_nanosecond(archive):
    tag_photos([labelled(archive.path("1.jpg"), "kick")], POSE, tag_journal_path(archive.folder))
    before = picture_of(archive.folder)
    archive.decide("bob", "change", "1.jpg", "2.jpg", label="save")
    write(archive)
    assert untag_photos(sidecar_journal(archive.catalog)).restored == 2
    assert picture_of(archive.folder) == before


def test_from_what_a_person_edited_since_our_tags_go(archive):
    archive.decide("bob", "change", "1.jpg", label="save")
    write(archive)
    file = sidecar(archive, "1.jpg")
    file.write_bytes(
        file.read_bytes().replace(b"\n    </rdf:Bag>", b"\n <rdf:li>cup</rdf:li></rdf:Bag>", 1)
    )
    untag_photos(sidecar_journal(archive.catalog))
    assert (flat(archive, "1.jpg"), tags(archive, "1.jpg")) == (("cup",), [])


class TestJudgements:
    def test_a_decision_outranks_what_a_model_wrote_and_will_write(self, archive, tmp_path):
        model = [labelled(archive.path("1.jpg"), "kick", 0.9, run="r1")]
        tag_photos(model, POSE, tag_journal_path(tmp_path / "labels.csv"))
        archive.decide("bob", "change", "1.jpg", label="save")
        write(archive)
        expected = [("AI|pose|kick", "rejected", "bob"), ("AI|pose|save", "confirmed", "bob")]
        assert (tags(archive, "1.jpg"), flat(archive, "1.jpg")) == (expected, ("save",))
        assert tag_photos(model, POSE, tag_journal_path(tmp_path / "labels.csv")).judged == 1
        assert tags(archive, "1.jpg") == expected

    def test_a_later_decision_takes_the_place_of_an_earlier_one(self, archive):
        archive.decide("bob", "change", "1.jpg", label="save")
        write(archive)
        archive.decide("anna", "accept", "1.jpg", label="kick")
        assert write(archive).written == 1
        assert tags(archive, "1.jpg") == [("AI|pose|kick", "confirmed", "anna")]
        assert flat(archive, "1.jpg") == ("kick",)

    @pytest.mark.parametrize(
        ("label", "state", "reviewed"),
        [("kick", "confirmed", "save"), ("save", "rejected", "save")],
    )
    def test_what_was_judged_elsewhere_stands(self, archive, tmp_path, label, state, reviewed):
        tag_photos(
            [labelled(archive.path("1.jpg"), label)],
            POSE,
            tag_journal_path(tmp_path / "labels.csv"),
        )
        file = sidecar(archive, "1.jpg")
        file.write_bytes(file.read_bytes().replace(b">auto<", f">{state}<".encode()))
        archive.decide("bob", "change", "1.jpg", label=reviewed)
        done = write(archive)
        assert (done.written, done.judged) == (0, 1)
        assert tags(archive, "1.jpg") == [(f"AI|pose|{label}", state, "")]

    def test_tags_under_another_root_are_another_question(self, archive, tmp_path):
        sport = [labelled(archive.path("1.jpg"), "rugby")]
        tag_photos(sport, Tagging(root="AI|sport"), tag_journal_path(tmp_path / "labels.csv"))
        archive.decide("bob", "accept", "1.jpg")
        write(archive)
        assert tags(archive, "1.jpg") == [
            ("AI|pose|kick", "confirmed", "bob"), ("AI|sport|rugby", "auto", ""),
        ]  # fmt: skip

    def test_a_label_the_model_never_offered(self, archive):
        archive.decide("bob", "change", "1.jpg", label="somersault")
        write(archive)
        found = {
            each.state: each.score for each in read_tags(sidecar(archive, "1.jpg").read_bytes())
        }
        assert found == {"confirmed": "0.0000", "rejected": "0.5000"}

    def test_a_person_is_not_asked_how_sure_the_model_was(self, archive):
        archive.decide("bob", "accept", "1.jpg")
        assert write(archive, tagging=Tagging(min_confidence=0.99)).written == 1


class TestLeftAlone:
    def test_photos_changed_on_the_disk_are_named(self, archive):
        archive.decide("bob", "accept", "1.jpg", "2.jpg")
        archive.path("1.jpg").write_bytes(b"retouched")
        os.utime(archive.path("2.jpg"))
        done = write(archive)
        assert [each.reason for each in done.skipped] == [
            "its content changed since it was labelled"
        ]
        assert done.written == 1

    def test_photos_that_are_gone(self, archive):
        archive.decide("bob", "accept", "1.jpg")
        with archive.catalog.writing() as connection:
            connection.execute(update(photos).values(state="gone"))
        assert write(archive).written == 0


def test_a_journal_for_a_server_must_be_named(postgresql_url, tmp_path):
    archive = archive_of(postgresql_url, tmp_path / "photos", SEEN[:1])
    archive.decide("bob", "accept", "1.jpg")
    with pytest.raises(UsageError, match=r"a file for the journal .*; found a database server"):
        write(archive)
    ids = list(archive.ids.values())
    assert write_sidecars(archive.catalog, ids, POSE, tmp_path / "own.journal").written == 1
    archive.catalog.close()
