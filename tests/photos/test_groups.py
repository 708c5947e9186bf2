"""Groups: a chain of given groups and found clusters keeps photos together."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.photos.data import Photo
from touchline.photos.groups import groups_of


def photo(name: str, group: str = "") -> Photo:
    return Photo(Path(name), name, group=group)


@given(
    st.lists(st.sampled_from(["", "x", "y"]), min_size=1, max_size=12),
    st.lists(st.sets(st.integers(0, 11), max_size=4), max_size=6),
)
@settings(deadline=None)
def test_groups_are_the_connected_components(names: list[str], clusters: list[set[int]]):
    photos = [photo(f"{i:02}", name) for i, name in enumerate(names)]
    clusters = [{i for i in cluster if i < len(photos)} for cluster in clusters]
    # A slow reference: reachability by repeated squaring.
    linked = np.eye(len(photos), dtype=bool)
    for i, own in enumerate(names):
        for j, other in enumerate(names):
            linked[i, j] |= bool(own) and own == other
            linked[i, j] |= any(i in cluster and j in cluster for cluster in clusters)
    for _ in photos:
        linked |= linked @ linked
    expected = tuple(photos[int(np.argmax(row))].name for row in linked)
    assert groups_of(photos, clusters) == expected


def test_the_name_is_the_first_in_order_of_names_not_of_places():
    photos = [photo("b"), photo("a"), photo("c")]
    assert groups_of(photos, [[0, 1], [], [2]]) == ("a", "a", "c")


def test_no_photos():
    assert groups_of([], []) == ()
