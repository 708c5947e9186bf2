import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.names import (
    LONGEST_NAME_BYTES,
    folder_name,
    folder_names,
    free_name,
    name_key,
    printable,
    suffixed,
)

ANY_TEXT = st.text(st.characters() | st.sampled_from("./\\ -=~\0\n\u202e\u0301"), max_size=40)


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_folder_name_is_one_harmless_folder(label):
    name = folder_name(label)
    assert name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in (".", "..")
    assert name[0] not in ".-=+@~ "
    assert name[-1] not in ". "
    assert len(name.encode()) <= LONGEST_NAME_BYTES
    assert name.split(".")[0].upper() not in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT9")


@settings(deadline=None)
@given(st.text(string.ascii_letters + string.digits + " ", min_size=1).map(str.strip))
def test_a_plain_class_name_is_its_own_folder(label):
    if label and label.upper() not in ("CON", "PRN", "AUX", "NUL"):
        assert folder_name(label)[: len(label)] == label


@settings(deadline=None)
@given(st.sets(ANY_TEXT, max_size=12))
def test_distinct_classes_never_share_a_folder(labels):
    folders = folder_names(labels, taken=["review"])
    assert folders.keys() == labels
    keys = {name_key(folder) for folder in folders.values()}
    assert len(keys) == len(labels)
    assert "review" not in keys


@pytest.mark.parametrize(
    ("labels", "folders"),
    [
        (["a/b", "a\\b", "a_b"], ["a_b", "a_b (2)", "a_b (3)"]),  # all the same once made safe
        (["é", "e\u0301"], ["é", "é (2)"]),  # composed and decomposed
        (["Straße", "STRASSE"], ["STRASSE", "Straße (2)"]),  # the same when case is folded
        (["..", "."], ["_", "_ (2)"]),
        (["review", "Review"], ["Review (2)", "review (3)"]),  # the review folder is taken
    ],
)
def test_classes_that_would_collapse_get_numbers(labels, folders):
    assert sorted(folder_names(labels, taken=["review"]).values()) == folders


def test_a_long_name_is_not_cut_before_a_space_or_dot():
    long = "a" * (LONGEST_NAME_BYTES // 2 - 2)
    assert folder_name(f"{long} .more") == long
    assert folder_name(f"{long}b more") == f"{long}b"


def test_long_names_keep_their_ending_and_fit():
    long = "ø" * 119 + ".jpeg"
    names = {suffixed(long, number) for number in range(1, 20)}
    assert len(names) == 19
    assert all(name.endswith(".jpeg") and len(name.encode()) <= 255 for name in names)


def test_free_name_asks_until_one_is_free():
    asked = []
    assert free_name("a.jpg", lambda name: len(asked) == 2 or asked.append(name)) == "a (3).jpg"
    assert asked == ["a.jpg", "a (2).jpg"]


def test_printable_hides_nothing_and_breaks_nothing():
    assert printable("a\nb\x1b[31m\udcff") == "a\\nb\\x1b[31m\\udcff"
    printable("\udcff").encode()
