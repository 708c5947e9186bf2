"""What may go into an index, and what may be searched for: whole vectors of length 1."""

from collections.abc import Sequence

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.distances import Features

WITHIN = 1e-3


def require_unit(crops: Sequence[Crop], features: Features, dimensions: int) -> None:
    """Refuse anything else than one vector of length 1 a crop.

    Raises:
        UsageError: another number of vectors or features, or a vector of another length (NaN, as
            of a picture that cannot be read, is none).
    """
    if features.shape != (len(crops), dimensions):
        raise UsageError(
            f"a vector of {dimensions} features for each of {len(crops)} crops",
            " x ".join(map(str, features.shape)), "Use the vectors of one network.",
        )  # fmt: skip
    bad = np.flatnonzero(~(np.abs(np.linalg.norm(features, axis=1) - 1) <= WITHIN))
    if len(bad):
        raise UsageError(
            "vectors of length 1", f"{len(bad)} others, e.g. that of {crops[bad[0]].path}",
            "Leave out crops that cannot be read, and scale the vectors.",
        )  # fmt: skip
