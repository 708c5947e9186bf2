"""What every part of a spotter promises: sequences in, sequences out, and how far it sees."""

from typing import Protocol

from torch import Tensor


class SequenceModel(Protocol):
    """A network over sequences, either of frames (an encoder) or of features (a time model).

    Both keep the length: an encoder maps uint8 pixels `(batch, time, channels, height, width)`,
    and a time model float features `(batch, time, features in)`, to `(batch, time, features)`.
    Any `time` that is a multiple of `multiple` is taken; outside the sequence counts as padding.

    Attributes:
        features: the length of a row of the output.
        reach: output at time t depends on no input further from t than this many steps; None when
            it depends on the whole sequence. A window of `reach` extra steps on either side makes
            the middle exactly what the whole video would give.
        multiple: sequences begin at, and have lengths of, multiples of this many steps; the
            result at a step depends on where in such a block it lies.
    """

    features: int
    reach: int | None
    multiple: int

    def __call__(self, sequence: Tensor) -> Tensor:
        """Run over a batch of sequences."""
        ...
