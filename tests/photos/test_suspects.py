import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from touchline.photos.mirror import MirrorMap, pair_classes
from touchline.photos.suspects import suspects

KICKS = pair_classes(["Hero", "Kick-l", "Kick-r"])


def test_planted_errors_in_digits_are_found():
    """Real images, a real model, labels changed at random: how many are found, how many rightly."""
    images, truth = load_digits(return_X_y=True)
    rng = np.random.default_rng(0)
    planted = np.sort(rng.choice(len(truth), 90, replace=False))
    labels = truth.copy()
    labels[planted] = (labels[planted] + rng.integers(1, 10, 90)) % 10
    judge = KNeighborsClassifier(15, weights="distance")
    probabilities = cross_val_predict(judge, images, labels, cv=5, method="predict_proba")
    found = suspects(probabilities, labels, MirrorMap.plain([str(n) for n in range(10)]))
    places = np.array([suspect.place for suspect in found])
    hits = np.isin(places, planted)
    assert hits.sum() / len(planted) > 0.65  # recall
    assert hits.mean() > 0.8  # precision
    assert hits[:45].mean() > 0.9  # the worst come first
    right = [s.predicted == truth[s.place] for s in found if s.place in planted]
    assert np.mean(right) > 0.95


def drawn_views(count: int, rng: np.random.Generator):
    """Labels, 5 % of them mirrored, and what a fair model says of each photo and of its mirror."""
    truth = rng.integers(0, 3, count)
    labels, planted = truth.copy(), rng.random(count) < 0.05
    planted &= truth > 0
    labels[planted] = KICKS.swap(truth[planted])

    def judge(classes):
        logits = rng.normal(0, 2, (count, 3))
        logits[np.arange(count), classes] += 4
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    return labels, np.nonzero(planted)[0], judge(truth), judge(KICKS.swap(truth))


def test_planted_mirrored_labels_are_found_and_the_mirror_test_spares_false_alarms():
    labels, planted, plain, mirrored = drawn_views(2000, np.random.default_rng(1))
    alone = suspects(plain, labels, KICKS)
    both = suspects(plain, labels, KICKS, mirrored)
    found_alone, found_both = ({s.place for s in f if s.mirrored} for f in (alone, both))
    recall = [len(f & set(planted)) / len(planted) for f in (found_alone, found_both)]
    precision = [len(f & set(planted)) / len(f) for f in (found_alone, found_both)]
    assert min(recall) > 0.6
    assert precision[1] > 0.95
    assert precision[1] > precision[0] + 0.2


def test_the_mirror_test_agrees_with_itself():
    """Mirrored photos whose answers are the mirrored answers change nothing."""
    labels, _, plain, _ = drawn_views(300, np.random.default_rng(2))
    assert suspects(plain, labels, KICKS, KICKS.permute(plain)) == suspects(plain, labels, KICKS)


def test_only_partners_are_called_mirrored():
    p = np.array([[0.9, 0.05, 0.05], [0.0, 0.9, 0.1], [0.0, 0.1, 0.9], [0.0, 1.0, 0.0]])
    p = np.vstack([p, p])
    labels = np.array([0, 1, 2, 2, 0, 1, 2, 0])
    found = suspects(p, labels, KICKS)
    assert [(s.place, s.given, s.predicted, s.mirrored) for s in found] == [
        (3, 2, 1, True),
        (7, 0, 1, False),
    ]
    assert (found[0].given_confidence, found[0].confidence) == (0.0, 1.0)


def test_the_worst_come_first_and_equals_by_place():
    p = np.array([[1, 0], [1, 0], [0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0, 1.0]])
    labels = np.array([0, 1, 1, 1, 1, 1])
    order = [s.place for s in suspects(p, labels, MirrorMap.plain("ab"))]
    assert order == [1]  # 2 and 3 are below the mean confidence of class a, which is 1
    labels = np.array([1, 1, 1, 0, 1, 1])
    assert [s.place for s in suspects(p, labels, MirrorMap.plain("ab"))] == [0, 1, 2]


def test_equal_probabilities_reach_their_own_mean():
    p = np.tile([0.7, 0.1, 0.1, 0.1], (26, 1))
    labels = np.array([0] * 25 + [1])
    assert [s.place for s in suspects(p, labels, MirrorMap.plain("abcd"))] == [25]


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        (np.zeros((0, 2)), []),
        ([[0.5, 0.5]], [0]),  # a tie is no doubt
        ([[0.0, 1.0]], [-1]),  # no label
        ([[np.nan, np.nan], [1.0, 0.0]], [1, 0]),  # not judged
        ([[0.0, 1.0], [0.0, 1.0]], [0, 0]),  # nobody is known to be of the other class
    ],
)
def test_where_nothing_can_be_said_there_is_no_suspect(probabilities, labels):
    found = suspects(np.array(probabilities), np.array(labels, int), MirrorMap.plain("ab"))
    assert found == ()
