"""The crops of a training stage: a share of the data, whole actions at a time."""

from collections.abc import Sequence

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import Crop


def crops_of_stage(crops: Sequence[Crop], share: float, seed: int) -> tuple[Crop, ...]:
    """Some of the crops, in their order: whole actions, or whole identities where there are none.

    A larger share holds every smaller one of the same seed, so what a stage has learnt from is
    still there in the next.

    Args:
        crops: those of the whole training.
        share: of the actions (and of the identities outside actions), above 0 and at most 1;
            rounded, but at least one is taken.
        seed: decides which.

    Returns:
        The chosen crops; none only where there are none.

    Raises:
        UsageError: when the share is out of its range.
    """
    if not 0 < share <= 1:
        raise UsageError("a share above 0 and at most 1", repr(share), "Change that value.")
    # Sorted, so that the order in which crops were found decides nothing.
    wholes = sorted({_whole(crop) for crop in crops})
    order = np.random.default_rng(seed).permutation(len(wholes))
    chosen = {wholes[place] for place in order[: max(1, round(share * len(wholes)))]}
    return tuple(crop for crop in crops if _whole(crop) in chosen)


def _whole(crop: Crop) -> tuple[str, str]:
    """What of the data is taken or left as one."""
    return (crop.action, "") if crop.action else ("", crop.identity)
