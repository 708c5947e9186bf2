import numpy as np
import pytest

import retrieval_worlds
import vectors_in_actions
from touchline.errors import UsageError
from touchline.reid.distances import FeatureDistances
from touchline.reid.ensembles.concatenation import concatenated
from touchline.reid.ensembles.distance_mean import distance_mean
from touchline.reid.ensembles.ensemble import Ensemble, mixed
from touchline.reid.ensembles.rank_fusion import fused_ranks
from touchline.reid.reranking.actions import Actions

EVERY = slice(None)


def runs(count=3, queries=6, gallery=20):
    vectors = [vectors_in_actions.clusters(queries + gallery, seed=seed) for seed in range(count)]
    return {
        f"run {seed}": FeatureDistances(each[:queries], each[queries:])
        for seed, each in enumerate(vectors)
    }


WEIGHTS = {"run 2": 3.0, "run 0": 1.0, "run 1": 0.0}


@pytest.mark.parametrize(("method", "made"), [
    ("concatenation", concatenated),
    ("mean", distance_mean),
    ("borda", fused_ranks),
    ("reciprocal", lambda members, weights: fused_ranks(members, weights, "reciprocal")),
])  # fmt: skip
def test_it_mixes_the_named_runs_by_their_weights(method, made):
    members = runs()
    found = mixed(Ensemble(method, WEIGHTS), members)
    expected = made([members["run 2"], members["run 0"]], [3, 1])
    np.testing.assert_array_equal(found.block(EVERY, EVERY), expected.block(EVERY, EVERY))


def test_ranks_are_fused_inside_actions():
    actions = Actions(np.repeat([0, 1], 3), np.repeat([0, 1], 10))
    found = mixed(Ensemble("borda", WEIGHTS), runs(), actions)
    members = [runs()["run 2"], runs()["run 0"]]
    expected = fused_ranks(members, [3, 1], actions=actions)
    np.testing.assert_array_equal(
        found.block(slice(3), slice(10)), expected.block(slice(3), slice(10))
    )
    with pytest.raises(ValueError, match="one action at a time"):
        found.block(EVERY, EVERY)


def test_an_unknown_run_is_refused():
    with pytest.raises(UsageError, match="an ensemble of the runs run 0, run 1, run 2; found vit"):
        mixed(Ensemble("mean", {"vit": 1.0, "run 0": 1.0}), runs())


def test_distances_without_features_cannot_be_concatenated():
    without = {"run 0": retrieval_worlds.random_world(0).distances}
    with pytest.raises(UsageError, match="join the features first and re-rank then"):
        mixed(Ensemble("concatenation", {"run 0": 1.0}), without)


@pytest.mark.parametrize("weights", [{}, {"run 0": 0.0}, {"run 0": -1.0}])
def test_weights_without_a_share_are_refused(weights):
    with pytest.raises(UsageError, match="weights that are not negative and not all 0"):
        Ensemble("mean", weights).shares()
