from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from touchline.errors import UsageError
from touchline.training.saved_weights import load_saved_weights


def test_weights_come_back_wide_from_half_precision(tmp_path: Path) -> None:
    kept = {"weight": torch.tensor([[0.5, -2.0]]).half(), "bias": torch.tensor([3.0])}
    save_file(kept, tmp_path / "weights.safetensors")
    network = nn.Linear(2, 1)
    load_saved_weights(network, tmp_path / "weights.safetensors")
    assert network.weight.dtype == torch.float32
    assert network.weight.tolist() == [[0.5, -2.0]]
    assert network.bias.tolist() == [3.0]


@pytest.mark.parametrize(
    "content", [None, b"no safetensors", {"weight": torch.zeros(1, 3), "bias": torch.zeros(1)}]
)
def test_what_is_missing_damaged_or_of_another_network_is_refused(
    tmp_path: Path, content: bytes | dict[str, torch.Tensor] | None
) -> None:
    path = tmp_path / "weights.safetensors"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        save_file(content, path)
    with pytest.raises(UsageError, match=r"the network that config\.yaml describes.*weights"):
        load_saved_weights(nn.Linear(2, 1), path)
