"""What each ratio changes, drawn: synthetic photos and augmentation alone beside each other."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.ticker import FuncFormatter

from touchline.reporting.figures import BLUE, INK, ORANGE, new_figure, quiet_axes, write_png
from touchline.synth.study.verdicts import Contrast

APART = 0.12


def difference_chart(
    synthetic: Sequence[Contrast], augmentation: Sequence[Contrast], path: Path
) -> Path:
    """Draw differences in accuracy against nothing added, with their intervals.

    Args:
        synthetic: of synthetic photos, a contrast a ratio.
        augmentation: of as many randomly changed real photos, in the same order.
        path: the PNG to write.
    """
    figure = new_figure(7.2, 3.8)
    axes = quiet_axes(figure.add_subplot(), grid="y")
    axes.axhline(0, color=INK, linewidth=0.8)
    for contrasts, shift, colour, sign, label in (
        (synthetic, -APART, BLUE, "o", "synthetic photos"),
        (augmentation, APART, ORANGE, "s", "as many randomly changed real photos"),
    ):
        places = [place + shift for place in range(len(contrasts))]
        scores = [each.difference for each in contrasts]
        axes.vlines(
            places, [score.low for score in scores], [score.high for score in scores],
            color=colour, linewidth=1.8,
        )  # fmt: skip
        axes.plot(places, [score.value for score in scores], sign, color=colour, label=label)
    axes.set_xticks(range(len(synthetic)), [f"{each.ratio:g}" for each in synthetic])
    axes.set_xlabel("photos added for each real one")
    axes.set_ylabel("change in accuracy, points")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: _points(share)))
    axes.set_title("Accuracy on real photos against nothing added", loc="left")
    figure.legend(frameon=False, loc="outside lower left", alignment="left")
    return write_png(figure, path)


def _points(share: float) -> str:
    """A difference of shares as it stands at a tick, in points.

    >>> _points(-0.025), _points(0.1), _points(0.0)
    ('-2.5', '+10', '0')
    """
    return f"{100 * share:+.3g}" if share else "0"
