"""What the page Match computes: comparison, thresholds, what is shown, corrections."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from match_on_disk import EVENTS, FOUND, HOSTILE, TRUTH, MatchOnDisk
from touchline.app.match.comparing import compare, scores
from touchline.app.match.editing import apply_edit
from touchline.app.match.event_sets import (
    StoredEvent,
    catalogued_videos,
    labels_of,
    sets_of,
    stored_events,
)
from touchline.app.match.showing import Film, Reference, shown_match
from touchline.app.match.thresholds import Thresholds, remember, remembered
from touchline.errors import UsageError
from touchline.spotting.events import Event


class TestComparison:
    def test_what_both_have_and_what_only_one_has(self) -> None:
        found = compare(FOUND, TRUTH)
        assert found.hits == (0, 1, None, None)
        assert found.missed == (2,)
        counts = {each.label: (each.matched, each.missed, each.extra) for each in found.counts}
        assert counts == {
            "PASS": (1, 0, 1), "DRIVE": (1, 0, 0), "SHOT": (0, 1, 0), HOSTILE: (0, 0, 1),
            "all classes": (2, 1, 2),
        }  # fmt: skip
        assert found.counts[-1].precision.value == 0.5
        assert found.counts[-1].recall.n == 3

    def test_the_tolerance_is_either_way_and_inclusive(self) -> None:
        one, other = [Event(10.0, "PASS")], [Event(11.0, "PASS")]
        assert compare(one, other, 1.0).hits == (0,)
        assert compare(one, other, 0.99).hits == (None,)

    def test_nothing_at_all(self) -> None:
        found = compare([], [])
        assert found.hits == found.missed == ()
        assert found.counts[-1].recall.n == 0

    @given(st.lists(EVENTS, max_size=12), st.lists(EVENTS, max_size=12))
    def test_every_event_is_counted_once(self, shown: list[Event], other: list[Event]) -> None:
        found = compare(shown, other)
        total = found.counts[-1]
        assert total.matched + total.extra == len(shown)
        assert total.matched + total.missed == len(other)
        assert max(Counter(at for at in found.hits if at is not None).values(), default=1) == 1

    def test_scores_need_a_truth(self) -> None:
        assert scores((), FOUND) is None
        found = scores(TRUTH, FOUND)
        assert found is not None
        assert found.exact.mean_ap.n == len(TRUTH)


class TestThresholds:
    def test_each_class_has_its_own(self) -> None:
        stored = [StoredEvent(place, event) for place, event in enumerate(FOUND)]
        assert [each.id for each in Thresholds({}, 0.5).counted(stored)] == [0, 1, 3]
        own = Thresholds({"PASS": 0.3, "DRIVE": 0.7}, 0.9)
        assert [each.id for each in own.counted(stored)] == [0, 2]

    def test_they_are_remembered_for_the_set(self, tmp_path: Path, match: MatchOnDisk) -> None:
        sets = {each.id: each for each in sets_of(match.catalog, match.video_id)}
        assert remembered(tmp_path, "a", sets[match.found]) == Thresholds({}, 0.5)
        assert remembered(tmp_path, "a", sets[match.truth]) == Thresholds({}, 0.0)
        remember(tmp_path, "a", match.found, {"PASS": 0.25})
        assert remembered(tmp_path, "a", sets[match.found]) == Thresholds({"PASS": 0.25}, 0.5)
        assert remembered(tmp_path, "b", sets[match.found]) == Thresholds({}, 0.5)

    @pytest.mark.parametrize("content", ["", "[]", "{", '{"PASS": "x"}', "[" * 100_000])
    def test_a_damaged_memory_is_none(
        self, tmp_path: Path, match: MatchOnDisk, content: str
    ) -> None:  # fmt: skip
        found = next(e for e in sets_of(match.catalog, match.video_id) if e.id == match.found)
        remember(tmp_path, "a", match.found, {})
        (place,) = (tmp_path / "thresholds").iterdir()
        place.write_text(content)
        assert remembered(tmp_path, "a", found).by_class == {}


class TestShowing:
    def test_verdicts_are_of_the_events_that_count(self, match: MatchOnDisk) -> None:
        sets = {each.id: each for each in sets_of(match.catalog, match.video_id)}
        events = stored_events(match.catalog, match.found)
        thresholds = Thresholds({}, 0.5)
        counted = [each.event for each in thresholds.counted(events)]
        reference = Reference(sets[match.truth], TRUTH, compare(counted, TRUTH))
        (video,) = catalogued_videos(match.catalog)
        shown = shown_match(
            video, Film("/films/1", 25.0), labels_of(match.catalog, video.id), sets[match.found],
            events, thresholds, reference, {"key": "k", "settled": [], "trouble": ""},
        )  # fmt: skip
        assert [each["verdict"] for each in shown["events"]] == [
            "matched",
            "matched",
            None,
            "extra",
        ]
        assert [each["verdict"] for each in shown["reference"]] == ["matched", "matched", "missed"]
        assert shown["classes"] == ["PASS", "DRIVE", "SHOT", HOSTILE]
        assert not shown["editable"]
        json.dumps(shown, allow_nan=False)


class TestEditing:
    def sent(
        self, match: MatchOnDisk, token: str, action: str, **fields: object
    ) -> dict[str, object]:
        return {
            "token": token, "set": match.corrected, "action": action, "reviewer": "Ada",
            "seconds": 1.0, "half": 1, "label": "OUT", "team": "", **fields,
        }  # fmt: skip

    def test_an_added_event_is_known_by_its_token(self, match: MatchOnDisk) -> None:
        catalog, corrected = match.catalog, match.corrected
        for _ in range(2):  # sent twice, it counts once
            assert apply_edit(catalog, corrected, self.sent(match, "t1", "add")) == ""
            change = self.sent(match, "t2", "relabel", event="new:t1", label="GOAL", team="left")
            assert apply_edit(catalog, corrected, change) == ""
        added = [e.event for e in stored_events(catalog, corrected) if e.event.seconds == 1.0]
        assert added == [Event(1.0, "GOAL", team="left")]
        assert apply_edit(catalog, corrected, self.sent(match, "t3", "undo")) == (
            "Took back the new class or team."
        )
        assert apply_edit(catalog, corrected, self.sent(match, "t4", "undo")) == (
            "Took back the added event."
        )
        assert apply_edit(catalog, corrected, self.sent(match, "t5", "undo")) == (
            "There is nothing to take back."
        )

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"set": 999}, "as its set"), ({"set": True}, "as its set"),
            ({"event": None}, "as its event"), ({"event": "new:none"}, "never added"),
            ({"event": [1]}, "as its event"), ({"event": 1, "seconds": "1"}, "as its seconds"),
            ({"event": 1, "label": 5}, "as its label"), ({"reviewer": None}, "as its reviewer"),
        ],
    )  # fmt: skip
    def test_what_a_browser_may_send_is_refused(
        self, match: MatchOnDisk, fields: dict[str, object], words: str
    ) -> None:
        with pytest.raises(UsageError, match=words):
            apply_edit(match.catalog, match.corrected, self.sent(match, "odd", "move", **fields))
