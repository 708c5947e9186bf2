"""Rankings scored beside the `SoccerNet` package: the same values, the same refusals."""

import json
from pathlib import Path

import numpy as np
import pytest

import official_reid
from retrieval_worlds import RetrievalWorld, bbox_info_of, soccernet_like
from touchline.errors import UsageError
from touchline.reid.metrics.scoring import score_distances
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank
from touchline.reid.ranking.ranking_file import write_ranking
from touchline.reid.scoring_files import read_bbox_info, score_ranking

WITHIN = Protocol("action", "kept")
RENDERED = Path(__file__).parents[3] / "shared" / "data" / "reid"
SPLITS = [
    pytest.param(
        RENDERED / split / "bbox_info.json",
        marks=pytest.mark.skipif(
            not (RENDERED / split / "bbox_info.json").exists(),
            reason="the rendered players are not there",
        ),
    )
    for split in ("valid", "test")
]


def ranking_of(world: RetrievalWorld) -> dict[str, list[int]]:
    """As a naive person ranks: every crop of the action, by distance, then by number."""
    lists = {}
    for query, row in zip(world.crops.queries, world.distances.matrix, strict=True):
        own = [crop.number for crop in world.crops.gallery if crop.action == query.action]
        lists[str(query.number)] = sorted(own, key=lambda number, row=row: (row[number], number))
    return lists


def scores_of(truth: object, ranking: object, folder: Path):
    paths = folder / "bbox_info.json", folder / "ranking.json"
    for path, content in zip(paths, (truth, ranking), strict=True):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return score_ranking(*paths)


