import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from review_worlds import fresh_token
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.tables import event_edits, event_sets, events, roots, videos
from touchline.archive.review.corrected_sets import corrected_set
from touchline.archive.review.event_edits import (
    Edited,
    EventEdit,
    EventValues,
    edit_event,
    undo_edit,
)
from touchline.errors import UsageError

SET = {"event_set_id": 1}


@pytest.fixture
def catalog(tmp_path):
    """A video of 100 s with a predicted set of two events."""
    catalog = open_catalog(tmp_path / "touchline.catalog", create=True)
    with catalog.writing() as connection:
        connection.execute(insert(roots).values(id=1, path="/matches"))
        connection.execute(insert(videos).values(
            id=1, root_id=1, path="/matches/a.mkv", size=1, changed_ns=1, seconds=100.0,
            state="present", indexed_at=0.0,
        ))  # fmt: skip
        connection.execute(insert(event_sets).values(
            id=1, video_id=1, name="spotter", kind="predicted", added_at=0.0
        ))  # fmt: skip
        connection.execute(insert(events), [
            {**SET, "seconds": 10.0, "label": "PASS", "confidence": 0.4, "team": "left"},
            {**SET, "seconds": 20.5, "label": "SHOT", "confidence": 0.9, "team": ""},
        ])  # fmt: skip
    yield catalog
    catalog.close()


def listed(catalog, event_set_id) -> list[tuple[float, str, float]]:
    with catalog.reading() as connection:
        query = select(events.c.seconds, events.c.label, events.c.confidence)
        query = query.where(events.c.event_set_id == event_set_id).order_by(events.c.seconds)
        return [tuple(row) for row in connection.execute(query)]


def ids(catalog, event_set_id) -> list[int]:
    with catalog.reading() as connection:
        query = select(events.c.id).where(events.c.event_set_id == event_set_id)
        return list(connection.scalars(query.order_by(events.c.seconds)))


@pytest.fixture
def copy(catalog):
    return corrected_set(catalog, 1)


@pytest.fixture
def press(catalog, copy):
    """Edit the corrected copy."""

    def pressed(reviewer, action, event_id=None, event=None, token=None) -> Edited:
        edit = EventEdit(token or fresh_token(), copy, action, reviewer, event_id, event)
        return edit_event(catalog, edit)

    return pressed


class TestCorrectedSet:
    def test_begins_as_a_copy_and_the_original_stays(self, catalog, copy):
        assert copy != 1
        assert listed(catalog, copy) == listed(catalog, 1)
        with catalog.reading() as connection:
            row = connection.execute(select(event_sets).where(event_sets.c.id == copy)).one()
        assert (row.name, row.kind, row.source) == ("spotter (corrected)", "corrected", "spotter")

    def test_is_made_once_and_is_its_own(self, catalog, copy):
        assert corrected_set(catalog, 1) == corrected_set(catalog, copy) == copy

    def test_a_name_that_is_taken(self, catalog):
        with catalog.writing() as connection:
            connection.execute(insert(event_sets).values(
                id=7, video_id=1, name="spotter (corrected)", kind="annotated", added_at=0.0
            ))  # fmt: skip
        made = corrected_set(catalog, 1)
        assert made not in (1, 7)
        other = corrected_set(catalog, 7)
        with catalog.reading() as connection:
            names = dict(connection.execute(select(event_sets.c.id, event_sets.c.name)).all())
        assert names[made] == "spotter (corrected 2)"
        assert names[other] == "spotter (corrected) (corrected)"

    def test_no_such_set(self, catalog):
        with pytest.raises(UsageError, match="a set of events in this catalog; found none with"):
            corrected_set(catalog, 99)


class TestEdits:
    def test_add_move_relabel_delete(self, catalog, copy, press):
        first, second = ids(catalog, copy)
        added = press("anna", "add", event=EventValues(55.0, "DRIVE", team="right")).event_id
        press("anna", "move", first, EventValues(12.0, "ignored"))
        press("anna", "relabel", added, EventValues(0.0, "CROSS"))
        press("anna", "delete", second)
        assert listed(catalog, copy) == [(12.0, "PASS", 1.0), (55.0, "CROSS", 1.0)]
        assert listed(catalog, 1) == [(10.0, "PASS", 0.4), (20.5, "SHOT", 0.9)]

    def test_two_people_mend_two_things_of_one_event(self, catalog, copy, press):
        first, _ = ids(catalog, copy)
        press("anna", "move", first, EventValues(12.0, "PASS"))
        press("bob", "relabel", first, EventValues(10.0, "CROSS"))
        assert (12.0, "CROSS", 1.0) in listed(catalog, copy)

    def test_the_log_says_who_when_from_what_to_what(self, catalog, copy, press, monkeypatch):
        monkeypatch.setattr("touchline.archive.review.event_edits.time.time", lambda: 12.5)
        first, _ = ids(catalog, copy)
        press(" anna ", "move", first, EventValues(12.0, "x"), token="t")
        with catalog.reading() as connection:
            row = connection.execute(select(event_edits)).one()
        assert (row.token, row.event_set_id, row.event_id, row.reviewer, row.at, row.action) == (
            "t", copy, first, "anna", 12.5, "move",
        )  # fmt: skip
        assert row.before == {"seconds": 10.0, "half": 1, "label": "PASS", "team": "left",
                              "confidence": 0.4, "visible": True}  # fmt: skip
        assert row.after == {**row.before, "seconds": 12.0, "confidence": 1.0}

    def test_once_by_token(self, catalog, copy, press):
        event = EventValues(30.0, "DRIVE")
        first = press("anna", "add", event=event, token="t")
        second = press("anna", "add", event=event, token="t")
        assert (first.is_repeat, second.is_repeat) == (False, True)
        assert first.event_id == second.event_id
        assert len(ids(catalog, copy)) == 3
        with pytest.raises(UsageError, match="a new token for a new key press"):
            press("bob", "add", event=event, token="t")
        with pytest.raises(UsageError, match="a new token for a new key press"):
            undo_edit(catalog, copy, "anna", "t")

    @pytest.mark.parametrize(
        ("event", "message"),
        [
            (EventValues(-1.0, "x"), "a time between 0 and 100 s; found -1"),
            (EventValues(100.1, "x"), "a time between 0 and 100 s; found 100.1"),
            (EventValues(math.nan, "x"), "a time between 0 and 100 s; found nan"),
            (EventValues(1.0, " "), "a label of 1 to 200 plain characters; found an empty"),
            (EventValues(1.0, "x", team="home"), "the team left, right or none; found .*'home'"),
            (EventValues(1.0, "x", half=0), "a half from 1 .*; found half 0"),
            (None, "an event to add, move or relabel; found 'add'"),
        ],
    )
    def test_what_cannot_be_meant(self, catalog, copy, press, event, message):
        with pytest.raises(UsageError, match=message):
            press("anna", "add", event=event)
        assert len(ids(catalog, copy)) == 2

    def test_an_original_is_never_edited(self, catalog):
        edit = EventEdit("t", 1, "delete", "anna", 1)
        with pytest.raises(UsageError, match="a corrected set of events; found the set 1, which"):
            edit_event(catalog, edit)

    def test_an_event_that_is_not_there(self, catalog, copy, press):
        first, _ = ids(catalog, copy)
        press("bob", "delete", first)
        for event_id in (first, 1, None):
            with pytest.raises(
                UsageError, match=f"an event of this set.*; found the id {event_id}"
            ):
                press("anna", "move", event_id, EventValues(1.0, "x"))
        with pytest.raises(UsageError, match="an event of this set, or none to add one"):
            press("anna", "add", ids(catalog, copy)[0], EventValues(1.0, "x"))


