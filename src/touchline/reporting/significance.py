"""Whether a difference could be chance: p-values for answers to the same questions."""

from collections.abc import Sequence

import numpy as np


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p-value of McNemar's exact test (1947): were the disagreements a fair coin?

    Args:
        only_first: on how many items only the first model is right.
        only_second: on how many only the second is; items both or neither have right do not matter.

    Returns:
        A probability; 1 when the models never disagree.

    >>> round(mcnemar(1, 5), 5)  # twice the chance of at most one head in six throws: 2 x 7 / 64
    0.21875
    """
    from scipy.special import bdtr

    if only_first == only_second:
        return 1.0
    tail = float(bdtr(min(only_first, only_second), only_first + only_second, 0.5))
    return min(1.0, 2 * tail)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected so that one false claim among all of them stays rare (Holm, 1979).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(np.argsort(p_values, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
