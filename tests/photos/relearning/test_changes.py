from pathlib import Path

import pytest

from touchline.photos.relearning.changes import BeforeAfter, Changes, accuracy_change
from touchline.photos.relearning.opinions import Opinion
from touchline.photos.relearning.untouched import UntouchedPhoto


def shown(
    name: str, before: str, after: str, truth: str = "", *, doubts: str = "--", confidence=0.9
) -> BeforeAfter:
    """A photo; `doubts` has a question mark where the label is doubtful."""
    photo = UntouchedPhoto(Path(name), name, name, truth)
    was, is_now = (sign == "?" for sign in doubts)
    return BeforeAfter(photo, Opinion(before, 0.5, was), Opinion(after, confidence, is_now))


def test_counts_by_hand():
    changes = Changes((
        shown("a", "golf", "judo", doubts="?-"), shown("b", "golf", "judo", doubts="-?"),
        shown("c", "judo", "golf", doubts="??"), shown("d", "golf", "golf", doubts="?-"),
    ))  # fmt: skip
    assert changes.kinds == {("golf", "judo"): 2, ("judo", "golf"): 1}
    assert changes.as_dict() == {
        "untouched": 4, "relabelled": 3, "doubtful_before": 3, "no_longer_doubtful": 2,
        "newly_doubtful": 1,
    }  # fmt: skip


def test_the_surest_new_labels_come_first_and_equals_by_path():
    photos = [
        shown(name, "golf", "judo", confidence=c) for name, c in [("b", 0.6), ("a", 0.6), ("c", 1)]
    ]
    assert [each.photo.path.name for each in Changes(tuple(photos)).relabelled] == ["c", "a", "b"]


def test_accuracy_by_hand():
    photos = [
        shown("a", "golf", "judo", "judo"), shown("b", "judo", "golf", "judo"),
        shown("c", "golf", "judo", "judo"), shown("d", "golf", "golf", "golf"),
        shown("e", "golf", "judo"),
    ]  # fmt: skip
    found = accuracy_change(photos)
    assert (found.before.value, found.after.value, found.before.n) == (0.5, 0.75, 4)
    assert found.majority.value == 0.75
    assert found.comparison.difference.value == 0.25
    assert (found.comparison.only_first, found.comparison.only_second) == (2, 1)
    assert found.comparison.p_value == 1.0
    assert found.comparison.verdict == "not distinguishable"
    assert found.comparison.difference.low < 0.25 < found.comparison.difference.high


def test_many_mended_labels_are_told_from_chance():
    photos = [shown(f"{n}", "golf", "judo", "judo") for n in range(20)]
    photos += [shown(f"{n}", "golf", "golf", "golf") for n in range(20, 60)]
    assert accuracy_change(photos).comparison.verdict == "after better"


@pytest.mark.parametrize("photos", [[], [shown("a", "golf", "judo")]])
def test_without_a_truth_there_is_no_accuracy(photos):
    assert accuracy_change(photos) is None


def test_nothing_shown_is_nothing_changed():
    assert Changes(()).as_dict()["relabelled"] == 0
    assert Changes(()).kinds == {}
