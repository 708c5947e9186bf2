"""Rankings to JSON and back."""

import json
from pathlib import Path

import pytest

from retrieval_worlds import random_world, soccernet_like
from touchline.errors import UsageError
from touchline.reid.crops import Crop, Gallery
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank
from touchline.reid.ranking.ranking_check import check_ranking
from touchline.reid.ranking.ranking_file import read_ranking, write_ranking

WITHIN = Protocol("action", "kept")


def renumbered(crops: Gallery) -> Gallery:
    """As read where some crops were broken: numbers have gaps."""

    def moved(listed: tuple[Crop, ...]) -> tuple[Crop, ...]:
        return tuple(
            Crop(crop.path, 3 * crop.number + 1, crop.identity, crop.action) for crop in listed
        )

    return Gallery(moved(crops.queries), moved(crops.gallery))


def test_what_is_written_passes_the_check_and_keeps_the_order(tmp_path: Path) -> None:
    world = soccernet_like(0)
    crops = renumbered(world.crops)
    rankings = list(rank(world.distances, *world.codes, WITHIN))
    write_ranking(tmp_path / "new" / "ranking.json", rankings, crops)
    found = read_ranking(tmp_path / "new" / "ranking.json")
    lists = check_ranking(found, crops)
    assert list(found) == [str(crop.number) for crop in crops.queries]
    for ranking in rankings:
        expected = [crops.gallery[place].number for place in ranking.gallery]
        assert lists[ranking.query] == expected


def test_a_shortened_list_of_an_action_is_not_written(tmp_path: Path) -> None:
    world = soccernet_like(0)
    with pytest.raises(UsageError, match=r"all \d+ gallery crops of action .*without"):
        write_ranking(
            tmp_path / "a.json", rank(world.distances, *world.codes, WITHIN, 1), world.crops
        )
    assert not list(tmp_path.iterdir())


def test_a_query_left_out_is_not_passed_over(tmp_path: Path) -> None:
    world = soccernet_like(0)
    rankings = list(rank(world.distances, *world.codes, WITHIN))
    missing = rankings.pop().query
    with pytest.raises(UsageError, match=f"a ranking for query {missing}; found none"):
        write_ranking(tmp_path / "a.json", rankings, world.crops)


def test_lists_without_actions_may_be_short(tmp_path: Path) -> None:
    world = random_world(0, cameras=2)
    rankings = rank(world.distances, *world.codes, Protocol("everything", "removed"), top=3)
    write_ranking(tmp_path / "a.json", rankings, world.crops)
    assert {len(listed) for listed in json.loads((tmp_path / "a.json").read_text()).values()} == {3}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"0": [1, 2', r"a JSON file of rankings; found .*a\.json, which is not valid JSON"),
        (b"", r"not valid JSON"),
        (b'{"0": "\xff\xfe"}', r"not valid JSON"),
        (b"[" * 200_000, r"not valid JSON"),
    ],
)
def test_no_json_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_ranking(tmp_path / "a.json")


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a JSON file of rankings; found .*a\.json: No such file"):
        read_ranking(tmp_path / "a.json")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"0": [1]}')
    assert read_ranking(tmp_path / "a.json") == {"0": [1]}
