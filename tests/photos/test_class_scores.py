import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import precision_recall_fscore_support

from touchline.photos.class_scores import MEANS, confusion_matrix, mean_scores, scores_by_class
from touchline.reporting.confidence import bootstrap, wilson


def drawn(n, count, seed=0):
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, count, n)
    guess = generator.integers(0, count, n)
    return truth, np.where(generator.uniform(size=n) < 0.7, truth, guess)


@pytest.mark.parametrize(("n", "count"), [(300, 12), (20, 12), (1, 2)])
def test_scores_of_each_class_equal_scikit_learn(n, count):
    truth, predicted = drawn(n, count)
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=np.arange(count), zero_division=0
    )
    for place, scores in enumerate(scores_by_class(truth, predicted, count)):
        assert scores.precision.value == pytest.approx(precision[place])
        assert scores.recall.value == pytest.approx(recall[place])
        assert scores.f1.value == pytest.approx(f1[place])
        assert scores.support == support[place]


def test_precision_and_recall_have_wilson_intervals():
    truth, predicted = np.repeat([0, 1], [24, 26]), np.repeat([0, 1, 0, 1], [19, 5, 2, 24])
    first, _ = scores_by_class(truth, predicted, 2)
    assert first.precision == wilson(19, 21)
    assert first.recall == wilson(19, 24)
    # 19 of 24: 60 to 91 %, the example of every small data set.
    assert (first.recall.low, first.recall.high) == pytest.approx((0.595, 0.908), abs=5e-4)


def test_f1_carries_the_interval_of_its_share_over():
    truth, predicted = np.repeat([0, 1], [24, 26]), np.repeat([0, 1, 0, 1], [19, 5, 2, 24])
    first, _ = scores_by_class(truth, predicted, 2)
    bounds = stats.binomtest(19, 26).proportion_ci(method="wilson")
    assert first.f1.n == 26
    assert first.f1.low == pytest.approx(2 * bounds.low / (1 + bounds.low))
    assert first.f1.high == pytest.approx(2 * bounds.high / (1 + bounds.high))


def test_f1_interval_is_near_that_of_a_bootstrap_where_photos_are_many():
    truth, predicted = drawn(3000, 4)

    def f1_of_class_0(weights):
        hit = weights @ ((truth == 0) & (predicted == 0))
        return 2 * hit / (weights @ (truth == 0) + weights @ (predicted == 0))

    ours, sampled = scores_by_class(truth, predicted, 4)[0].f1, bootstrap(f1_of_class_0, 3000)
    assert (ours.low, ours.high) == pytest.approx((sampled.low, sampled.high), abs=0.004)


def test_f1_interval_holds_the_truth_about_as_often_as_it_says():
    # Of two classes with 20 photos each the first has TP ~ B(20, 0.8), FP ~ B(20, 0.1).
    generator, true_f1, held = np.random.default_rng(0), 2 * 0.8 / (1 + 0.8 + 0.1), 0
    truth = np.repeat([0, 1], 20)
    for _ in range(500):
        wrong = generator.uniform(size=40) < np.repeat([0.2, 0.1], 20)
        f1 = scores_by_class(truth, truth ^ wrong, 2)[0].f1
        held += f1.low <= true_f1 <= f1.high
    assert 0.92 <= held / 500 <= 0.985


def test_a_class_without_photos_and_one_never_given():
    # Class 1 has no photos but is given once; class 2 is never given; class 3 does not occur.
    absent = scores_by_class(np.array([0, 0, 2]), np.array([0, 1, 0]), 4)
    assert (absent[1].recall.value, absent[1].recall.n) == (0.0, 0)
    assert (absent[1].recall.low, absent[1].recall.high) == (0.0, 1.0)
    assert (absent[1].precision.value, absent[1].precision.n) == (0.0, 1)
    assert (absent[2].precision.value, absent[2].precision.n) == (0.0, 0)
    assert (absent[3].f1.value, absent[3].f1.n, absent[3].support) == (0.0, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_means_equal_scikit_learn_even_with_absent_classes(seed):
    truth, predicted = drawn(25, 15, seed)
    means = mean_scores(truth, predicted, 15)
    for average in ("macro", "weighted"):
        expected = precision_recall_fscore_support(
            truth, predicted, labels=np.arange(15), average=average, zero_division=0
        )[:3]
        for kind, value in zip(("precision", "recall", "f1"), expected, strict=True):
            score = means[f"{average}_{kind}"]
            assert score.value == pytest.approx(value)
            assert score.low <= value <= score.high
            assert score.n == 25
    assert tuple(means) == MEANS


def test_mean_interval_equals_a_slow_bootstrap_of_scikit_learn():
    truth, predicted = drawn(120, 4)
    generator = np.random.default_rng(0)
    slow = []
    for _ in range(400):
        drawn_again = generator.integers(0, 120, 120)
        slow.append(
            precision_recall_fscore_support(
                truth[drawn_again], predicted[drawn_again], labels=np.arange(4),
                average="macro", zero_division=0,
            )[2]
        )  # fmt: skip
    ours = mean_scores(truth, predicted, 4)["macro_f1"]
    low, high = np.quantile(slow, [0.025, 0.975]) - np.mean(slow) + ours.value
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.015)


def test_a_class_missing_from_resamples_does_not_pull_the_means_down():
    # Ten classes of one photo each: a resample misses a third of them.
    truth = np.arange(10)
    right_but_one = np.where(truth == 9, 0, truth)
    recall = mean_scores(truth, right_but_one, 10)["macro_recall"]
    assert recall.value == pytest.approx(0.9)
    assert recall.low > 0.5
    assert recall.high == 1.0


def test_macro_interval_holds_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(0)
    skill = np.array([0.95, 0.9, 0.8, 0.7, 0.6])
    true_recall, held = skill.mean(), 0
    for trial in range(120):
        truth = generator.integers(0, 5, 120)
        wrong = generator.uniform(size=120) > skill[truth]
        predicted = np.where(wrong, (truth + generator.integers(1, 5, 120)) % 5, truth)
        recall = mean_scores(truth, predicted, 5, seed=trial)["macro_recall"]
        held += recall.low <= true_recall <= recall.high
    assert 0.89 <= held / 120 <= 0.99


def test_by_groups_no_interval_of_a_class_is_narrower():
    truth, predicted = drawn(40, 3)
    copies = np.repeat(np.arange(40), 8)
    grouped = scores_by_class(truth[copies], predicted[copies], 3, groups=copies.tolist())
    independent = scores_by_class(truth[copies], predicted[copies], 3)
    for ours, theirs in zip(grouped, independent, strict=True):
        for kind in ("precision", "recall", "f1"):
            wide, narrow = getattr(ours, kind), getattr(theirs, kind)
            assert wide.value == narrow.value
            assert wide.low <= narrow.low
            assert narrow.high <= wide.high
    assert grouped[0].recall.low < independent[0].recall.low - 0.05


def test_confusion_matrix_of_no_photos_is_empty():
    nothing = np.zeros(0, dtype=int)
    assert confusion_matrix(nothing, nothing, 3).tolist() == [[0, 0, 0]] * 3
