import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from review_worlds import Seen, archive_of, fresh_token
from touchline.archive.catalog.tables import photos, predictions, reviews
from touchline.archive.review.decisions import Decision, Overruled, decide
from touchline.archive.review.placing import place_queue
from touchline.archive.review.queueing import next_items
from touchline.archive.review.review_log import logs_of
from touchline.archive.review.undoing import Undone, undo
from touchline.errors import UsageError

SEEN = [Seen(f"{n}.jpg", confidence=n / 10) for n in (1, 2, 3)]


@pytest.fixture
def archive(tmp_path):
    archive = archive_of(tmp_path / "touchline.catalog", tmp_path / "photos", SEEN)
    place_queue(archive.catalog, 1)
    yield archive
    archive.catalog.close()


def stands(archive) -> dict[str, str | None]:
    """The label that a person gave, by photo."""
    label = (
        select(reviews.c.label_after).where(reviews.c.id == photos.c.review_id).scalar_subquery()
    )
    return archive.column(label)


def log(archive, name):
    with archive.catalog.reading() as connection:
        return logs_of(connection, [archive.ids[name]])[archive.ids[name]]


def count_lines(archive) -> int:
    with archive.catalog.reading() as connection:
        return connection.scalar(select(func.count()).select_from(reviews))


class TestDecisions:
    def test_accept_and_change_stand_and_leave_the_queue(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        archive.decide("anna", "change", "2.jpg", label=" Zoe\u0301 ")
        assert stands(archive) == {"1.jpg": "kick", "2.jpg": "Zoé", "3.jpg": None}
        assert archive.column(predictions.c.queue_place) == {
            "1.jpg": None, "2.jpg": None, "3.jpg": 2,
        }  # fmt: skip

    def test_who_when_from_what_to_what(self, archive, monkeypatch):
        monkeypatch.setattr("touchline.archive.review.decisions.time.time", lambda: 1234.5)
        archive.decide("anna", "change", "1.jpg", label="save", token="t1")
        archive.decide("anna", "change", "1.jpg", label="run", token="t2")
        first, second = log(archive, "1.jpg")
        assert (first.reviewer, first.at, first.action, first.token) == (
            "anna", 1234.5, "change", "t1",
        )  # fmt: skip
        assert (first.label_before, first.label_after) == ("kick", "save")
        assert (second.label_before, second.label_after) == ("save", "run")
        assert first.sha256 == archive.column(photos.c.sha256)["1.jpg"]
        assert first.prediction_id == archive.column(predictions.c.id)["1.jpg"]

    def test_what_was_accepted_is_what_was_on_show(self, archive):
        archive.relabel("1.jpg", "save")
        archive.decide("anna", "accept", "1.jpg", label="kick")
        assert stands(archive)["1.jpg"] == "kick"
        archive.decide("anna", "accept", "1.jpg")
        assert stands(archive)["1.jpg"] == "kick"

    def test_a_skip_changes_nothing_that_stands(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        archive.decide("bob", "skip", "1.jpg", "2.jpg")
        assert stands(archive) == {"1.jpg": "kick", "2.jpg": None, "3.jpg": None}
        assert [line.label_after for line in log(archive, "2.jpg")] == [""]

    def test_a_burst_is_decided_at_once(self, archive):
        decided = archive.decide("anna", "accept", "3.jpg", "1.jpg")
        assert decided.photo_ids == (archive.ids["3.jpg"], archive.ids["1.jpg"])
        assert stands(archive) == {"1.jpg": "kick", "2.jpg": None, "3.jpg": "kick"}

    def test_more_photos_than_one_query_takes(self, tmp_path):
        seen = [Seen(f"{n}.jpg") for n in range(600)]
        archive = archive_of(tmp_path / "large.catalog", tmp_path / "large", seen)
        archive.decide("anna", "change", *archive.ids, label="save")
        assert set(stands(archive).values()) == {"save"}
        assert len(archive.undo("anna").photo_ids) == 600
        assert set(stands(archive).values()) == {None}
        archive.catalog.close()


class TestTwoPeople:
    def test_the_later_stands_both_are_kept_and_the_result_says_so(self, archive):
        assert archive.decide("anna", "change", "1.jpg", label="save").overruled == ()
        told = archive.decide("bob", "change", "1.jpg", label="run", token="b")
        overruled = (Overruled(archive.ids["1.jpg"], "anna", "save"),)
        assert (told.overruled, told.is_repeat) == (overruled, False)
        assert stands(archive)["1.jpg"] == "run"
        assert [line.reviewer for line in log(archive, "1.jpg")] == ["anna", "bob"]
        archive.decide("carl", "change", "1.jpg", label="kick")
        again = archive.decide("bob", "change", "1.jpg", label="run", token="b")
        assert (again.overruled, again.is_repeat) == (overruled, True)
        assert stands(archive)["1.jpg"] == "kick"

    def test_the_same_label_is_no_conflict(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        assert archive.decide("bob", "accept", "1.jpg").overruled == ()

    def test_one_that_was_taken_back_is_no_conflict(self, archive):
        archive.decide("anna", "change", "1.jpg", label="save")
        archive.undo("anna")
        assert archive.decide("bob", "accept", "1.jpg").overruled == ()


class TestOnce:
    def test_the_same_token_counts_once(self, archive):
        first = archive.decide("anna", "change", "1.jpg", "2.jpg", label="save", token="t")
        second = archive.decide("anna", "change", "1.jpg", "2.jpg", label="save", token="t")
        assert (first.is_repeat, second.is_repeat) == (False, True)
        assert (first.photo_ids, count_lines(archive)) == (second.photo_ids, 2)

    def test_from_many_threads_at_once(self, archive):
        start = threading.Barrier(6)

        def press(_):
            start.wait()
            return archive.decide("anna", "accept", "1.jpg", token="t").is_repeat

        with ThreadPoolExecutor(6) as threads:
            assert sorted(threads.map(press, range(6))) == [False] + [True] * 5
        assert count_lines(archive) == 1

    def test_an_undo_too(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        archive.decide("anna", "accept", "2.jpg")
        first, second = archive.undo("anna", "u"), archive.undo("anna", "u")
        assert (first.is_repeat, second.is_repeat) == (False, True)
        assert first.photo_ids == second.photo_ids == (archive.ids["2.jpg"],)
        assert stands(archive)["1.jpg"] == "kick"

    def test_a_late_repeat_does_not_bring_back_what_was_taken_back(self, archive):
        archive.decide("anna", "accept", "1.jpg", token="t")
        archive.undo("anna")
        assert archive.decide("anna", "accept", "1.jpg", token="t").is_repeat
        assert stands(archive)["1.jpg"] is None

    @pytest.mark.parametrize(
        ("reviewer", "action", "names", "label"),
        [("bob", "accept", ["1.jpg"], ""), ("anna", "skip", ["1.jpg"], ""),
         ("anna", "change", ["1.jpg"], "save"), ("anna", "accept", ["1.jpg", "2.jpg"], ""),
         ("anna", "accept", ["1.jpg"], "save")],
    )  # fmt: skip
    def test_a_token_of_something_else_is_refused(self, archive, reviewer, action, names, label):
        archive.decide("anna", "accept", "1.jpg", token="t")
        with pytest.raises(UsageError, match="a new token for a new key press; found 't', which"):
            archive.decide(reviewer, action, *names, label=label, token="t")
        with pytest.raises(UsageError, match="a new token for a new key press; found 't', which"):
            archive.undo("anna", "t")
        assert count_lines(archive) == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"reviewer": ""}, "a reviewer's name of 1 to 80 plain characters; found an empty"),
            ({"reviewer": "a" * 81}, "a reviewer's name .* found 81 characters"),
            ({"reviewer": "a\tb"}, "a reviewer's name .* found the character"),
            ({"token": ""}, "the token of a key press .* found an empty one"),
            ({"action": "change", "label": " "}, "a label of 1 to 200 .* found an empty one"),
            ({"action": "change", "label": "a\x00"}, "a label of .* found the character"),
            ({"action": "undo"}, "accept, change or skip; found 'undo'"),
            ({"photo_ids": ()}, r"the photos that a decision is about, each once; found \[\]"),
            ({"photo_ids": (1, 1)}, r"each once; found \[1, 1\]"),
            ({"photo_ids": (1, 99)}, "photos of this catalog; found no photo with the id 99"),
            ({"sha256s": ("a", "b")}, "a SHA-256 for each of the 1 photos; found 2"),
        ],
    )
    def test_what_cannot_be_meant(self, archive, change, message):
        given = {"token": "t", "photo_ids": (archive.ids["1.jpg"],), "action": "accept",
                 "label": "", "reviewer": "anna", **change}  # fmt: skip
        with pytest.raises(UsageError, match=message):
            decide(archive.catalog, Decision(**given))
        assert count_lines(archive) == 0

    def test_nothing_to_accept(self, archive):
        with archive.catalog.writing() as connection:
            connection.execute(update(photos).values(prediction_id=None))
        with pytest.raises(UsageError, match=r"a label to accept; found none for .*1\.jpg"):
            archive.decide("anna", "accept", "1.jpg")

    def test_who_undoes(self, archive):
        with pytest.raises(UsageError, match="a reviewer's name"):
            undo(archive.catalog, "", "t")


