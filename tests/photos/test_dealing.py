"""The choice among groups, on some that are small enough to follow by hand."""

from collections import Counter

from touchline.photos.dealing import dealt, nearest


def test_a_group_that_overshoots_as_much_as_it_helps_is_not_taken():
    groups = {"u": Counter(A=4), "v": Counter(A=4), "w": Counter(A=4)}
    # Of 6 wanted, one group misses 2 and so would two; of 7, two miss 1 only.
    assert len(nearest(groups, {"A": 6}, "0")) == 1
    assert len(nearest(groups, {"A": 7}, "0")) == 2


def test_of_groups_that_are_all_too_large_the_nearest_is_taken():
    groups = {"u": Counter(A=20), "v": Counter(A=10), "w": Counter(A=15)}
    assert all(nearest(groups, {"A": 2}, salt) == {"v"} for salt in "012345")


def test_a_class_is_not_given_its_group_at_the_cost_of_another_classs_last():
    # `u` would be the nearer for A, but with `x` taken it is the last that B has to leave.
    groups = {"u": Counter(A=10, B=3), "v": Counter(A=20), "w": Counter(A=30), "x": Counter(B=2)}
    assert all(nearest(groups, {"A": 2, "B": 2}, salt) == {"v", "x"} for salt in "012345")


def test_the_largest_groups_go_first_and_to_different_hands():
    groups = {"u": Counter(A=9), "v": Counter(A=8), "w": Counter(A=2), "x": Counter(A=1)}
    hands = dealt(groups, 2, "0")
    assert hands["u"] == hands["x"] != hands["v"] == hands["w"]


def test_a_share_of_a_rare_class_weighs_more_than_as_many_photos_of_a_common_one():
    groups = {"u": Counter(A=50), "v": Counter(A=40, B=1), "w": Counter(A=3, B=1)}
    hands = dealt(groups, 2, "0")
    assert hands["w"] == hands["u"] != hands["v"]


def test_where_the_classes_do_not_care_hands_get_as_many_photos():
    hands = dealt({f"{i}": Counter({f"class {i}": 1}) for i in range(20)}, 4, "0")
    assert sorted(Counter(hands.values()).values()) == [5, 5, 5, 5]


def test_nothing_gives_nothing():
    assert nearest({}, {}, "0") == set()
    assert dealt({}, 3, "0") == {}
