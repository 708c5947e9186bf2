"""Every refusal of the ranking checker, and which fault is named first."""

import copy
from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.reid.crops import Crop, Gallery
from touchline.reid.ranking.ranking_check import check_lists, check_ranking

HERE = Path("crop.png")
CROPS = Gallery(
    (Crop(HERE, 0, "10", "5"), Crop(HERE, 1, "20", "6")),
    (
        Crop(HERE, 0, "10", "5"),
        Crop(HERE, 1, "11", "5"),
        Crop(HERE, 2, "20", "6"),
        Crop(HERE, 3, "10", "5"),
    ),
)
WHOLE = {"0": [3, 0, 1], "1": [2]}


def test_a_whole_ranking_passes() -> None:
    assert check_ranking(WHOLE, CROPS) == [[3, 0, 1], [2]]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ([3, 0, True], r"whole numbers in the ranking of query 0; found the truth value true"),
        ([3, 0, 1.0], r"whole numbers in the ranking of query 0; found the number 1\.0"),
        ([3, 0, "1"], r"whole numbers in the ranking of query 0; found the text '1'"),
        ([3, 0, None], r"whole numbers in the ranking of query 0; found null"),
        ([3, 0, [1]], r"whole numbers in the ranking of query 0; found a list"),
        ([3, 0, {}], r"whole numbers in the ranking of query 0; found an object"),
        ([3, 0, 0], r"each gallery crop once in the ranking of query 0; found gallery crop 0 more"),
        ([3, 0, 1, 1], r"each gallery crop once .* query 0; found gallery crop 1 more than once"),
        ([3, 0, 2], r"crops of action 5 in the ranking of query 0; found 2 of action 6"),
        ([3, 0, 1, 2], r"crops of action 5 in the ranking of query 0; found 2 of action 6"),
        ([3, 0, 4], r"gallery crops in the ranking of query 0; found 4, which is not in the"),
        ([3, 0, -1], r"gallery crops in the ranking of query 0; found -1, which is not in the"),
        ([3, 0, 10**30], r"query 0; found 1000000000000000000000000000000, which is not in"),
        ([3, 0], r"all 3 gallery crops of action 5 in the ranking of query 0; found 2, without 1"),
        ([], r"all 3 gallery crops of action 5 in the ranking of query 0; found 0, without 0"),
        ({"3": 0}, r"a list of gallery numbers for query 0; found an object"),
        ("301", r"a list of gallery numbers for query 0; found the text '301'"),
        (3, r"a list of gallery numbers for query 0; found the number 3"),
        (None, r"a list of gallery numbers for query 0; found null"),
    ],
)
def test_a_bad_list_is_refused(listed: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_ranking({**WHOLE, "0": listed}, CROPS)


def test_a_missing_query_is_refused() -> None:
    with pytest.raises(UsageError, match=r"a ranking for query 1; found none"):
        check_ranking({"0": [3, 0, 1]}, CROPS)


def test_a_key_that_is_no_query_is_refused() -> None:
    with pytest.raises(UsageError, match=r"rankings of the queries only; found one of '01'"):
        check_ranking({**WHOLE, "01": [2]}, CROPS)


@pytest.mark.parametrize(("ranking", "name"), [([], "a list"), (None, "null"), (3, "the number 3")])
def test_anything_but_an_object_is_refused(ranking: object, name: str) -> None:
    with pytest.raises(UsageError, match=f"an object of rankings by query; found {name} in its"):
        check_ranking(ranking, CROPS)


@pytest.mark.parametrize("identity", ["99", "20", ""])
def test_a_query_without_a_positive_is_refused(identity: str) -> None:
    """`20` is in the gallery, but of another action."""
    crops = Gallery((Crop(HERE, 0, identity, "5"), CROPS.queries[1]), CROPS.gallery)
    with pytest.raises(UsageError, match=r"someone of the identity of query 0 in the gallery of"):
        check_ranking(WHOLE, crops)
    assert check_lists(WHOLE, crops) == [[3, 0, 1], [2]]


def test_a_query_whose_action_has_no_gallery_is_refused() -> None:
    crops = Gallery((*CROPS.queries, Crop(HERE, 2, "30", "7")), CROPS.gallery)
    with pytest.raises(UsageError, match=r"someone of the identity of query 2"):
        check_ranking({**WHOLE, "2": []}, crops)


def test_nothing_is_changed() -> None:
    before = copy.deepcopy(WHOLE)
    assert check_ranking(WHOLE, CROPS)[1] is WHOLE["1"]
    assert before == WHOLE
