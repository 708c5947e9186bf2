from typing import Any

import pytest

from touchline.errors import UsageError
from touchline.training.settings import FitSettings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "epochs at least 1; found 0"),
        ({"warmup_epochs": -0.5}, "warmup_epochs at least 0; found -0.5"),
        ({"minimum_fraction": 1.5}, r"minimum_fraction in \[0, 1\]; found 1.5"),
        ({"patience": 0, "monitor": "loss"}, "patience at least 1; found 0"),
        ({"ema_decay": 1.0}, r"ema_decay in \[0, 1\); found 1.0"),
        ({"gradient_clip": 0.0}, "gradient_clip above 0; found 0.0"),
        ({"seed": -1}, "seed at least 0; found -1"),
        ({"patience": 3}, "monitored figure for early stopping; found patience 3 and none"),
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FitSettings(**values)


def test_the_edges_of_the_ranges_are_fine() -> None:
    FitSettings(epochs=1, warmup_epochs=0, minimum_fraction=0.0, patience=1, monitor="loss")
    FitSettings(minimum_fraction=1.0, ema_decay=0.0, gradient_clip=1e-9, seed=0)
