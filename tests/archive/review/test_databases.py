"""The same reviews on each database; the other tests of this folder use a file."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, insert, select

from review_worlds import Seen, archive_of, fresh_token
from touchline.archive.catalog.tables import (
    crops,
    event_sets,
    events,
    photos,
    predictions,
    reviews,
    videos,
)
from touchline.archive.review.corrected_sets import corrected_set
from touchline.archive.review.decisions import Decision, decide
from touchline.archive.review.event_edits import EventEdit, EventValues, edit_event, undo_edit
from touchline.archive.review.identity_reviews import IdentityAnswer, answer, answers_for
from touchline.archive.review.placing import place_queue
from touchline.archive.review.queueing import next_items
from touchline.archive.review.undoing import undo

SEEN = [Seen(f"{n:02}.jpg", confidence=n / 100, burst="b" if n < 2 else "") for n in range(30)]


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request, tmp_path):
    where = tmp_path / "touchline.catalog"
    if request.param == "postgresql":
        where = request.getfixturevalue("postgresql_catalog_url")
    archive = archive_of(where, tmp_path / "photos", SEEN)
    place_queue(archive.catalog, 1)
    yield archive
    archive.catalog.close()


def test_the_queue_the_claims_and_the_way_back(archive):
    first, second = next_items(archive.catalog, "anna", 2)
    assert first.photo_ids == (archive.ids["00.jpg"], archive.ids["01.jpg"])
    assert second.photo_ids == (archive.ids["02.jpg"],)
    assert next_items(archive.catalog, "bob")[0].photo_id == archive.ids["03.jpg"]
    archive.decide("anna", "change", "00.jpg", "01.jpg", label="save")
    archive.decide("anna", "skip", "02.jpg")
    assert next_items(archive.catalog, "bob")[0].photo_id == archive.ids["02.jpg"]
    assert next_items(archive.catalog, "anna")[0].photo_id == archive.ids["04.jpg"]
    assert next_items(archive.catalog, "bob", 99)[-1].left == 28
    archive.undo("anna")
    assert archive.undo("anna").photo_ids == first.photo_ids
    assert archive.column(photos.c.review_id)["00.jpg"] is None
    assert archive.column(predictions.c.queue_place)["00.jpg"] == -1


def test_many_at_once_never_see_the_same_photo(archive):
    start = Barrier(4)

    def ask(reviewer):
        start.wait()
        return [i for item in next_items(archive.catalog, reviewer, 5) for i in item.photo_ids]

    with ThreadPoolExecutor(4) as threads:
        shown = [photo for some in threads.map(ask, "abcd") for photo in some]
    assert len(shown) == len(set(shown)) == 21


def test_the_same_key_press_from_everywhere_counts_once(archive):
    decision = Decision("t", tuple(archive.ids.values()), "change", "save", "anna")
    start = Barrier(4)

    def press(number):
        start.wait()
        return (decide(archive.catalog, decision) if number < 4 else undo(
            archive.catalog, "anna", "u"
        )).is_repeat  # fmt: skip

    for numbers in (range(4), range(4, 8)):
        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(press, numbers)) == [False, True, True, True]
    with archive.catalog.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(reviews)) == 2 * len(SEEN)
    assert set(archive.column(photos.c.review_id).values()) == {None}


def test_events_and_identities(archive):
    place = {"root_id": 1, "state": "present", "indexed_at": 0.0}
    with archive.catalog.writing() as connection:
        video = {"path": "/a.mkv", "size": 1, "changed_ns": 1, "seconds": 90.0}
        connection.execute(insert(videos).values(**video, **place))
        named = {"video_id": 1, "name": "m", "kind": "predicted", "added_at": 0.0}
        connection.execute(insert(event_sets).values(**named))
        connection.execute(insert(events).values(
            event_set_id=1, seconds=10.1, label="PASS", confidence=0.3
        ))  # fmt: skip
        rows = [{"path": f"/{n}.png", **place} for n in (1, 2)]
        connection.execute(insert(crops), rows)
    copy = corrected_set(archive.catalog, 1)
    with archive.catalog.reading() as connection:
        mine = select(events.c.id).where(events.c.event_set_id == copy)
        event_id = connection.scalar(mine)
    event = EventValues(12.3, "DRIVE")
    for action, chosen in (("move", event_id), ("delete", event_id), ("add", None)):
        edit_event(archive.catalog, EventEdit(fresh_token(), copy, action, "anna", chosen, event))
    for _ in range(3):
        assert undo_edit(archive.catalog, copy, "anna", fresh_token()).event_id is not None
    with archive.catalog.reading() as connection:
        row = connection.execute(select(events).where(events.c.event_set_id == copy)).one()
    assert (row.id, row.seconds, row.label, row.confidence) == (event_id, 10.1, "PASS", 0.3)
    answer(archive.catalog, IdentityAnswer("t", 1, 2, True, "anna"))
    assert answers_for(archive.catalog, 1)[2].same