class TestChangedPhotos:
    def test_a_decision_on_other_content_is_kept_and_does_not_stand(self, archive):
        told = archive.decide("anna", "accept", "1.jpg", sha256s=("what was shown",))
        assert told.changed == told.photo_ids == (archive.ids["1.jpg"],)
        assert stands(archive)["1.jpg"] is None
        assert archive.column(predictions.c.queue_place)["1.jpg"] == 0
        assert [line.sha256 for line in log(archive, "1.jpg")] == ["what was shown"]

    def test_the_rest_of_the_burst_stands(self, archive):
        hashes = archive.column(photos.c.sha256)
        told = archive.decide("anna", "accept", "1.jpg", "2.jpg", sha256s=("x", hashes["2.jpg"]))
        assert told.changed == (archive.ids["1.jpg"],)
        assert stands(archive) == {"1.jpg": None, "2.jpg": "kick", "3.jpg": None}


class TestUndo:
    def test_nothing_to_take_back(self, archive):
        archive.decide("bob", "accept", "1.jpg")
        assert archive.undo("anna", "u") == Undone("u")
        assert stands(archive)["1.jpg"] == "kick"

    def test_says_what_it_took_back_and_the_photo_comes_next(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        archive.decide("anna", "change", "3.jpg", label="save")
        assert archive.undo("anna", "u") == Undone(
            "u", (archive.ids["3.jpg"],), "change", "save", (), False
        )
        assert [i.photo_id for i in next_items(archive.catalog, "bob", 9)] == [archive.ids["2.jpg"]]
        (item, _) = next_items(archive.catalog, "anna", 9), None
        assert item[0].photo_id == archive.ids["3.jpg"]
        line = log(archive, "3.jpg")[-1]
        assert (line.action, line.label_before, line.label_after) == ("undo", "save", "kick")

    def test_step_by_step_back_to_the_start(self, archive):
        for label in ("save", "run"):
            archive.decide("anna", "change", "1.jpg", label=label)
        archive.decide("anna", "skip", "2.jpg")
        seen = []
        for _ in range(4):
            undone = archive.undo("anna")
            seen.append((undone.action, stands(archive)["1.jpg"]))
        assert seen == [("skip", "run"), ("change", "save"), ("change", None), ("", None)]

    def test_a_burst_goes_back_as_one(self, archive):
        archive.decide("anna", "change", "2.jpg", label="run")
        archive.decide("anna", "change", "1.jpg", "2.jpg", label="save")
        assert len(archive.undo("anna").photo_ids) == 2
        assert stands(archive) == {"1.jpg": None, "2.jpg": "run", "3.jpg": None}

    def test_anothers_later_decision_stays(self, archive):
        archive.decide("anna", "change", "1.jpg", "2.jpg", label="save")
        archive.decide("bob", "change", "1.jpg", label="run")
        undone = archive.undo("anna", "u")
        assert (undone.photo_ids, undone.kept) == ((archive.ids["2.jpg"],), (archive.ids["1.jpg"],))
        assert archive.undo("anna", "u").kept == (archive.ids["1.jpg"],)
        assert stands(archive)["1.jpg"] == "run"
        assert archive.undo("anna").photo_ids == ()
        archive.undo("bob")
        assert stands(archive)["1.jpg"] == "save"  # stands again, and can be taken back
        assert archive.undo("anna").photo_ids == (archive.ids["1.jpg"],)
        assert stands(archive)["1.jpg"] is None
        assert archive.undo("anna", "u").kept == (archive.ids["1.jpg"],)

    def test_what_stood_before_stands_again_whosever_it_was(self, archive):
        archive.decide("bob", "change", "1.jpg", label="run")
        archive.decide("anna", "change", "1.jpg", label="save")
        archive.undo("anna")
        assert stands(archive)["1.jpg"] == "run"

    def test_a_decision_that_does_not_stand_is_passed_over(self, archive):
        archive.decide("anna", "accept", "1.jpg")
        archive.decide("anna", "accept", "2.jpg", sha256s=("other",))
        assert archive.undo("anna").photo_ids == (archive.ids["1.jpg"],)

    def test_many_decisions_of_others_in_between(self, archive, monkeypatch):
        monkeypatch.setattr("touchline.archive.review.undoing._ROWS_A_LOOK", 2)
        archive.decide("anna", "accept", "3.jpg")
        for _ in range(5):
            archive.decide("anna", "accept", "1.jpg")
            archive.undo("anna")
        assert archive.undo("anna").photo_ids == (archive.ids["3.jpg"],)


class SlowReview:
    """The rules word for word: a list of key presses, read from its start each time."""

    def __init__(self):
        self.presses = []  # (reviewer, action, label, photos still covered)

    def press(self, reviewer, action, label, names):
        self.presses.append([reviewer, action, label, set(names)])

    def stands(self, name):
        labels = [p[2] for p in self.presses if name in p[3] and p[1] != "skip"]
        return labels[-1] if labels else None

    def undo(self, reviewer):
        for place in range(len(self.presses) - 1, -1, -1):
            who, action, _, names = self.presses[place]
            later = self.presses[place + 1 :]
            if action != "skip":
                later = [press for press in later if press[1] != "skip"]
            free = {name for name in names if not any(name in press[3] for press in later)}
            if who == reviewer and free:
                names -= free
                return


PRESSES = st.tuples(
    st.sampled_from(["anna", "bob"]), st.sampled_from(["change", "skip", "undo", "repeat"]),
    st.sampled_from(["run", "save"]), 
    st.sets(st.sampled_from(["1.jpg", "2.jpg", "3.jpg"]), min_size=1),
)  # fmt: skip


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(PRESSES, max_size=12))
def test_what_stands_is_what_the_rules_say(tmp_path_factory, presses):
    base = tmp_path_factory.mktemp("rules")
    archive = archive_of(base / "touchline.catalog", base / "photos", SEEN)
    slow, last = SlowReview(), None
    for reviewer, action, label, names in presses:
        if action == "undo":
            archive.undo(reviewer)
            slow.undo(reviewer)
        elif action == "repeat":
            if last is not None:
                assert archive.decide(*last[0], **last[1]).is_repeat
        else:
            last = ((reviewer, action, *sorted(names)), {"label": label, "token": fresh_token()})
            archive.decide(*last[0], **last[1])
            slow.press(reviewer, action, label, names)
        assert stands(archive) == {name: slow.stands(name) for name in archive.ids}
    archive.catalog.close()
