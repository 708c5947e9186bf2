"""The batches of an epoch as the settings ask for them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reid.config import BatchSettings
from touchline.reid.crops import Codes, Crop
from touchline.reid.sampling.action_batches import action_batches
from touchline.reid.sampling.identity_batches import identity_batches


def epoch_batches(
    crops: Codes, matches: NDArray[np.int64], settings: BatchSettings, seed: int, epoch: int
) -> list[NDArray[np.intp]]:
    """The batches of an epoch, drawn inside actions or anywhere.

    Args:
        crops: who is on the crops, and in which action.
        matches: the match of each crop, as `match_codes` gives them.
        settings: P, K, and which sampler; `auto` takes actions where any crop has one.
        seed: of the run.
        epoch: from 0.

    Returns:
        Indices of crops; at least one batch.

    Raises:
        UsageError: when there is nobody to recognise, or nobody to tell them from.
    """
    inside = settings.sampler == "action" or (
        settings.sampler == "auto" and bool((crops.actions >= 0).any())
    )
    size = (settings.identities, settings.crops)
    batches = (
        action_batches(crops, matches, *size, seed, epoch)
        if inside
        else identity_batches(crops, *size, seed, epoch)
    )
    if not batches:
        where = " in one action" if inside else ""
        raise UsageError(
            f"at least two people{where}, one of them with two crops, to learn from",
            f"no such among {len(crops)} crops",
            "Give more crops, or a larger share of them.",
        )  # fmt: skip
    return batches


def match_codes(crops: Sequence[Crop]) -> NDArray[np.int64]:
    """A whole number for the match of each crop, equal for equal names."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(crop.match, len(numbers)) for crop in crops], np.int64)
