import numpy as np
import pytest

from touchline.spotting.metrics.means import mean_members, mean_of_measured

# PASS, DRIVE, HEADER, HIGH PASS, OUT, CROSS, THROW IN, SHOT, BLOCK, TACKLE, FREE KICK, GOAL.
CLASSES = [*"ABCDEFGHIJ", "FREE KICK", "GOAL"]
EFFICIENTNET = [86.35, 79.53, 26.08, 48.59, 16.73, 29.03, 29.73, 24.14, 13.36, 2.12, 16.24, 3.84]
FOCAL_LSTM = [67.09, 59.46, 38.26, 59.39, 12.92, 34.86, 24.98, 23.38, 5.7, 0, 50, 0]


@pytest.mark.parametrize(
    ("per_class", "of_twelve", "of_ten"),
    [(EFFICIENTNET, 31.31, 35.57), (FOCAL_LSTM, 31.34, 32.60)],
)
def test_published_means_follow_from_the_published_classes(per_class, of_twelve, of_ten):
    values = np.array([per_class])
    means = {
        name: mean_of_measured(values[:, members])[0]
        for name, members in mean_members(CLASSES).items()
    }
    assert means == {
        "mAP12": pytest.approx(of_twelve, abs=0.005), "mAP10": pytest.approx(of_ten, abs=0.005),
    }  # fmt: skip


def test_only_rare_classes_have_no_mean_without_them():
    assert list(mean_members(["GOAL", "FREE KICK"])) == ["mAP2"]
