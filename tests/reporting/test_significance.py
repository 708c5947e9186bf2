import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from touchline.reporting.significance import holm, mcnemar

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("only_first", "only_second"), [(0, 0), (0, 1), (5, 5), (1, 5), (12, 30), (30, 12), (0, 400)]
)
def test_mcnemar_equals_the_exact_binomial_test(only_first, only_second):
    trials = only_first + only_second
    expected = stats.binomtest(only_first, trials).pvalue if trials else 1.0
    assert mcnemar(only_first, only_second) == pytest.approx(expected)


@given(st.integers(0, 100), st.integers(0, 100))
def test_mcnemar_is_a_probability_and_takes_no_side(only_first, only_second):
    p_value = mcnemar(only_first, only_second)
    assert 0 <= p_value <= 1
    assert p_value == mcnemar(only_second, only_first)


def test_holm_of_a_published_example():
    # The example of R's `p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")`.
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


@given(p_values)
def test_holm_keeps_the_order_and_never_lowers(values):
    corrected = holm(values)
    assert all(p <= after <= 1 for p, after in zip(values, corrected, strict=True))
    ranked = sorted(zip(values, corrected, strict=True))
    assert [after for _, after in ranked] == sorted(corrected)
    # Rejecting at 5 % is what Holm's own step-down rule does.
    rejected, allowed = 0, len(values)
    for p in sorted(values):
        if p * (allowed - rejected) > 0.05:
            break
        rejected += 1
    assert sum(after <= 0.05 for after in corrected) == rejected


def test_holm_of_one_value_and_of_none():
    assert holm([0.03]) == [0.03]
    assert holm([]) == []
