"""The chart of accuracy against cost."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from touchline.reporting import cost_chart as module
from touchline.reporting.confidence import wilson
from touchline.reporting.cost_chart import Costed, cost_chart, unbeaten


def point(name: str, right: int, cost: float) -> Costed:
    return Costed(name, wilson(right, 20), cost)


def test_what_another_beats_at_no_higher_cost_is_left_out() -> None:
    points = [point("dear", 18, 9.0), point("cheap", 10, 1.0), point("beaten", 10, 2.0),
              point("same price, worse", 9, 1.0), point("middle", 15, 3.0)]  # fmt: skip
    assert [each.name for each in unbeaten(points)] == ["cheap", "middle", "dear"]
    assert unbeaten([]) == []


@pytest.mark.parametrize("rights", [[20], [0, 20], [3, 9, 9]])
def test_it_is_written(rights: list[int], tmp_path: Path) -> None:
    points = [point(f"${right}", right, 0.01 * place) for place, right in enumerate(rights, 1)]
    with Image.open(cost_chart(points, "seconds", tmp_path / "c.png")) as image:
        assert image.width > 400


def test_every_point_is_named_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(module, "write_png", lambda figure, _: drawn.append(figure))
    cost_chart([point("a", 5, 2.0), point("b", 15, 30.0)], "seconds a photo", Path("unused"))
    (axes,) = drawn[0].axes
    assert [(text.get_text(), text.xy) for text in axes.texts] == [  # type: ignore[attr-defined]
        ("a", (2.0, 0.25)), ("b", (30.0, 0.75)),
    ]  # fmt: skip
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "seconds a photo")


@pytest.mark.parametrize(("costs", "shown"), [((0.125, 0.2), "0.2"), ((0.5, 300.0), "100")])
def test_costs_are_plain_decimals(
    costs: tuple[float, float], shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(module, "write_png", lambda figure, _: drawn.append(figure))
    cost_chart([point(f"{cost}", 9, cost) for cost in costs], "seconds", Path("unused"))
    (axes,) = drawn[0].axes
    drawn[0].canvas.draw()
    labels = [each.get_text() for each in axes.get_xticklabels(which="both")]
    assert shown in labels
    assert not any("10^" in each or "e" in each for each in labels)
