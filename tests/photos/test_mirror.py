import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.photos.mirror import MirrorMap, pair_classes

POSES = (
    "Celebration", "CrossedArms-45deg-l", "CrossedArms-45deg-r", "CrossedArms-90deg-l",
    "CrossedArms-90deg-r", "CrossedArms-frontal", "Full Body", "Half Body", "HandsOnHips-45deg-l",
    "HandsOnHips-45deg-r", "HandsOnHips-90-deg-l", "HandsOnHips-90deg-r", "Head Shot", "Hero",
    "HoldingBall", "HoldingBall-45deg-l", "HoldingBall-45deg-r",
)  # fmt: skip


def test_the_seventeen_poses_pair_as_their_folders_are_really_spelt():
    mirror = pair_classes(POSES)
    assert mirror.partner == (0, 2, 1, 4, 3, 5, 6, 7, 9, 8, 11, 10, 12, 13, 14, 16, 15)
    assert mirror.unpaired == ()
    assert len(mirror.directional) == 10
    assert ("HandsOnHips-90-deg-l", "HandsOnHips-90deg-r") in mirror.pairs


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kick-l", "Kick-r"),
        ("Kick_L", "kick-R"),  # case and separators do not count
        ("kick_left", "kick_right"),
        ("Kick Left", "Kick Right"),
        ("left_kick", "right_kick"),
        ("Kick (left)", "Kick (right)"),
        ("kickLeft", "kickRight"),  # a capital begins a word
        ("LeftBack", "Right Back"),
        ("kick-l", "kick-right"),  # letter and word mean the same
        ("l-kick", "r-kick"),
        ("turn left, look right", "turn right, look left"),
        ("left_x", "RIGHT X"),  # x is no series of letters here
        ("l", "r"),
        ("left", "right"),
        ("tir-l\u00e9ger-l", "tir-le\u0301ger-r"),  # one accent, two encodings
    ],
)
def test_names_that_differ_in_the_side_only_are_partners(first, second):
    assert pair_classes([first, "Hero", second]).partner == (2, 1, 0)


@pytest.mark.parametrize(
    "names",
    [
        ("bright", "full", "goal", "corner", "ball", "wrestling", "upright"),  # l and r inside
        ("s", "m", "l", "xl"),  # sizes: an l without an r
        ("l-size", "m-size"),
        ("pitch-a", "pitch-b", "pitch-l", "pitch-r"),  # a series of letters
        ("PitchA", "PitchL", "PitchR"),
        ("a", "l", "r"),
        ("copyright", "copyleft"),
        ("player's l'equipe", "Hero"),
        (),
    ],
)
def test_false_friends_have_no_side(names):
    assert pair_classes(names) == MirrorMap.plain(names)


def test_a_class_between_left_and_right_makes_no_series():
    assert pair_classes(["wing-l", "wing-c", "wing-r"]).pairs == (("wing-l", "wing-r"),)


@pytest.mark.parametrize("name", ["football-r", "Left Back", "HoldingBall-45deg-l", "ArmsL"])
def test_a_side_without_partner_is_listed_and_not_swapped(name):
    mirror = pair_classes([name, "Hero"])
    assert mirror.unpaired == mirror.directional == (name,)
    assert mirror.partner == (0, 1)
    assert pair_classes([name, "Hero"], none=[name]) == MirrorMap.plain([name, "Hero"])


def test_stated_pairs_outrank_names():
    classes = ["Kick-l", "Kick-r", "Kick-r2", "links", "rechts"]
    mirror = pair_classes(classes, stated=[("Kick-l", "Kick-r2"), ("rechts", "links")])
    assert mirror.pairs == (("Kick-l", "Kick-r2"), ("links", "rechts"))
    assert mirror.unpaired == ("Kick-r",)


def test_two_possible_partners_are_refused_until_stated():
    classes = ["Kick-l", "Kick-left", "Kick-r"]
    with pytest.raises(UsageError, match=r"'Kick-l', 'Kick-left' against 'Kick-r'.*mirror\.pairs"):
        pair_classes(classes)
    with pytest.raises(UsageError, match="one partner for the class 'Kick-r'"):
        pair_classes(["Kick-r", "Kick-l", "Kick-left"])
    assert pair_classes(classes, [("Kick-left", "Kick-r")], ["Kick-l"]).partner == (0, 2, 1)


