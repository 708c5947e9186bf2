"""A bidirectional LSTM as ONNX's own operator.

The exporter would unroll `torch.nn.LSTM` step by step, which fixes the length of the sequence.
"""

import torch
from torch import Tensor, nn

TORCH_TO_ONNX_GATES = (0, 3, 1, 2)
"""torch orders gates input, forget, cell, output; ONNX input, output, forget, cell."""


def lstm_for_onnx(states: nn.LSTM, sequence: Tensor) -> Tensor:
    """What `states(sequence)[0]` gives, while exporting only.

    Args:
        states: bidirectional, with the batch first and biases.
        sequence: `(batch, time, features in)`.
    """
    from torch.onnx import ops

    rows = sequence.transpose(0, 1)
    for layer in range(states.num_layers):
        time, batch, _ = rows.shape
        inputs = [_both(states, f"weight_ih_l{layer}"), _both(states, f"weight_hh_l{layer}")]
        biases = [_both(states, f"bias_ih_l{layer}"), _both(states, f"bias_hh_l{layer}")]
        answer = ops.symbolic(
            "LSTM", [rows, *inputs, torch.cat(biases, dim=1)],
            {"hidden_size": states.hidden_size, "direction": "bidirectional"},
            dtype=rows.dtype, shape=(time, 2, batch, states.hidden_size), version=14,
        )  # fmt: skip
        rows = answer.transpose(1, 2).flatten(2)
    return rows.transpose(0, 1)


def _both(states: nn.LSTM, name: str) -> Tensor:
    """A weight of both directions, `(2, 4 hidden, ...)`, in ONNX's order of gates."""
    directions = [states.get_parameter(name + end) for end in ("", "_reverse")]
    gates = [direction.chunk(len(TORCH_TO_ONNX_GATES)) for direction in directions]
    return torch.stack([torch.cat([own[gate] for gate in TORCH_TO_ONNX_GATES]) for own in gates])
