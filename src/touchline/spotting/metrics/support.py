"""How many true events or clips a score needs, and what is written where there are too few."""

import math

from touchline.reporting.confidence import Score
from touchline.reporting.tables import format_value

TOO_FEW = 20
"""Below so many true items the AP of a class says next to nothing: one item is 5 points."""

TOO_FEW_TEXT = "too few to say"
UNMEASURED = Score(math.nan, 0, math.nan, math.nan)


def share_text(value: float) -> str:
    """A share without an interval, as tables show it.

    >>> share_text(0.7621)
    '76.2 %'
    """
    return format_value(Score(value, 1, math.nan, math.nan))
