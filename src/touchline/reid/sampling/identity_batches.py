"""Batches of P people with up to K crops each, drawn anywhere, for data without actions."""

import numpy as np
from numpy.typing import NDArray

from touchline.reid.crops import Codes
from touchline.reid.sampling.action_batches import action_batches


def identity_batches(
    crops: Codes, identities: int, crops_each: int, seed: int, epoch: int
) -> list[NDArray[np.intp]]:
    """The batches of an epoch: the PK batches of https://arxiv.org/abs/1703.07737.

    They are those of `action_batches` when all crops are of one action: no crop comes twice, and
    whoever has one crop is only a negative.

    Args:
        crops: who is on the crops; identity -1 is left out. Actions are not looked at.
        identities: P, the most people in a batch, at least 2.
        crops_each: K, the most crops of each, at least 2.
        seed: of the run.
        epoch: from 0.

    Returns:
        Indices of crops, at most P x K a batch; empty when nobody has two crops, or there is only
        one person.
    """
    anywhere = np.zeros(len(crops), dtype=np.int64)
    as_one = Codes(crops.identities, anywhere, crops.cameras)
    return action_batches(as_one, anywhere, identities, crops_each, seed, epoch)
