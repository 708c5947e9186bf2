"""The chart of a training: what it draws, and when there is none."""

import math
from pathlib import Path

import pytest
from PIL import Image

from touchline.reporting import learning_section as module
from touchline.reporting.learning_section import learning_chart, learning_section
from touchline.reporting.page import Picture


def test_it_marks_the_epoch_that_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "write_png", lambda figure, _: figure)
    figure = learning_chart([2.0, 1.0, 0.5], [0.1, 0.4, 0.3], 2, "validation mAP", tmp_path)
    left, right = figure.axes
    assert left.lines[0].get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert right.lines[0].get_xydata().tolist() == [[1, 0.1], [2, 0.4], [3, 0.3]]
    assert list(right.lines[1].get_xdata()) == [2, 2]
    assert right.get_title(loc="left") == "Validation mAP"


def test_an_unmeasured_epoch_is_drawn_and_described(tmp_path: Path) -> None:
    path = tmp_path / "training.png"
    [section] = learning_section([1.0], [math.nan], 1, "validation mAP", path)
    [picture] = section.parts
    assert isinstance(picture, Picture)
    assert picture.alt == "Loss and validation mAP over 1 epochs; epoch 1 is kept"
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"


def test_without_epochs_there_is_no_section(tmp_path: Path) -> None:
    assert learning_section([], [], 0, "validation mAP", tmp_path / "none.png") == ()
    assert list(tmp_path.iterdir()) == []
