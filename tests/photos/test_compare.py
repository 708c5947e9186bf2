import json

import numpy as np
import pytest
from scipy import stats

from touchline.errors import UsageError
from touchline.photos.compare import NOT_DISTINGUISHABLE, ScoredRun, compare, compare_runs
from touchline.reporting.confidence import wilson
from touchline.reporting.tables import as_terminal_text


def run(name, right, **cost):
    """A run on photos 0, 1, ... of class `golf` that is right where `right` says so."""
    photos = tuple(f"golf/{number}.jpg" for number in range(len(right)))
    predicted = tuple("golf" if hit else "judo" for hit in right)
    return ScoredRun(name, photos, ("golf",) * len(right), predicted, **cost)


def answers(both, only_first, only_second, neither):
    counts = (both, only_first, only_second, neither)
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


def compared(*counts, **arguments):
    first, second = answers(*counts)
    return compare(run("A", first), run("B", second), **arguments)


def test_difference_counts_and_p_value():
    found = compared(80, 12, 3, 5)
    assert found.difference.value == pytest.approx(0.09)
    assert (found.difference.n, found.difference.unit) == (100, "points")
    assert (found.only_first, found.only_second) == (12, 3)
    assert found.p_value == pytest.approx(stats.binomtest(12, 15).pvalue)


def test_interval_equals_scipy_paired_bootstrap():
    first, second = answers(60, 15, 5, 20)
    found = compared(60, 15, 5, 20).difference
    expected = stats.bootstrap(
        (first, second), lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        paired=True, n_resamples=4000, method="percentile", rng=np.random.default_rng(5),
    ).confidence_interval  # fmt: skip
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.012)


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((80, 15, 2, 3), "A better"),
        ((80, 2, 15, 3), "B better"),
        ((80, 6, 4, 10), NOT_DISTINGUISHABLE),  # as often one as the other
        ((95, 4, 0, 1), NOT_DISTINGUISHABLE),  # four photos prove nothing: p = 1/8
        ((100, 0, 0, 0), NOT_DISTINGUISHABLE),  # never of two minds
        ((0, 1, 0, 0), NOT_DISTINGUISHABLE),  # one photo
    ],
)
def test_verdict(counts, verdict):
    assert compared(*counts).verdict == verdict


def test_swapping_the_runs_swaps_the_answer():
    forth, back = compared(70, 15, 5, 10), compared(70, 5, 15, 10)
    assert back.p_value == forth.p_value
    assert back.difference.value == -forth.difference.value
    assert back.difference.low == pytest.approx(-forth.difference.high, abs=0.02)


def test_runs_that_never_disagree_could_still_differ():
    difference = compared(8, 0, 0, 2).difference
    unseen = wilson(0, 10).high
    assert (difference.value, difference.low, difference.high) == (0.0, -unseen, unseen)


def test_photos_are_matched_by_name_not_by_order():
    first, second = answers(20, 10, 2, 8)
    ours, theirs = run("A", first), run("B", second)
    order = np.random.default_rng(0).permutation(40)
    shuffled = ScoredRun(
        "B", *([column[i] for i in order] for column in (theirs.photos, theirs.truth)),
        [theirs.predicted[i] for i in order],
    )  # fmt: skip
    assert compare(ours, shuffled) == compare(ours, theirs)


def test_bursts_are_less_proof_than_as_many_photos():
    # One run is better in 9 bursts of 5 and worse in 3; photo by photo that would be overwhelming.
    first, second = answers(100, 45, 15, 40)
    groups = {f"golf/{number}.jpg": number // 5 for number in range(200)}
    assert compare(run("A", first), run("B", second)).verdict == "A better"
    by_burst = compare(run("A", first), run("B", second), groups=groups)
    assert by_burst.difference.low < 0 < by_burst.difference.high
    assert by_burst.verdict == NOT_DISTINGUISHABLE


def test_no_difference_is_seldom_called_one():
    generator, claims = np.random.default_rng(0), 0
    for trial in range(200):
        first, second = generator.uniform(size=(2, 80)) < 0.8
        claims += compare(run("A", first), run("B", second), seed=trial).verdict != (
            NOT_DISTINGUISHABLE
        )
    assert claims <= 16  # 5 % of 200, and as much more as chance brings once in twenty times


def test_three_runs_are_corrected_by_holm():
    first, second = answers(80, 10, 2, 8)  # p = 0.039 alone
    runs = [run("A", first), run("B", second), run("C", second)]
    found = compare_runs(runs)
    alone = stats.binomtest(10, 12).pvalue
    assert [(pair.first, pair.second) for pair in found.pairs] == [
        ("A", "B"), ("A", "C"), ("B", "C"),
    ]  # fmt: skip
    assert [pair.p_value for pair in found.pairs] == pytest.approx([3 * alone, 3 * alone, 1.0])
    assert compare(*runs[:2]).verdict == "A better"
    assert all(pair.verdict == NOT_DISTINGUISHABLE for pair in found.pairs)


def test_table_of_runs_is_best_first_with_the_costs_known():
    first, second = answers(80, 10, 2, 8)
    found = compare_runs([
        run("slow", second, seconds=2239.2, parameters=26_182_308),
        run("fast", first, seconds=74.5, parameters=4_652_008),
    ])  # fmt: skip
    table = found.run_table()
    assert table.columns == ("run", "accuracy", "wall time (s)", "parameters")
    assert table.rows[0] == ("fast", wilson(90, 100), 74.5, 4_652_008)
    assert [row[0] for row in table.rows] == ["fast", "slow"]
    assert "90.0 % [82.6, 94.5] (n = 100)" in as_terminal_text(table)
    pairs = as_terminal_text(found.pair_table())
    assert "-8.0 points" in pairs
    assert "fast better" in pairs


def test_comparison_is_json():
    first, second = answers(8, 1, 1, 2)
    found = json.loads(
        json.dumps(compare_runs([run("A", first), run("B", second)]).as_dict(), allow_nan=False)
    )
    assert found["runs"][0]["accuracy"] == wilson(9, 12).as_dict()
    assert found["pairs"][0]["verdict"] == NOT_DISTINGUISHABLE
    assert set(found["pairs"][0]["difference"]) == {"value", "n", "low", "high"}


def test_different_photos_are_refused():
    with pytest.raises(
        UsageError, match=r"same photos in 'A' and 'B'; found 1 in one .*golf/2.jpg"
    ):
        compare(run("A", [1, 1, 0]), run("B", [1, 1]))


def test_different_truth_is_refused():
    other = ScoredRun("B", ("golf/0.jpg",), ("judo",), ("judo",))
    with pytest.raises(UsageError, match=r"one true class of 'golf/0.jpg'; found 'golf' in 'A'"):
        compare(run("A", [1]), other)


def test_a_photo_twice_is_refused():
    with pytest.raises(UsageError, match=r"each photo once in 'A'; found 'x.jpg' 2 times"):
        ScoredRun("A", ("x.jpg", "x.jpg"), ("golf", "golf"), ("golf", "judo"))


@pytest.mark.parametrize(
    ("photos", "truth", "predicted"),
    [((), (), ()), (("x.jpg",), (), ("golf",)), (("x.jpg",), ("golf",), ())],
)
def test_a_run_without_an_answer_a_photo_is_refused(photos, truth, predicted):
    with pytest.raises(UsageError, match="a true class and a label for each"):
        ScoredRun("A", photos, truth, predicted)


def test_one_run_cannot_be_compared():
    with pytest.raises(UsageError, match="two or more runs to compare; found 1"):
        compare_runs([run("A", [1])])
