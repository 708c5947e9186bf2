import os
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import update

from review_worlds import Seen, archive_of
from touchline.archive.catalog.tables import photos, predictions
from touchline.archive.review import queueing
from touchline.archive.review.claims import CLAIM_SECONDS
from touchline.archive.review.placing import FIRST_SURE_PLACE, place_queue
from touchline.archive.review.queueing import next_items
from touchline.errors import UsageError

QUEUE = [
    Seen("1.jpg", confidence=0.1), Seen("2.jpg", confidence=0.2), Seen("3.jpg", confidence=0.3),
    Seen("4.jpg", confidence=0.4), Seen("sure.jpg", confidence=0.99, decision="accept"),
]  # fmt: skip

BURST = [
    Seen("1.jpg", confidence=0.5, burst="b"), Seen("2.jpg", confidence=0.1, burst="b"),
    Seen("3.jpg", confidence=0.99, burst="b", decision="accept"), Seen("4.jpg"),
]  # fmt: skip


@pytest.fixture
def make(tmp_path):
    made = []

    def made_of(seen):
        made.append(archive_of(tmp_path / "touchline.catalog", tmp_path / "photos", seen))
        place_queue(made[-1].catalog, 1)
        return made[-1]

    yield made_of
    for archive in made:
        archive.catalog.close()


@pytest.fixture
def archive(make):
    return make(QUEUE)


@pytest.fixture
def clock(monkeypatch):
    """The time that queues go by; later by so many seconds when told."""
    now = [1000.0]
    monkeypatch.setattr(queueing.time, "time", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


def shown(archive, reviewer, count=1):
    return [os.path.basename(item.path) for item in next_items(archive.catalog, reviewer, count)]  # noqa: PTH119


class TestPlaces:
    def test_doubtful_then_sure(self, archive):
        assert archive.column(predictions.c.queue_place) == {
            "1.jpg": 0, "2.jpg": 1, "3.jpg": 2, "4.jpg": 3, "sure.jpg": FIRST_SURE_PLACE,
        }  # fmt: skip

    def test_twice_is_the_same(self, archive):
        before = archive.column(predictions.c.queue_place)
        assert place_queue(archive.catalog, 1) == 5
        assert archive.column(predictions.c.queue_place) == before

    def test_what_is_decided_gone_or_changed_has_none(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        with archive.catalog.writing() as connection:
            for name, what in (("2.jpg", {"state": "gone"}), ("3.jpg", {"sha256": "other"})):
                row = photos.c.id == archive.ids[name]
                connection.execute(update(photos).where(row).values(**what))
        assert place_queue(archive.catalog, 1) == 2
        assert archive.column(predictions.c.queue_place) == {
            "1.jpg": None, "2.jpg": None, "3.jpg": None, "4.jpg": 0, "sure.jpg": FIRST_SURE_PLACE,
        }  # fmt: skip

    def test_a_newer_run_has_the_photo(self, archive):
        archive.relabel("1.jpg", "save")
        assert place_queue(archive.catalog, 1) == 4
        assert place_queue(archive.catalog, 2) == 1
        assert shown(archive, "anna", 9) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "sure.jpg"]

    def test_vectors_spread_them(self, archive):
        alike, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])
        hashes = archive.column(photos.c.sha256)
        vectors = {sha: other if name == "4.jpg" else alike for name, sha in hashes.items()}
        place_queue(archive.catalog, 1, vectors)
        assert shown(archive, "anna", 4) == ["1.jpg", "4.jpg", "2.jpg", "3.jpg"]

    def test_no_such_run(self, archive):
        with pytest.raises(UsageError, match="a run of this catalog; found no run with the id 7"):
            place_queue(archive.catalog, 7)

    def test_a_decision_made_while_places_are_written_stays(self, archive, monkeypatch):
        from touchline.archive.review import placing

        order = placing.review_order

        def meanwhile(*given):
            archive.decide("bob", "accept", "2.jpg")
            return order(*given)

        monkeypatch.setattr(placing, "review_order", meanwhile)
        place_queue(archive.catalog, 1)
        assert archive.column(predictions.c.queue_place)["2.jpg"] is None


