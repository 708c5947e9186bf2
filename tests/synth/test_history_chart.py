"""The chart of a generator's training, whatever its rows hold."""

from pathlib import Path

import pytest
from PIL import Image

from touchline.synth.history_chart import history_chart
from touchline.training.history import Row

FIRST: Row = {"images": 0, "kid": 0.5}


def width(rows: list[Row], path: Path) -> int:
    with Image.open(history_chart(rows, path)) as picture:
        return picture.width


def test_a_panel_for_each_kind_of_figure_that_there_is(tmp_path: Path) -> None:
    losses: Row = {"images": 10, "loss_generator": 1.0, "loss_discriminator": 2.0, "kid": 0.4}
    adaptive: Row = {**losses, "ada_strength": 0.1}
    widths = [
        width(rows, tmp_path / f"{number}.png")
        for number, rows in enumerate(([FIRST], [FIRST, losses], [FIRST, adaptive]))
    ]
    assert widths[0] < widths[1] < widths[2]


@pytest.mark.parametrize("kid", [float("nan"), 0.5])
def test_a_score_that_is_no_number_is_never_the_best(kid: float, tmp_path: Path) -> None:
    assert width(
        [{"images": 0, "kid": kid}, {"images": 5, "kid": float("nan")}], tmp_path / "a.png"
    )


def test_more_losses_than_colours(tmp_path: Path) -> None:
    row: Row = {"images": 1, "kid": 0.1, **{f"loss_{number}": 1.0 for number in range(6)}}
    assert width([FIRST, row], tmp_path / "a.png")
