"""Which crops of a batch are to be near to each other, and which far apart."""

from typing import NamedTuple

import torch
from torch import Tensor


class Pairs(NamedTuple):
    """Both `(batch, batch)`, of truth values and symmetric."""

    positive: Tensor
    """Two crops of one person."""
    negative: Tensor
    """Crops of two people who may be compared."""

    @property
    def anchors(self) -> Tensor:
        """Crops with at least one of each, `(batch,)`."""
        return self.positive.any(dim=1) & self.negative.any(dim=1)


def pairs_of(identities: Tensor, actions: Tensor | None = None) -> Pairs:
    """The pairs that a loss may compare.

    A person has another identity in every action, so nothing is known of two crops of different
    actions: they are no pair at all. Nor is anything known of crops of identity -1.

    Args:
        identities: `(batch,)`; -1 where it is not known who it is.
        actions: `(batch,)`; -1 for none, which is an action like the others, so that crops without
            actions are all compared. None for the same.

    >>> pairs = pairs_of(torch.tensor([0, 0, 1, 2]), torch.tensor([5, 5, 5, 6]))
    >>> pairs.positive.nonzero().tolist(), pairs.negative.nonzero().tolist()
    ([[0, 1], [1, 0]], [[0, 2], [1, 2], [2, 0], [2, 1]])
    """
    named = identities >= 0
    comparable = named[:, None] & named[None, :]
    if actions is not None:
        comparable = comparable & (actions[:, None] == actions[None, :])
    same = identities[:, None] == identities[None, :]
    itself = torch.eye(len(identities), dtype=torch.bool, device=identities.device)
    return Pairs(comparable & same & ~itself, comparable & ~same)