class TestItems:
    def test_say_what_the_page_shows(self, archive):
        (item,) = next_items(archive.catalog, "anna")
        assert item == queueing.QueueItem(
            photo_id=archive.ids["1.jpg"], photo_ids=(archive.ids["1.jpg"],),
            sha256s=(archive.column(photos.c.sha256)["1.jpg"],), path=str(archive.path("1.jpg")),
            label="kick", shortlist=("kick", "run", "save"), confidence=0.1, reason="in doubt",
            run="poses", is_doubtful=True, place=0, left=4,
        )  # fmt: skip

    def test_the_sure_follow_and_are_counted_apart(self, archive):
        items = next_items(archive.catalog, "anna", 9)
        assert [(item.is_doubtful, item.place, item.left) for item in items] == [
            (True, 0, 4), (True, 1, 4), (True, 2, 4), (True, 3, 4), (False, 0, 1),
        ]  # fmt: skip

    def test_at_most_nine_labels(self, make):
        archive = make([Seen("1.jpg", labels=[f"c{n}" for n in range(12)])])
        (item,) = next_items(archive.catalog, "anna")
        assert item.shortlist == ("kick", *(f"c{n}" for n in range(8)))

    @pytest.mark.parametrize(("size", "known"), [(1, 1), (2, 2), (9, 9), (10, 9), (13, 9), (0, 0)])
    def test_the_conformal_set_stands_first_among_the_keys(self, make, size, known):
        archive = make([Seen("1.jpg", labels=[f"c{n}" for n in range(12)], set_size=size)])
        (item,) = next_items(archive.catalog, "anna")
        assert item.shortlist == ("kick", *(f"c{n}" for n in range(8)))
        assert item.set_size == known

    def test_an_empty_queue(self, make):
        assert next_items(make([]).catalog, "anna", 3) == []

    def test_decided_ones_do_not_come_again(self, archive):
        archive.decide("anna", "change", "1.jpg", "3.jpg", label="save")
        assert shown(archive, "anna", 2) == ["2.jpg", "4.jpg"]
        assert next_items(archive.catalog, "anna")[0].left == 2

    @pytest.mark.parametrize("count", [0, -1, 201])
    def test_a_count_that_cannot_be_meant(self, archive, count):
        with pytest.raises(UsageError, match="a count from 1 to 200; found"):
            next_items(archive.catalog, "anna", count)

    @pytest.mark.parametrize(
        ("name", "found"),
        [("", "an empty one"), ("  ", "an empty one"), ("a" * 81, "81 characters"),
         ("a\nb", "the character '\\\\n' in it"), ("a\u202eb", "u202e"), ("\ud800", "ud800")],
    )  # fmt: skip
    def test_a_name_that_cannot_be_used(self, archive, name, found):
        with pytest.raises(UsageError, match=f"a reviewer's name of 1 to 80 plain .*{found}"):
            next_items(archive.catalog, name)


class TestClaims:
    def test_two_never_see_the_same_photo(self, archive):
        assert shown(archive, "anna", 2) == ["1.jpg", "2.jpg"]
        assert shown(archive, "bob", 2) == ["3.jpg", "4.jpg"]
        assert shown(archive, "anna", 9) == ["1.jpg", "2.jpg", "sure.jpg"]
        assert shown(archive, "carl") == []

    def test_after_a_reload_the_same_ones_come(self, archive):
        assert shown(archive, "anna", 2) == shown(archive, "anna", 2) == ["1.jpg", "2.jpg"]

    def test_they_end(self, archive, clock):
        assert shown(archive, "anna", 2) == ["1.jpg", "2.jpg"]
        clock(CLAIM_SECONDS - 1)
        assert shown(archive, "bob") == ["3.jpg"]
        clock(1)
        assert shown(archive, "bob") == ["1.jpg"]
        assert shown(archive, "anna") == ["2.jpg"]

    def test_a_decision_is_taken_from_anybody(self, archive):
        shown(archive, "anna", 1)
        archive.decide("bob", "accept", "1.jpg")
        assert shown(archive, "anna") == ["2.jpg"]

    def test_one_that_another_was_quicker_to_take(self, archive, monkeypatch):
        look = queueing.waiting_photos

        def slow(connection, asker, *rest, **more):
            page = look(connection, asker, *rest, **more)
            if asker.reviewer == "anna":
                monkeypatch.setattr(queueing, "waiting_photos", look)
                assert shown(archive, "bob", 2) == ["1.jpg", "2.jpg"]
            return page

        monkeypatch.setattr(queueing, "waiting_photos", slow)
        assert shown(archive, "anna", 2) == ["3.jpg", "4.jpg"]


