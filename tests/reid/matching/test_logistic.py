import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from touchline.reid.matching.logistic import Logistic, fit_logistic, share_only


def drawn(n, slopes, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n, len(slopes))) * [3.0, 0.2][: len(slopes)]
    odds = 0.5 + features @ np.array(slopes)
    return features, (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(float)


def test_the_fit_equals_scikit_learns():
    features, right = drawn(3000, [1.0, 4.0])
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    # Platt's targets as weights: each query counts as mostly right or mostly wrong.
    n_right = right.sum()
    high, low = (n_right + 1) / (n_right + 2), 1 / (len(right) - n_right + 2)
    targets = np.where(right > 0, high, low)
    oracle = LogisticRegression(C=1.0, tol=1e-10).fit(
        np.concatenate([scaled, scaled]), np.repeat([1, 0], len(right)),
        sample_weight=np.concatenate([targets, 1 - targets]),
    )  # fmt: skip
    found = fit_logistic(features, right)
    np.testing.assert_allclose(
        found.probability(features), oracle.predict_proba(scaled)[:, 1], atol=1e-4
    )


def test_a_feature_that_misleads_is_given_no_weight():
    features, right = drawn(500, [1.0, -4.0])
    first, second = fit_logistic(features, right).slopes
    assert first > 0.5
    assert second == 0


def test_perfectly_parted_queries_leave_finite_slopes():
    features = np.linspace(-1, 1, 40)[:, None]
    found = fit_logistic(features, (features[:, 0] > 0).astype(float)).probability(features)
    assert 0.5 < found[-1] < 1
    assert (np.diff(found) > 0).all()


def test_a_feature_without_spread_says_nothing():
    right = np.array([1.0, 0.0] * 20)
    found = fit_logistic(np.full((40, 1), 0.7), right)
    assert found.probability(np.array([[0.7], [9.0]])) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("right", "share"), [([], 0.5), ([1.0], 2 / 3), ([0.0, 0.0], 0.25)])
def test_laplace_is_never_certain(right, share):
    found = share_only(np.array(right), 2)
    assert found.probability(np.zeros((1, 2))) == pytest.approx([share])


def test_the_model_survives_json():
    model = Logistic(0.25, (1.0, 0.0))
    assert Logistic.from_dict(model.as_dict()) == model