def test_stated_names_must_exist_and_stand_once():
    with pytest.raises(UsageError, match=r"'Kick-rr'\. The nearest class is 'Kick-r'"):
        pair_classes(["Kick-l", "Kick-r"], [("Kick-l", "Kick-rr")])
    with pytest.raises(UsageError, match="nearest class is 'Hero'"):
        pair_classes(["Hero"], none=["Heros"])
    with pytest.raises(UsageError, match="There are no classes"):
        pair_classes([], none=["Hero"])
    with pytest.raises(UsageError, match="'a' twice"):
        pair_classes(["a", "b", "c"], [("a", "b"), ("c", "a")])
    with pytest.raises(UsageError, match="'a' twice"):
        pair_classes(["a", "b"], [("a", "b")], ["a"])


def test_a_plain_mirror_is_refused_where_it_would_spoil_labels():
    pair_classes(["Hero", "Full Body"]).refuse_plain()
    with pytest.raises(UsageError, match=r"2 directional classes \('Kick-l', 'Kick-r'\)"):
        pair_classes(["Kick-l", "Kick-r"]).refuse_plain()
    with pytest.raises(UsageError, match=r"without partner \('Jump-l'\)\. A plain mirror is refus"):
        pair_classes(["Kick-l", "Kick-r", "Jump-l"]).refuse_plain()
    with pytest.raises(UsageError, match=r"'pose 5-l' and 4 more"):
        pair_classes([f"pose {number}-l" for number in range(10)]).refuse_plain()


@pytest.mark.parametrize("partner", [(1, 2, 0), (0, 1), (0, 1, 3), (0, 1, -1)])
def test_a_map_that_is_no_involution_cannot_be_made(partner):
    with pytest.raises(ValueError, match="partners"):
        MirrorMap(("a", "b", "c"), partner)


def test_labels_and_logits_of_other_shapes_are_refused():
    mirror = pair_classes(["Kick-l", "Kick-r"])
    with pytest.raises(ValueError, match="labels outside -1 to 1"):
        mirror.swap(np.array([0, 2]))
    with pytest.raises(ValueError, match=r"shape \(2, 3\) for 2 classes"):
        mirror.permute(np.zeros((2, 3)))
    assert mirror.swap(np.array([], dtype=int)).shape == (0,)


def test_a_map_survives_json():
    mirror = pair_classes([*POSES, "Jump-l"])
    assert MirrorMap.from_dict(json.loads(json.dumps(mirror.as_dict()))) == mirror


@pytest.mark.parametrize(
    "broken",
    [
        {"classes": ["a"], "unpaired": []},
        {"classes": ["a", "b"], "mirror_pairs": [["a", "c"]], "unpaired": []},
        {"classes": ["a", "b"], "mirror_pairs": [["a"]], "unpaired": []},
        {"classes": None, "mirror_pairs": [], "unpaired": []},
    ],
)
def test_a_spoilt_labels_file_is_named(broken):
    with pytest.raises(UsageError, match=r"labels\.json"):
        MirrorMap.from_dict(broken)


@st.composite
def maps(draw):
    stems = draw(st.lists(st.sampled_from(["Kick", "Jump", "Arms 45"]), unique=True))
    names = [f"{stem}{side}" for stem in stems for side in ("-l", "_r")]
    plain = draw(st.lists(st.sampled_from(["Hero", "Full Body", "Head Shot"]), unique=True))
    return pair_classes(draw(st.permutations(names + plain)))


@given(maps(), st.integers(0, 2**32 - 1))
def test_mirroring_twice_changes_nothing_and_commutes_with_the_best_class(mirror, seed):
    count = len(mirror.classes)
    assert len(mirror.directional) == 2 * len(mirror.pairs)
    labels = np.arange(-1, count)
    np.testing.assert_array_equal(mirror.swap(mirror.swap(labels)), labels)
    logits = np.random.default_rng(seed).normal(size=(5, count))
    np.testing.assert_array_equal(mirror.permute(mirror.permute(logits)), logits)
    if count:
        best = logits.argmax(axis=1)
        np.testing.assert_array_equal(mirror.permute(logits).argmax(axis=1), mirror.swap(best))