class TestSkipped:
    def test_come_last_for_the_same_person_and_next_for_others(self, archive):
        assert shown(archive, "anna") == ["1.jpg"]
        archive.decide("anna", "skip", "1.jpg")
        archive.decide("anna", "skip", "2.jpg")
        assert shown(archive, "bob", 2) == ["1.jpg", "2.jpg"]
        archive.decide("bob", "skip", "1.jpg", "2.jpg")
        assert shown(archive, "anna", 9) == ["3.jpg", "4.jpg", "sure.jpg", "1.jpg", "2.jpg"]

    def test_go_round(self, make):
        archive = make(QUEUE[:3])
        for name in ("1.jpg", "2.jpg", "3.jpg", "1.jpg", "2.jpg"):
            assert shown(archive, "anna") == [name]
            archive.decide("anna", "skip", name)
        assert shown(archive, "anna", 9) == ["3.jpg", "1.jpg", "2.jpg"]

    def test_a_skip_taken_back(self, archive):
        archive.decide("anna", "skip", "1.jpg")
        archive.undo("anna")
        assert shown(archive, "anna") == ["1.jpg"]

    def test_a_new_prediction_is_worth_a_new_look(self, archive):
        archive.decide("anna", "skip", "1.jpg")
        archive.relabel("1.jpg", "save")
        place_queue(archive.catalog, 2)
        assert shown(archive, "anna") == ["1.jpg"]


class TestOnTheDisk:
    def test_gone_and_changed_ones_are_passed_over(self, archive):
        archive.path("1.jpg").unlink()
        archive.path("2.jpg").write_bytes(b"retouched")
        content = archive.path("3.jpg").read_bytes()
        archive.path("3.jpg").write_bytes(content[::-1])
        os.utime(archive.path("3.jpg"), ns=(5, 5))
        os.utime(archive.path("4.jpg"), ns=(5, 5))  # touched, and the same
        assert shown(archive, "anna", 2) == ["4.jpg", "sure.jpg"]

    def test_a_disk_that_is_not_there(self, make, tmp_path, monkeypatch):
        monkeypatch.setattr(queueing, "MOST_ROWS", 4)
        archive = make([Seen(f"{n}.jpg", confidence=n / 50) for n in range(20)])
        (tmp_path / "photos").rename(tmp_path / "elsewhere")
        assert shown(archive, "anna", 3) == []
        (tmp_path / "elsewhere").rename(tmp_path / "photos")
        assert shown(archive, "anna", 3) == ["0.jpg", "1.jpg", "2.jpg"]


class TestBursts:
    def test_come_as_one_where_all_agree(self, make):
        archive = make(BURST)
        item, other = next_items(archive.catalog, "anna", 9)
        assert item.photo_ids == tuple(archive.ids[f"{n}.jpg"] for n in (2, 1, 3))
        assert len(item.sha256s) == 3
        assert other.photo_ids == (archive.ids["4.jpg"],)
        assert shown(archive, "bob") == []

    def test_come_one_by_one_where_they_do_not(self, make):
        archive = make([*BURST[:2], replace(BURST[2], label="save")])
        assert [len(item.photo_ids) for item in next_items(archive.catalog, "anna", 9)] == [1, 1, 1]

    def test_what_a_person_said_of_one_counts_too(self, make):
        archive = make(BURST)
        archive.decide("bob", "accept", "1.jpg")
        assert [len(i.photo_ids) for i in next_items(archive.catalog, "anna", 9)] == [2, 1]
        archive.decide("bob", "change", "1.jpg", label="save")
        assert [len(i.photo_ids) for i in next_items(archive.catalog, "anna", 9)] == [1, 1, 1]

    def test_one_that_another_looks_at_or_that_changed_stays_out(self, make):
        archive = make(BURST[:2])
        archive.path("1.jpg").write_bytes(b"retouched")
        (item,) = next_items(archive.catalog, "anna", 9)
        assert item.photo_ids == (archive.ids["2.jpg"],)
