"""The probe's head against scikit-learn, and its choices."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from touchline.photos.config import View
from touchline.photos.linear_head import LinearHead, Samples, choose_strength, fit_heads
from touchline.photos.mirror import MirrorMap

PLAIN, MIRRORED = View(size=32), View(size=32, mirrored=True)


def blobs(n: int, classes: int, features: int, spread: float, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, features)) * np.linspace(0.5, 8, features)
    labels = rng.integers(classes, size=n)
    noise = rng.normal(size=(n, features)) * spread * np.linspace(0.5, 8, features)
    return (centres[labels] + noise).astype(np.float32), labels


def fit_head(
    samples: Samples, mirror: MirrorMap, strength: float, weights: np.ndarray
) -> LinearHead:
    (head,) = fit_heads(samples, mirror, (strength,), weights)
    return head


def one_view(features: np.ndarray, labels: np.ndarray) -> Samples:
    return Samples(features[:, None], labels, (PLAIN,), (0,))


@pytest.mark.parametrize("strength", [0.01, 1.0])
@pytest.mark.parametrize("balanced", [False, True])
def test_it_is_scaled_logistic_regression(strength: float, balanced: bool) -> None:
    features, labels = blobs(200, 4, 10, 1.5, seed=0)
    mirror = MirrorMap.plain(("a", "b", "c", "d"))
    counts = np.bincount(labels)
    weights = (len(labels) / (4 * counts) if balanced else np.ones(4)).astype(np.float32)
    head = fit_head(one_view(features, labels), mirror, strength, weights)
    theirs = make_pipeline(
        StandardScaler(),
        LogisticRegression(
            C=strength, max_iter=5000, tol=1e-8, class_weight="balanced" if balanced else None
        ),
    ).fit(features, labels)
    ours = head.logits(one_view(features, labels), mirror)
    expected = theirs.decision_function(features)
    np.testing.assert_allclose(
        ours - ours.mean(axis=1, keepdims=True),
        expected - expected.mean(axis=1, keepdims=True), atol=0.02,
    )  # fmt: skip


def handed(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Photos whose class is the sign of the first feature; mirroring flips that feature."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 6)).astype(np.float32)
    return features, (features[:, 0] > 0).astype(int)


def test_starting_from_the_last_head_gives_the_same_heads() -> None:
    features, labels = blobs(150, 3, 12, 1.0, seed=6)
    mirror, weights = MirrorMap.plain(("a", "b", "c")), np.ones(3, np.float32)
    samples, strengths = one_view(features, labels), (0.01, 0.1, 1.0)
    for strength, warm in zip(
        strengths, fit_heads(samples, mirror, strengths, weights), strict=True
    ):
        cold = fit_head(samples, mirror, strength, weights)
        np.testing.assert_allclose(
            warm.logits(samples, mirror), cold.logits(samples, mirror), atol=0.02
        )


def test_mirrored_views_teach_the_mirrored_label() -> None:
    features, labels = handed(0)
    flipped = features * np.array([-1, 1, 1, 1, 1, 1], np.float32)
    both = Samples(np.stack([features, flipped], axis=1), labels, (PLAIN, MIRRORED), (0, 1))
    paired, plain = MirrorMap(("l", "r"), (1, 0)), MirrorMap.plain(("l", "r"))
    weights = np.ones(2, np.float32)
    aware = fit_head(both, paired, 1.0, weights).logits(both, paired)
    assert (aware.argmax(axis=1) == labels).mean() > 0.95
    blind = fit_head(both, plain, 1.0, weights).logits(both, plain)
    assert (blind.argmax(axis=1) == labels).mean() < 0.7  # left and right cannot be told apart


def test_views_of_a_photo_stay_in_one_fold_and_logits_are_out_of_fold() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 3, 40)).astype(np.float32)
    features[:, 1:] = features[:, :1]  # the views of a photo are the same: a leak would shine
    labels = np.arange(60) % 3
    samples = Samples(features, labels, (PLAIN, MIRRORED, PLAIN), (0,))
    mirror = MirrorMap.plain(("a", "b", "c"))
    folds = np.arange(60) // 3 % 5
    choice = choose_strength(samples, folds, mirror, (0.01, 1.0), np.ones(3, np.float32))
    accuracy = (choice.logits.argmax(axis=1) == labels).mean()
    assert accuracy < 0.6  # nothing can be learnt from noise, unless folds leak
    assert set(choice.losses) == {0.01, 1.0}
    assert choice.losses[choice.strength] == min(choice.losses.values())


def test_noise_asks_for_more_regularisation_than_signal() -> None:
    mirror, weights = MirrorMap.plain(("a", "b", "c")), np.ones(3, np.float32)
    strengths = (0.0001, 0.01, 1.0)
    folds = np.arange(90) % 5
    signal, labels = blobs(90, 3, 20, 0.3, seed=1)
    clean = choose_strength(one_view(signal, labels), folds, mirror, strengths, weights)
    noise = np.random.default_rng(2).normal(size=(90, 20)).astype(np.float32)
    vague = choose_strength(one_view(noise, labels), folds, mirror, strengths, weights)
    assert clean.strength > vague.strength


def test_shuffling_the_photos_changes_nothing() -> None:
    features, labels = blobs(80, 3, 8, 1.0, seed=3)
    order = np.random.default_rng(0).permutation(80)
    mirror, weights = MirrorMap.plain(("a", "b", "c")), np.ones(3, np.float32)
    first = fit_head(one_view(features, labels), mirror, 0.1, weights)
    second = fit_head(one_view(features[order], labels[order]), mirror, 0.1, weights)
    np.testing.assert_allclose(first.weight, second.weight, atol=2e-3)


def test_a_constant_feature_is_harmless() -> None:
    features, labels = blobs(60, 2, 5, 0.5, seed=4)
    features[:, 2] = 7.0
    head = fit_head(
        one_view(features, labels), MirrorMap.plain(("a", "b")), 1.0, np.ones(2, np.float32)
    )
    assert np.isfinite(head.weight).all()
    assert np.isfinite(head.bias).all()


def test_the_head_as_a_layer_gives_the_same_logits() -> None:
    import torch

    features, labels = blobs(40, 3, 6, 1.0, seed=5)
    mirror = MirrorMap.plain(("a", "b", "c"))
    head = fit_head(one_view(features, labels), mirror, 0.5, np.ones(3, np.float32))
    with torch.inference_mode():
        layer = head.as_module().eval()(torch.from_numpy(features)).numpy()
    np.testing.assert_allclose(
        layer, head.logits(one_view(features, labels), mirror), rtol=1e-4, atol=1e-4
    )
