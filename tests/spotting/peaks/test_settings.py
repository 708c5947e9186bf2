import json
from dataclasses import asdict
from typing import Any

import pytest

from touchline.errors import UsageError
from touchline.spotting.peaks.settings import PeakSettings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"suppression": "hard"}, "one of nms, soft, none as suppression; found 'hard'"),
        ({"window_seconds": -1}, "window_seconds between 0 and inf; found -1"),
        ({"window_seconds": float("inf"), "longest_seconds": float("inf")}, "found inf"),
        ({"window_seconds": float("nan")}, "window_seconds between 0 and inf; found nan"),
        ({"smoothing_seconds": -0.1}, "smoothing_seconds between 0 and inf; found -0.1"),
        ({"displacement_seconds": -0.1}, "displacement_seconds between 0 and inf; found -0.1"),
        ({"floor": 0.0}, "floor between 1e-06 and 1; found 0.0"),
        ({"longest_seconds": 0.5}, "longest_seconds between 0.96 and inf; found 0.5"),
        ({"thresholds": {"PASS": 1.5}}, "threshold of PASS between 0 and 1; found 1.5"),
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        PeakSettings(**values)


def test_settings_survive_json() -> None:
    chosen = PeakSettings(suppression="nms", window_seconds=1.5, thresholds={"PASS": 0.25})
    assert PeakSettings(**json.loads(json.dumps(asdict(chosen)))) == chosen
