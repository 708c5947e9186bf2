import math

import numpy as np
import pytest
from PIL import Image

from touchline.reporting import curve_charts
from touchline.reporting.curve_charts import reliability_chart, risk_coverage_chart, training_chart
from touchline.reporting.reliability import reliability_bins
from touchline.reporting.risk import risk_coverage, threshold_for_risk

HISTORY = {
    "train_loss": [2.0, 1.0, 0.5], "validation_loss": [2.1, 1.4, 1.5],
    "train_accuracy": [0.3, 0.7, 0.95], "validation_accuracy": [0.28, 0.6, 0.58],
}  # fmt: skip


@pytest.fixture
def unwritten(monkeypatch):
    """Charts give their figure instead of writing it to the path, which may then be None."""
    monkeypatch.setattr(curve_charts, "write_png", lambda figure, _: figure)


def calibrated(n=500):
    generator = np.random.default_rng(0)
    confidence = generator.beta(1.6, 0.4, size=n)
    return confidence, generator.uniform(size=n) < confidence


def labels_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("n", [1, 3, 500])
def test_charts_are_written(n, tmp_path):
    confidence, correct = calibrated(n)
    reliability_chart(confidence, correct, tmp_path / "reliability.png")
    chosen = threshold_for_risk(confidence, correct, 0.1)
    risk_coverage_chart(confidence, correct, tmp_path / "risk.png", chosen)
    training_chart(tmp_path / "training.png", **HISTORY, chosen_epoch=2)
    for path in tmp_path.iterdir():
        with Image.open(path) as image:
            image.load()
            assert image.width > 400
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.usefixtures("unwritten")
def test_training_shows_both_curves_and_the_gap():
    figure = training_chart(None, **HISTORY, chosen_epoch=2)
    loss, accuracy = figure.axes
    assert loss.lines[0].get_ydata().tolist() == HISTORY["train_loss"]
    assert loss.lines[1].get_ydata().tolist() == HISTORY["validation_loss"]
    assert accuracy.lines[1].get_ydata().tolist() == HISTORY["validation_accuracy"]
    assert accuracy.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert accuracy.get_title(loc="left") == "Accuracy: gap +10.0 points at epoch 2"


def test_training_of_one_epoch_and_of_epochs_not_measured(tmp_path):
    one = {name: values[:1] for name, values in HISTORY.items()}
    training_chart(tmp_path / "one.png", **one, chosen_epoch=1)
    gaps = HISTORY | {"validation_loss": [math.nan, 1.4, 1.5]}
    training_chart(tmp_path / "gaps.png", **gaps, chosen_epoch=2)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.usefixtures("unwritten")
def test_reliability_shows_the_bins():
    confidence, correct = calibrated()
    bins = reliability_bins(confidence, correct)
    above, below = reliability_chart(confidence, correct, None).axes
    points = above.lines[1]
    assert points.get_xdata().tolist() == [each.confidence for each in bins]
    assert points.get_ydata().tolist() == [each.accuracy.value for each in bins]
    ends = [segment[:, 1].tolist() for segment in above.collections[0].get_segments()]
    assert ends == [[each.accuracy.low, each.accuracy.high] for each in bins]
    assert sum(bar.get_height() for bar in below.patches) == 500


@pytest.mark.usefixtures("unwritten")
def test_risk_coverage_marks_the_line_drawn():
    confidence, correct = calibrated()
    chosen = threshold_for_risk(confidence, correct, 0.1)
    figure = risk_coverage_chart(confidence, correct, None, chosen)
    curve, promise, mark = figure.axes[0].lines
    assert curve.get_ydata().tolist() == risk_coverage(confidence, correct).risk.tolist()
    assert set(promise.get_ydata()) == {0.1}
    assert (*mark.get_xdata(), *mark.get_ydata()) == (chosen.kept.value, chosen.wrong.value)
    assert "promised: at most 10 %" in labels_of(figure)
    assert f"confidence {chosen.threshold:.2f} or more" in labels_of(figure)[2]


@pytest.mark.usefixtures("unwritten")
def test_risk_coverage_without_a_line():
    confidence, correct = calibrated(5)
    assert len(risk_coverage_chart(confidence, correct, None).axes[0].lines) == 1
    # A promise that keeps nothing is drawn without a mark.
    chosen = threshold_for_risk(confidence, correct, 0.01)
    figure = risk_coverage_chart(confidence, correct, None, chosen)
    assert labels_of(figure) == ["mistakes among the kept", "promised: at most 1 %"]
