import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.tags.keywords import (
    Keywords,
    in_every_list,
    keyword_path,
    piped,
    slashed,
    without_path,
)

NAME = st.text("ab|/ é&", min_size=1, max_size=4).map(str.strip).filter(bool)
NAMES = st.lists(NAME, max_size=4, unique=True).map(tuple)
LISTS = st.builds(Keywords, NAMES, NAMES, NAMES)


def levels(keywords: Keywords) -> set[str]:
    """Every level of every path in the two hierarchical lists, separators made alike."""
    found = {level for text in keywords.piped for level in text.split("|")}
    return found | {level.replace("|", "/") for t in keywords.slashed for level in t.split("/")}


@settings(deadline=None)
@given(LISTS)
def test_nothing_is_lost_and_the_order_stays(keywords):
    union = in_every_list(keywords)
    assert union.flat[: len(keywords.flat)] == keywords.flat
    assert union.piped[: len(keywords.piped)] == keywords.piped
    assert union.slashed[: len(keywords.slashed)] == keywords.slashed


@settings(deadline=None)
@given(LISTS)
def test_a_reader_of_one_list_sees_every_keyword(keywords):
    union = in_every_list(keywords)
    paths = {tuple(filter(None, text.split("|"))) for text in union.piped} - {()}
    other = {tuple(level.replace("|", "/") for level in text.split("/") if level)
             for text in union.slashed} - {()}  # fmt: skip
    assert paths == other
    flat = {name.replace("|", "/") for name in union.flat}
    assert {path[-1] for path in paths} <= flat
    whole = {"/".join(path) for path in paths}
    assert flat <= levels(union) | whole


@settings(deadline=None)
@given(LISTS)
def test_twice_is_as_good_as_once(keywords):
    union = in_every_list(keywords)
    assert in_every_list(union) == union


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Keywords(), Keywords()),
        (Keywords(flat=("goal",)), Keywords(("goal",), ("goal",), ("goal",))),
        # Lightroom and darktable: the levels of a path are flat names too, no more keywords
        (Keywords(("Oslo", "Place"), ("Place|Oslo",)),
         Keywords(("Oslo", "Place"), ("Place|Oslo",), ("Place/Oslo",))),
        # digiKam alone
        (Keywords(slashed=("Place/Oslo",)),
         Keywords(("Oslo",), ("Place|Oslo",), ("Place/Oslo",))),
        # a separator inside a name becomes the other one in the list it would break
        (Keywords(flat=("Home/Away",)), Keywords(("Home/Away",), ("Home/Away",), ("Home|Away",))),
        (Keywords(flat=("A|B",)), Keywords(("A|B",), ("A/B",), ("A|B",))),
        # a flat name that spells a whole path is that path
        (Keywords(flat=("Place/Oslo",), slashed=("Place/Oslo",)),
         Keywords(("Place/Oslo", "Oslo"), ("Place|Oslo",), ("Place/Oslo",))),
        # numbers are names like others (Immich lost them once)
        (Keywords(flat=("2024",), piped=("Year|2024",)),
         Keywords(("2024",), ("Year|2024",), ("Year/2024",))),
    ],
)  # fmt: skip
def test_the_union(before, after):
    assert in_every_list(before) == after


def test_a_root_keyword_may_have_levels():
    assert keyword_path("AI|pose") == ("AI", "pose")
    assert keyword_path(" | ") == ()


@settings(deadline=None)
@given(NAMES.filter(bool))
def test_a_path_has_as_many_levels_in_either_list(path):
    assert len(piped(path).split("|")) == len(path)
    assert len(slashed(path).split("/")) == len(path)


class TestTakingOut:
    AI = Keywords(("goal", "Kick"), ("goal", "AI|Kick"), ("goal", "AI/Kick"))

    def test_the_path_and_its_leaf(self):
        left = without_path(self.AI, ("AI", "Kick"), flat_too=True)
        assert left == Keywords(("goal",), ("goal",), ("goal",))

    def test_a_leaf_that_was_there_before_stays(self):
        assert without_path(self.AI, ("AI", "Kick"), flat_too=False).flat == ("goal", "Kick")

    def test_a_leaf_that_another_path_has_stays(self):
        both = self.AI + Keywords(piped=("Poses|Kick",))
        assert without_path(both, ("AI", "Kick"), flat_too=True).flat == ("goal", "Kick")
