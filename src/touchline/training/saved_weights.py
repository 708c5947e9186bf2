"""The weights that a training kept, put back into a network of the same kind."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from touchline.errors import UsageError


def load_saved_weights(network: nn.Module, path: Path) -> None:
    """Copy every tensor of a safetensors file into a network, which must have just these.

    Args:
        network: in float32; half-precision tensors in the file are widened.
        path: the file.

    Raises:
        UsageError: when the file is missing, damaged, or of another network.
    """
    try:
        network.load_state_dict(load_file(path))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise UsageError(
            "the weights of the network that config.yaml describes",
            f"{str(error).splitlines()[0]} in {path}", "Train the run again.",
        ) from error  # fmt: skip
