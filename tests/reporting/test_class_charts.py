import numpy as np
import pytest
from PIL import Image

from touchline.reporting import class_charts
from touchline.reporting.class_charts import confusion_chart, counts_chart, f1_chart
from touchline.reporting.confidence import Score, wilson

HOSTILE = ("a $x^2$ b_{", "日本語 \x1b[31m", "very long " * 20, "caf\udce9")


@pytest.fixture
def figure_of(monkeypatch, tmp_path):
    """Draws a chart and gives its figure instead of writing it."""
    monkeypatch.setattr(class_charts, "write_png", lambda figure, _: figure)
    return lambda draw, *arguments: draw(*arguments, tmp_path / "chart.png")


def matrix_of(count):
    return np.random.default_rng(0).integers(0, 10, (count, count))


def names(count):
    return [f"class {number}" for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 17, 100])
def test_charts_are_written_at_every_number_of_classes(count, tmp_path):
    scores = [wilson(number % 5, 5) for number in range(count)]
    for draw, values in (
        (confusion_chart, matrix_of(count)), (f1_chart, scores), (counts_chart, range(count)),
    ):  # fmt: skip
        path = tmp_path / f"{draw.__name__}.png"
        assert draw(values, names(count), path) == path
        with Image.open(path) as image:
            image.load()
            assert image.format == "PNG"
            assert 200 < image.width < 2200
            assert path.stat().st_size < 600_000


def test_names_are_text_and_no_formula(tmp_path):
    confusion_chart(matrix_of(4), HOSTILE, tmp_path / "confusion.png")
    f1_chart([wilson(1, 2)] * 4, HOSTILE, tmp_path / "f1.png")
    counts_chart([1, 2, 3, 4], HOSTILE, tmp_path / "counts.png")
    assert len(list(tmp_path.iterdir())) == 3


def test_every_count_but_zero_is_in_its_cell(figure_of):
    matrix = np.array([[7, 0, 12], [3, 45, 0], [0, 0, 0]])
    axes = figure_of(confusion_chart, matrix, names(3)).axes[0]
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {(0, 0): "7", (2, 0): "12", (0, 1): "3", (1, 1): "45"}
    assert [label.get_text() for label in axes.get_yticklabels()] == names(3)


def test_counts_are_left_out_where_they_no_longer_fit(figure_of):
    for count, largest, written in ((40, 99, 40), (40, 99999, 0), (100, 5, 0)):
        matrix = np.diag(np.full(count, largest))
        assert len(figure_of(confusion_chart, matrix, names(count)).axes[0].texts) == written


def test_colour_is_the_share_of_the_true_class(figure_of):
    matrix = np.array([[1, 3], [0, 0]])
    (picture,) = figure_of(confusion_chart, matrix, names(2)).axes[0].images
    np.testing.assert_allclose(picture.get_array(), [[0.25, 0.75], [0, 0]])


def test_f1_is_worst_first_with_its_interval(figure_of):
    scores = [Score(0.9, 5, 0.6, 1.0), Score(0.2, 5, 0.1, 0.5), Score(0.5, 5, 0.3, 0.7)]
    axes = figure_of(f1_chart, scores, ["a", "b", "c"]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c", "a"]
    assert axes.yaxis_inverted()
    assert [bar.get_width() for bar in axes.patches] == [0.2, 0.5, 0.9]
    ends = [segment[:, 0].tolist() for segment in axes.collections[0].get_segments()]
    assert ends == [[0.1, 0.5], [0.3, 0.7], [0.6, 1.0]]


def test_counts_keep_the_order_of_the_classes(figure_of):
    axes = figure_of(counts_chart, [3, 0, 1200], ["a", "b", "c"]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert [text.get_text() for text in axes.texts] == ["3", "0", "1,200"]


def test_the_same_numbers_make_the_same_bytes(tmp_path):
    for name in ("first.png", "second.png"):
        confusion_chart(matrix_of(5), names(5), tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
