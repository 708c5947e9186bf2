import numpy as np
import pytest

import vectors_in_actions
from touchline.errors import UsageError
from touchline.reid.distances import FeatureDistances
from touchline.reid.ensembles.weights import shares


def member(queries=2, gallery=3):
    vectors = vectors_in_actions.clusters(queries + gallery)
    return FeatureDistances(vectors[:queries], vectors[queries:])


def test_without_weights_all_count_alike():
    assert shares([member()] * 4, None).tolist() == [0.25] * 4


def test_no_member_is_refused():
    with pytest.raises(UsageError, match="at least one member of an ensemble; found none"):
        shares([], None)


def test_members_of_different_crops_are_refused():
    with pytest.raises(UsageError, match="compare the same crops; found 2 x 3 and 2 x 4"):
        shares([member(), member(gallery=4)], None)


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], [1, -1], [0, 0], [1, np.nan], [1, np.inf]])
def test_unusable_weights_are_refused(weights):
    with pytest.raises(UsageError, match="2 weights that are not negative and not all 0"):
        shares([member(), member()], weights)
