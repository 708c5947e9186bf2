"""How events are picked from scores; chosen on validation matches and kept with a run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from touchline.errors import UsageError

Suppression = Literal["nms", "soft", "none"]
SUPPRESSIONS: tuple[Suppression, ...] = ("nms", "soft", "none")


@dataclass(frozen=True)
class PeakSettings:
    """How events are picked from scores.

    Raises:
        UsageError: when a value is out of its range.
    """

    suppression: Suppression = "soft"
    """What becomes of weaker peaks of the same class near a stronger one: dropped (nms), weakened
    by (distance / window)² (soft, as T-DEED does) or left alone (none)."""
    window_seconds: float = 0.96
    """How near is near, before and after alike, at least 0."""
    smoothing_seconds: float = 0.0
    """Standard deviation of the Gaussian that smooths the scores first, at least 0; 0 is off."""
    displacement_seconds: float = 0.48
    """How far an offset may move a score, at least 0; 0 ignores offsets."""
    floor: float = 0.01
    """Peaks below this score are no events, in [1e-6, 1]. Kept low, for an average precision counts
    faint events too; which of them a person is shown is up to `thresholds`."""
    longest_seconds: float = 2.5
    """Peaks whose fate hangs together over a longer time than this are parted, and a score that
    stays the same for longer is a peak at once, so that a live video never waits for long; at
    least `window_seconds`."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Classes to the confidence from which their events are shown to a person."""

    def __post_init__(self) -> None:
        if self.suppression not in SUPPRESSIONS:
            raise UsageError(
                f"one of {', '.join(SUPPRESSIONS)} as suppression", repr(self.suppression),
                "Choose one of these.",
            )  # fmt: skip
        ranges = [
            ("window_seconds", self.window_seconds, 0.0, math.inf),
            ("smoothing_seconds", self.smoothing_seconds, 0.0, math.inf),
            ("displacement_seconds", self.displacement_seconds, 0.0, math.inf),
            ("floor", self.floor, 1e-6, 1.0),
            ("longest_seconds", self.longest_seconds, self.window_seconds, math.inf),
            *((f"threshold of {name}", at, 0.0, 1.0) for name, at in self.thresholds.items()),
        ]
        for name, value, lowest, highest in ranges:
            if not lowest <= value <= highest or value == math.inf:
                raise UsageError(
                    f"{name} between {lowest:g} and {highest:g}", repr(value), "Change that value."
                )