def assert_refused_by_both(truth: object, ranking: object, folder: Path, message: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        official_reid.evaluate(truth, ranking, folder)
    with pytest.raises(UsageError, match=message):
        scores_of(truth, ranking, folder)


@pytest.mark.parametrize("seed", range(6))
def test_values_of_the_package(tmp_path: Path, seed: int) -> None:
    world = soccernet_like(seed, actions=30, queries=9, extra=12)
    truth, ranking = bbox_info_of(world.crops), ranking_of(world)
    scores = scores_of(truth, ranking, tmp_path)
    official = official_reid.evaluate(truth, ranking, tmp_path)
    assert scores.mAP.value == pytest.approx(official["mAP"], abs=1e-12)
    # The package sums rank-1 in single precision.
    assert np.float32(scores.rank1.value) == official["rank-1"]
    assert scores.left_out == 0


def test_from_distances_through_the_file_to_the_same_scores(tmp_path: Path) -> None:
    world = soccernet_like(7, actions=30, queries=9, extra=12)
    direct = score_distances(world.distances, *world.codes, WITHIN)
    write_ranking(tmp_path / "r.json", rank(world.distances, *world.codes, WITHIN), world.crops)
    (tmp_path / "bbox_info.json").write_text(json.dumps(bbox_info_of(world.crops)))
    assert score_ranking(tmp_path / "bbox_info.json", tmp_path / "r.json") == direct


@pytest.mark.parametrize("truth", SPLITS)
def test_values_of_the_package_on_rendered_players(tmp_path: Path, truth: Path) -> None:
    generator = np.random.default_rng(0)
    crops = read_bbox_info(truth)
    ranking = {}
    for query in crops.queries:
        own = [crop.number for crop in crops.gallery if crop.action == query.action]
        ranking[str(query.number)] = generator.permutation(own).tolist()
    path = tmp_path / "ranking.json"
    path.write_text(json.dumps(ranking))
    scores, official = score_ranking(truth, path), official_reid.evaluate_files(truth, path)
    assert scores.mAP.value == pytest.approx(official["mAP"], abs=1e-12)
    assert np.float32(scores.rank1.value) == official["rank-1"]
    assert scores.mAP.low - 0.02 < scores.chance["mAP"] < scores.mAP.high + 0.02


def renamed(ranking: dict) -> dict:
    return {"00" if key == "0" else key: listed for key, listed in ranking.items()}


def without(ranking: dict) -> dict:
    return {key: listed for key, listed in ranking.items() if key != "0"}


def listing(change):
    """Another list for query 0."""
    return lambda ranking: {**ranking, "0": change(ranking["0"])}


def last(change):
    return listing(lambda listed: [*listed[:-1], change(listed[-1])])


SPOILT = [
    (without, "a ranking for query 0; found none"),
    (renamed, "a ranking for query 0; found none"),
    (last(float), "whole numbers in the ranking of query 0; found the number"),
    (last(str), "whole numbers in the ranking of query 0; found the text"),
    (last(lambda _: None), "whole numbers in the ranking of query 0; found null"),
    (last(lambda _: True), "whole numbers in the ranking of query 0; found the truth value true"),
    (last(lambda number: [number]), "whole numbers in the ranking of query 0; found a list"),
    (last(lambda _: -1), "gallery crops in the ranking of query 0; found -1, which is not in the"),
    (listing(lambda own: [*own, 123_456]), "found 123456, which is not in the gallery"),
    (listing(lambda own: [*own, own[0]]), "each gallery crop once in the ranking of query 0"),
    (listing(lambda own: own[:-1] + own[:1]), "each gallery crop once in the ranking of query 0"),
    (listing(lambda own: own[:-1]), r"all \d+ gallery crops of action \d+ in the ranking of qu"),
    (listing(lambda _: []), r"all \d+ gallery crops of action \d+ .* query 0; found 0"),
    (listing(lambda _: None), "a list of gallery numbers for query 0; found null"),
    (listing(lambda _: 7), "a list of gallery numbers for query 0; found the number 7"),
    (listing(lambda _: "12"), "a list of gallery numbers for query 0; found the text"),
    (listing(lambda _: {"1": 2}), "a list of gallery numbers for query 0; found an object"),
]


@pytest.mark.parametrize(("spoil", "message"), SPOILT)
def test_refusals_of_the_package(tmp_path: Path, spoil, message: str) -> None:
    world = soccernet_like(3, actions=12, queries=4)
    truth, ranking = bbox_info_of(world.crops), ranking_of(world)
    assert len(ranking["0"]) > 1
    assert scores_of(truth, ranking, tmp_path).left_out == 0
    assert_refused_by_both(truth, spoil(ranking), tmp_path, message)


def test_a_crop_of_another_action_is_refused_by_both(tmp_path: Path) -> None:
    world = soccernet_like(3)
    truth, ranking = bbox_info_of(world.crops), ranking_of(world)
    own = truth["query"]["0"]["action_idx"]
    foreign = next(crop for crop in truth["gallery"].values() if crop["action_idx"] != own)
    message = rf"of action {own} .* query 0; found {foreign['bbox_idx']} of action"
    spoilt = {**ranking, "0": [foreign["bbox_idx"], *ranking["0"]]}
    assert_refused_by_both(truth, spoilt, tmp_path, message)


@pytest.mark.parametrize("spoilt", [{"person_uid": 999_999}, {"person_uid": 5, "action_idx": 999}])
def test_a_query_without_a_positive_is_refused_by_both(tmp_path: Path, spoilt: dict) -> None:
    world = soccernet_like(3)
    truth, ranking = bbox_info_of(world.crops), ranking_of(world)
    truth["query"]["0"] |= spoilt
    if "action_idx" in spoilt:
        ranking["0"] = []
    assert_refused_by_both(truth, ranking, tmp_path, "someone of the identity of query 0")


@pytest.mark.parametrize(
    ("ranking", "message"),
    [
        ("{", "a JSON file of rankings; found .*not valid JSON"),
        ("[]", "an object of rankings by query; found a list"),
        ("null", "an object of rankings by query; found null"),
        ('{"0": [NaN]}', "whole numbers in the ranking of query 0; found the number nan"),
    ],
)
def test_what_is_no_ranking_is_refused_by_both(tmp_path: Path, ranking: str, message: str) -> None:
    assert_refused_by_both(bbox_info_of(soccernet_like(3).crops), ranking, tmp_path, message)


def test_a_key_that_is_no_query_is_refused_by_us_alone(tmp_path: Path) -> None:
    world = soccernet_like(3)
    truth, ranking = bbox_info_of(world.crops), ranking_of(world)
    ranking["5000"] = [1, 2]
    assert official_reid.evaluate(truth, ranking, tmp_path)["mAP"] > 0
    with pytest.raises(UsageError, match="rankings of the queries only; found one of '5000'"):
        scores_of(truth, ranking, tmp_path)


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ({"0": {"bbox_idx": 0}}, "queries and gallery; found .* without the two of them"),
        ([], "without the two of them"),
        ({"query": {}, "gallery": {}}, "at least one query to score; found none"),
        ({"query": [], "gallery": {}}, "whose query is no object"),
        ({"query": {"x": {}}, "gallery": {}}, "a number as the key of each crop; found entry 'x'"),
        ({"query": {"9" * 5000: {}}, "gallery": {}}, "a number as the key of each crop"),
        (
            {"query": {"0": 3}, "gallery": {}},
            "the number it stands under; found entry '0' of the q",
        ),
        (
            {"query": {"0": {"bbox_idx": 1, "person_uid": 1, "action_idx": 1}}, "gallery": {}},
            "the number it stands under",
        ),
        ({"query": {"0": {"action_idx": 1}}, "gallery": {}}, "a person_uid and an action_idx"),
        (
            {"query": {"0": {"action_idx": [], "person_uid": 3}}, "gallery": {}},
            "a person_uid and an action_idx for each crop; found entry '0' of the query",
        ),
    ],
)
def test_a_broken_truth_is_refused(tmp_path: Path, truth: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        scores_of(truth, {}, tmp_path)


def test_a_missing_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a bbox_info\.json .* found .*none\.json: No such file"):
        score_ranking(tmp_path / "none.json", tmp_path / "ranking.json")


def test_a_number_written_in_two_ways_is_refused(tmp_path: Path) -> None:
    crop = {"person_uid": 1, "action_idx": 0}
    truth = {"query": {"0": crop}, "gallery": {"1": crop, "01": crop}}
    (tmp_path / "bbox_info.json").write_text(json.dumps(truth))
    with pytest.raises(UsageError, match="without leading zeros; found entry '01' of the gallery"):
        read_bbox_info(tmp_path / "bbox_info.json")
