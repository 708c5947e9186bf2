"""Weights that their authors publish at an address, read without unpickling anything else."""

import torch
from torch import Tensor

from touchline.errors import EnvironmentMissingError


def download_published(name: str, address: str) -> dict[str, Tensor]:
    """Fetch a file of weights (once; torch keeps it) and give what is in it.

    Args:
        name: of the network, for the error.
        address: where its authors published them.

    Raises:
        EnvironmentMissingError: when it cannot be fetched or read.
    """
    try:
        state = torch.hub.load_state_dict_from_url(
            address, map_location="cpu", progress=False, weights_only=True
        )
    except Exception as error:  # every kind of network and unpickling failure
        raise EnvironmentMissingError(
            f"the published weights of {name}", f"{type(error).__name__}: {error}",
            f"Connect to the network, or fetch {address} elsewhere and give its path.",
        ) from error  # fmt: skip
    return dict(state)
