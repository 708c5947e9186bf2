from touchline.reporting.confidence import Score
from touchline.synth.study.verdicts import (
    HELPS,
    HURTS,
    UNTOLD,
    Contrast,
    headline,
    verdict_over,
)


def contrast(ratio: float, low: float, high: float) -> Contrast:
    return Contrast(ratio, Score((low + high) / 2, 100, low, high, "points"), 3, 5)


GOOD, BAD, UNSURE = contrast(1, 0.01, 0.05), contrast(2, -0.07, -0.02), contrast(4, -0.03, 0.05)


def test_the_interval_decides_the_word():
    assert [each.verdict for each in (GOOD, BAD, UNSURE)] == [HELPS, HURTS, UNTOLD]


def test_an_interval_that_touches_nothing_is_not_told():
    assert contrast(1, 0.0, 0.1).verdict == contrast(1, -0.1, 0.0).verdict == UNTOLD


def test_no_interval_is_not_told():
    assert contrast(1, float("nan"), float("nan")).verdict == UNTOLD
    assert contrast(1, float("nan"), float("nan")).as_dict()["smallest_seen"] is None


def test_one_word_for_all_ratios():
    assert verdict_over([GOOD, UNSURE]) == HELPS
    assert verdict_over([BAD, UNSURE]) == HURTS
    assert verdict_over([UNSURE, UNSURE]) == UNTOLD
    assert verdict_over([GOOD, BAD]) == "depends on how many"


def test_help_is_named_beside_augmentation():
    words = headline([GOOD, UNSURE], [contrast(1, -0.04, 0.02), BAD])
    assert words == (
        "Synthetic photos help: with 1 for each real one, +3.0 points [+1.0, +5.0] in accuracy on "
        "real photos. Whether that is more than as many randomly changed real photos do cannot be "
        "told (-1.0 points [-4.0, +2.0])."
    )


def test_more_help_than_augmentation_is_said():
    assert "That is more than as many randomly changed real photos do" in headline([GOOD], [GOOD])


def test_harm_is_said():
    words = headline([UNSURE, BAD], [UNSURE, BAD])
    assert words.startswith("Synthetic photos hurt: with 2 for each real one, -4.5 points")
    assert "As many randomly changed real photos do better" in words


def test_the_surest_ratio_is_named():
    small = contrast(0.5, 0.002, 0.004)
    assert "with 1 for each" in headline([small, GOOD], [UNSURE, UNSURE])


def test_what_cannot_be_told_says_what_would_have_been_seen():
    words = headline([UNSURE, contrast(8, -0.2, 0.1)], [UNSURE, UNSURE])
    assert words.startswith("Whether synthetic photos help cannot be told. The best ratio is 4:")
    assert "A difference of 15.0 points or more would have been seen at any ratio." in words


def test_where_nothing_could_have_been_seen_it_is_said():
    words = headline([contrast(1, -1.0, 1.0)], [UNSURE])
    assert "Hardly any difference would have been seen: it takes more rounds" in words


def test_both_ways_is_said():
    words = headline([GOOD, BAD], [UNSURE, UNSURE])
    assert words.endswith("at 1 it helps, at 2 it hurts.")
