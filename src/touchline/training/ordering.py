"""In which order an epoch shows its examples: a matter of the seed and the epoch, nothing else."""

import numpy as np


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """A shuffled list of `0 … count - 1`, the same for the same seed and epoch on any machine.

    Args:
        count: how many examples there are; 0 gives an empty list.
        seed: the run's seed, not negative.
        epoch: the epoch, from 0.

    >>> epoch_order(5, seed=0, epoch=0) == epoch_order(5, seed=0, epoch=0)
    True
    >>> sorted(epoch_order(5, seed=0, epoch=1))
    [0, 1, 2, 3, 4]
    """
    return [int(index) for index in np.random.default_rng((seed, epoch)).permutation(count)]