class TestUndo:
    def test_step_by_step_to_the_start(self, catalog, copy, press):
        before = listed(catalog, copy)
        first, second = ids(catalog, copy)
        press("anna", "move", first, EventValues(12.0, "x"))
        press("anna", "delete", second)
        press("anna", "add", event=EventValues(55.0, "DRIVE"))
        taken_back = [undo_edit(catalog, copy, "anna", fresh_token()).action for _ in range(4)]
        assert taken_back == ["add", "delete", "move", ""]
        assert listed(catalog, copy) == before
        assert ids(catalog, copy) == [first, second]

    def test_once_by_token(self, catalog, copy, press):
        first, _ = ids(catalog, copy)
        for seconds in (11.0, 12.0):
            press("anna", "move", first, EventValues(seconds, "x"))
        undone = [undo_edit(catalog, copy, "anna", "u") for _ in range(2)]
        assert [each.is_repeat for each in undone] == [False, True]
        assert listed(catalog, copy)[0][0] == 11.0

    def test_never_what_another_did_later(self, catalog, copy, press):
        first, second = ids(catalog, copy)
        press("anna", "move", second, EventValues(30.0, "x"))
        press("anna", "move", first, EventValues(11.0, "x"))
        press("bob", "relabel", first, EventValues(0.0, "CROSS"))
        assert undo_edit(catalog, copy, "anna", fresh_token()).event_id == second
        assert undo_edit(catalog, copy, "anna", fresh_token()).event_id is None
        undo_edit(catalog, copy, "bob", fresh_token())
        assert undo_edit(catalog, copy, "anna", fresh_token()).event_id == first

    def test_the_id_of_a_deleted_event_is_not_given_away(self, catalog, copy, press):
        last = max(ids(catalog, copy))
        press("anna", "delete", last)
        with catalog.writing() as connection:
            added = connection.execute(insert(events).values(
                event_set_id=1, seconds=50.0, label="THROW IN", confidence=1.0
            ).returning(events.c.id)).scalar_one()  # fmt: skip
        assert added > last
        assert undo_edit(catalog, copy, "anna", fresh_token()).event_id == last
        assert max(ids(catalog, copy)) == last


PRESSES = st.lists(
    st.tuples(st.sampled_from(["anna", "bob"]),
              st.sampled_from(["add", "move", "relabel", "delete", "undo"]), st.integers(0, 90)),
    max_size=15,
)  # fmt: skip


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PRESSES)
def test_undoing_all_leads_back_to_the_copy(catalog, copy, press, presses):
    with catalog.writing() as connection:  # hypothesis runs many examples in one catalog
        connection.execute(delete(event_edits))
        connection.execute(delete(events).where(events.c.event_set_id == copy))
        connection.execute(insert(events).values(
            event_set_id=copy, seconds=1.0, label="PASS", confidence=0.5
        ))  # fmt: skip
    before = (ids(catalog, copy), listed(catalog, copy))
    for reviewer, action, number in presses:
        known = ids(catalog, copy)
        event = EventValues(float(number), f"label {number}")
        if action == "undo":
            undo_edit(catalog, copy, reviewer, fresh_token())
        elif action == "add":
            press(reviewer, "add", event=event)
        elif known:
            chosen = known[number % len(known)]
            press(reviewer, action, chosen, None if action == "delete" else event)
    undone = 1
    while undone:
        tries = [undo_edit(catalog, copy, each, fresh_token()) for each in ("anna", "bob")]
        undone = sum(each.event_id is not None for each in tries)
    assert (ids(catalog, copy), listed(catalog, copy)) == before
    with catalog.reading() as connection:
        count = select(func.count()).select_from(event_edits)
        assert connection.scalar(count) % 2 == 0  # an undo for each edit
