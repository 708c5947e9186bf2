import pytest
from PIL import Image

from touchline.spotting import match_chart as module
from touchline.spotting.events import Event
from touchline.spotting.match_chart import match_chart

CLASSES = ("PASS", "OUT")
TRUTH = [Event(10.0, "PASS"), Event(30.0, "PASS"), Event(40.0, "OUT")]
SHOWN = [Event(10.4, "PASS", 0.9), Event(40.9, "OUT", 0.8)]


@pytest.fixture
def panels_of(monkeypatch, tmp_path):
    """The panels of a match, each as the seconds of every kind of mark."""
    monkeypatch.setattr(module, "write_png", lambda figure, _: figure)

    def draw(*arguments):
        figure = match_chart(*arguments, tmp_path / "chart.png")
        return [
            {
                line.get_label(): list(line.get_xdata())
                for line in axes.lines
                if not line.get_label().startswith("_")
            }
            for axes in figure.axes
        ]

    return draw


def test_found_missed_hits_and_false_alarms_are_told_apart(panels_of):
    assert panels_of(TRUTH, SHOWN, CLASSES) == [{
        "true, found": [10.0], "true, missed": [30.0, 40.0],
        "predicted, a hit (±0.5 s)": [10.4], "predicted, a false alarm": [40.9],
    }]  # fmt: skip


def test_each_half_and_each_quarter_of_an_hour_has_its_strip(panels_of):
    truth = [Event(time, "PASS", half=half) for half, time in ((1, 5.0), (1, 900.0), (2, 7.0))]
    assert [panel["true, missed"] for panel in panels_of(truth, [], CLASSES)] == [
        [5.0], [900.0], [7.0],
    ]  # fmt: skip


def test_labels_that_are_no_class_are_left_out(panels_of):
    (panel,) = panels_of([], [Event(3.0, "SAVE", 0.9)], CLASSES)
    assert panel["predicted, a false alarm"] == []


@pytest.mark.parametrize(("truth", "classes"), [([], ()), ([], CLASSES), (TRUTH, CLASSES)])
def test_a_picture_is_written(truth, classes, tmp_path):
    with Image.open(match_chart(truth, [], classes, tmp_path / "m.png")) as image:
        image.load()
        assert image.format == "PNG"
