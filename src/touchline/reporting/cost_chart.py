"""What more accuracy costs: several ways of doing one thing, accuracy against price."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.ticker import FuncFormatter, NullFormatter

from touchline.reporting.confidence import Score
from touchline.reporting.figures import (
    BLUE,
    GREY,
    INK,
    LONGEST_NAME,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)
from touchline.reporting.plain_text import shortened


@dataclass(frozen=True)
class Costed:
    """One way: its name, its accuracy, and its price (above 0, in any unit)."""

    name: str
    accuracy: Score
    cost: float


def cost_chart(points: Sequence[Costed], cost: str, path: Path) -> Path:
    """Draw accuracy with its interval against cost on a logarithmic axis.

    Those that nothing beats, being cheaper and at least as accurate, are joined by a line.

    Args:
        points: at least one.
        cost: what the price is, for the axis.
        path: the PNG to write.
    """
    figure = new_figure(7.5, 4.2)
    axes = quiet_axes(figure.subplots())
    front = unbeaten(points)
    axes.plot([p.cost for p in front], [p.accuracy.value for p in front], color=GREY, linewidth=1)
    for point in points:
        score = point.accuracy
        reach = [[score.value - score.low], [score.high - score.value]]
        axes.errorbar(point.cost, score.value, yerr=reach, fmt="o", color=BLUE, capsize=3)
        axes.annotate(
            shortened(point.name, LONGEST_NAME), (point.cost, score.value), (7, 4),
            textcoords="offset points", color=INK, fontsize=9, parse_math=False,
        )  # fmt: skip
    axes.set_xscale("log")
    plain = FuncFormatter(lambda cost, _: f"{cost:.10g}")
    axes.xaxis.set_major_formatter(plain)
    costs = [point.cost for point in points]
    # Within one power of ten its own marks alone would leave the axis without a number.
    axes.xaxis.set_minor_formatter(plain if max(costs) < 10 * min(costs) else NullFormatter())
    axes.margins(x=0.25)
    axes.set_xlabel(cost)
    axes.set_ylabel("accuracy")
    axes.yaxis.set_major_formatter(per_cent())
    return write_png(figure, path)


def unbeaten(points: Sequence[Costed]) -> list[Costed]:
    """Those that no other matches in accuracy at a lower or equal cost, the cheapest first.

    >>> half, most = Score(0.5, 9, 0.2, 0.8), Score(0.8, 9, 0.5, 1.0)
    >>> points = [Costed("a", most, 3.0), Costed("b", half, 1.0), Costed("c", half, 2.0)]
    >>> [point.name for point in unbeaten(points)]
    ['b', 'a']
    """
    front: list[Costed] = []
    for point in sorted(points, key=lambda each: (each.cost, -each.accuracy.value)):
        if not front or point.accuracy.value > front[-1].accuracy.value:
            front.append(point)
    return front
