"""A tenth of SoccerNet's validation split in its shape: made-up features to the official score."""

import json
from pathlib import Path

import numpy as np
import pytest

import official_reid
from retrieval_worlds import bbox_info_of
from soccernet_sized import crops_of, soccernet_sized
from touchline.reid.metrics.scoring import mean_average_precision, score_distances
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank
from touchline.reid.ranking.ranking_file import write_ranking
from touchline.reid.scoring_files import score_ranking

WITHIN = Protocol("action", "kept")


def test_distances_file_and_package_agree(tmp_path: Path) -> None:
    world = soccernet_sized(1164, 3436, 175, width=16)
    everything = (world.distances, world.queries, world.gallery, WITHIN)
    crops = crops_of(world)
    truth, ranking = tmp_path / "bbox_info.json", tmp_path / "ranking.json"
    truth.write_text(json.dumps(bbox_info_of(crops)))
    write_ranking(ranking, rank(*everything), crops)
    direct, filed = score_distances(*everything), score_ranking(truth, ranking)
    official = official_reid.evaluate_files(truth, ranking)
    for scores in (direct, filed):
        assert scores.mAP.value == pytest.approx(official["mAP"], abs=1e-12)
        assert np.float32(scores.rank1.value) == official["rank-1"]
    assert mean_average_precision(*everything) == pytest.approx(official["mAP"], abs=1e-12)
    assert direct.chance["mAP"] < direct.mAP.low
    # Rounding may differ between a product of two matrices and one of their parts, no more.
    whole = mean_average_precision(*everything[:3], Protocol("everything", "kept"))
    assert whole < official["mAP"] + 1e-6
