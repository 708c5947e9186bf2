import math

import numpy as np
import pytest
from PIL import Image

from touchline.reporting.confidence import Score
from touchline.spotting import charts
from touchline.spotting.charts import (
    average_precision_chart,
    threshold_chart,
    time_error_chart,
    tolerance_chart,
)

UNMEASURED = Score(math.nan, 0, math.nan, math.nan)


@pytest.fixture
def figure_of(monkeypatch, tmp_path):
    """Draws a chart and gives its figure instead of writing it."""
    monkeypatch.setattr(charts, "write_png", lambda figure, _: figure)
    return lambda draw, *arguments: draw(*arguments, tmp_path / "chart.png")


def curves(axes):
    return {line.get_label(): line.get_xydata().tolist() for line in axes.lines}


def test_charts_are_written_also_where_there_is_nothing(tmp_path):
    drawn = [
        average_precision_chart([UNMEASURED], ["a $x^2$ b_{\x1b"], tmp_path / "1.png"),
        average_precision_chart([], [], tmp_path / "2.png"),
        tolerance_chart([0.0] * 5, tmp_path / "3.png"),
        threshold_chart(np.zeros(0), np.zeros(0, dtype=bool), 0, tmp_path / "4.png"),
        time_error_chart(np.zeros(0), 2.5, tmp_path / "5.png"),
    ]
    for path in drawn:
        with Image.open(path) as image:
            image.load()
            assert image.format == "PNG"


def test_classes_with_too_few_events_are_hatched_and_said(figure_of):
    scores = [Score(0.8, 20, 0.7, 0.9), Score(0.5, 19, 0.1, 0.9), UNMEASURED]
    axes = figure_of(average_precision_chart, scores, ["A", "B", "C"]).axes[0]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, True, True]
    assert [bar.get_width() for bar in axes.patches] == [0.8, 0.5, 0.0]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["20", "19 - too few", "0 - too few", "true events"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B", "C"]
    assert axes.yaxis_inverted()


def test_tolerances_are_half_of_the_windows(figure_of):
    axes = figure_of(tolerance_chart, [0.2, 0.4, 0.5, 0.6, 0.6]).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "±0.5 s", "±1 s", "±1.5 s", "±2 s", "±2.5 s",
    ]  # fmt: skip
    assert [text.get_text() for text in axes.texts] == ["20.0", "40.0", "50.0", "60.0", "60.0"]


def test_precision_and_recall_count_equals_together(figure_of):
    confidence = np.array([0.5, 0.9, 0.5, 0.2])
    right = np.array([True, True, False, False])
    drawn = curves(figure_of(threshold_chart, confidence, right, 4).axes[0])
    assert drawn["precision"] == [[0.9, 1.0], [0.5, pytest.approx(2 / 3)], [0.2, 0.5]]
    assert drawn["recall"] == [[0.9, 0.25], [0.5, 0.5], [0.2, 0.5]]
    assert drawn["F1"] == [[0.9, 0.4], [0.5, pytest.approx(4 / 7)], [0.2, 0.5]]


def test_every_time_error_falls_into_a_bin(figure_of):
    errors = np.array([-2.5, -0.04, 0.0, 0.3, 2.5])
    axes = figure_of(time_error_chart, errors, 2.5).axes[0]
    heights = [bar.get_height() for bar in axes.patches if bar.get_width() < 0.2]
    assert sum(heights) == 5
    assert len(heights) == 50
    assert axes.get_legend_handles_labels()[1] == ["counts for mAP@1", "median +0.00 s"]
