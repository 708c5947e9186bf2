"""Self-attention of each step to the steps around it, with rotary positions.

Positions enter only as distances (rotary embedding, https://arxiv.org/abs/2104.09864), so that a
step's answer does not depend on where a window over the video happens to begin.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, scaled_dot_product_attention

LONGEST_WAVE = 10_000.0


class LocalAttention(nn.Module):
    """Multi-head attention over the steps at most `span` away and inside the sequence.

    The sequence is cut into blocks of `span` steps; a block's queries meet the keys of it and of
    its two neighbours, so memory grows with the length, not with its square.

    Args:
        features: of a row of input and output; a multiple of 2 x heads.
        heads: attention heads.
        span: how far a step sees, in steps; at least 1.
        dropout: share of attention weights dropped while training.
    """

    cosines: Tensor
    sines: Tensor
    distances: Tensor

    def __init__(self, features: int, heads: int, span: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.span, self.dropout = heads, span, dropout
        self.project = nn.Linear(features, 3 * features)
        self.merge = nn.Linear(features, features)
        # A block's queries stand at 0 … span - 1 and its keys at -span … 2 span - 1.
        positions = torch.arange(-span, 2 * span)
        turns = positions[:, None] * _frequencies(features // heads)
        self.register_buffer("cosines", turns.cos(), persistent=False)
        self.register_buffer("sines", turns.sin(), persistent=False)
        distances = (positions[span : 2 * span, None] - positions).abs()
        self.register_buffer("distances", distances, persistent=False)

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features)` to the same."""
        batch, time, features = sequence.shape
        queries, keys, values = self._rows(self.project(sequence))
        middle = slice(self.span, 2 * self.span)
        answers = scaled_dot_product_attention(
            self._rotate(_blocks(queries, self.span), middle),
            self._rotate(_neighbourhoods(keys, self.span), slice(None)),
            _neighbourhoods(values, self.span),
            attn_mask=self._seen(time),
            dropout_p=self.dropout if self.training else 0.0,
        )
        steps = answers.permute(1, 0, 2, 3).reshape(batch, self.heads, -1, features // self.heads)
        rows = steps[:, :, :time].transpose(1, 2).reshape(batch, time, features)
        merged: Tensor = self.merge(rows)
        return merged

    def _rows(self, projected: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, each `(batch x heads, time, head size)`."""
        batch, time, features = projected.shape
        size = features // (3 * self.heads)
        parts = projected.reshape(batch, time, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        queries, keys, values = parts.reshape(3, batch * self.heads, time, size)
        return queries, keys, values

    def _rotate(self, rows: Tensor, positions: slice) -> Tensor:
        """Turn each pair of features of a row by its position times the pair's frequency."""
        cosines, sines = self.cosines[positions], self.sines[positions]
        first, second = rows.chunk(2, dim=-1)
        turned = (first * cosines - second * sines, first * sines + second * cosines)
        return torch.cat(turned, dim=-1).to(rows.dtype)

    def _seen(self, time: int) -> Tensor:
        """Which keys a query sees, `(blocks, 1, span, 3 span)`."""
        inside = torch.ones(1, time, 1, dtype=torch.bool, device=self.distances.device)
        there = _neighbourhoods(inside, self.span).squeeze(-1).unsqueeze(-2)
        # Queries behind the end see themselves: with nothing to see they would become NaN, which
        # spoils gradients even though they are cut off.
        return ((self.distances <= self.span) & there) | (self.distances == 0)


def _frequencies(head_size: int) -> Tensor:
    pairs = torch.arange(head_size // 2)
    return LONGEST_WAVE ** (-2.0 * pairs / head_size)


def _blocks(rows: Tensor, span: int) -> Tensor:
    """`(n, time, size)` as `(blocks, n, span, size)`, zeros (or False) behind the end."""
    count = (rows.shape[1] + span - 1) // span
    padded = pad(rows, (0, 0, 0, count * span - rows.shape[1]))
    return padded.reshape(rows.shape[0], count, span, rows.shape[2]).transpose(0, 1)


def _neighbourhoods(rows: Tensor, span: int) -> Tensor:
    """`(n, time, size)` as `(blocks, n, 3 span, size)`: each block between its neighbours."""
    blocks = pad(_blocks(rows, span), (0, 0, 0, 0, 0, 0, 1, 1))
    return torch.cat((blocks[:-2], blocks[1:-1], blocks[2:]), dim=2)
