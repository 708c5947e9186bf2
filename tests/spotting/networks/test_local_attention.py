import cmath
import math

import pytest
import torch
from torch import Tensor

from touchline.spotting.networks.local_attention import LocalAttention

FEATURES, HEADS = 8, 2
SIZE = FEATURES // HEADS


def slow_attention(module: LocalAttention, clip: Tensor) -> Tensor:
    """One clip `(time, features)`: every query and key turned by its own place in the clip."""
    time = len(clip)
    projected = module.project(clip).reshape(time, 3, HEADS, SIZE)
    answers = torch.zeros(time, HEADS, SIZE)
    for head in range(HEADS):
        for here in range(time):
            places = [there for there in range(time) if abs(there - here) <= module.span]
            scores = []
            for there in places:
                query = turned(projected[here, 0, head], here)
                key = turned(projected[there, 1, head], there)
                inner = sum((q * k.conjugate()).real for q, k in zip(query, key, strict=True))
                scores.append(inner / math.sqrt(SIZE))
            shares = torch.softmax(torch.tensor(scores), dim=0)
            values = torch.stack([projected[there, 2, head] for there in places])
            answers[here, head] = shares @ values
    return module.merge(answers.reshape(time, FEATURES))


def turned(row: Tensor, place: int) -> list[complex]:
    half = SIZE // 2
    return [
        complex(row[pair], row[half + pair]) * cmath.exp(1j * place * 10_000 ** (-2 * pair / SIZE))
        for pair in range(half)
    ]


@pytest.mark.parametrize("time", [1, 3, 4, 9, 13])
@pytest.mark.parametrize("span", [1, 4, 20])
@torch.no_grad()
def test_blocks_give_attention_step_by_step(time: int, span: int) -> None:
    torch.manual_seed(0)
    module = LocalAttention(FEATURES, HEADS, span, dropout=0.0)
    clips = torch.randn(2, time, FEATURES)
    expected = torch.stack([slow_attention(module, clip) for clip in clips])
    torch.testing.assert_close(module(clips), expected, rtol=0, atol=1e-5)


@torch.no_grad()
def test_order_matters() -> None:
    torch.manual_seed(0)
    module = LocalAttention(FEATURES, HEADS, 20, dropout=0.0)
    clip = torch.randn(1, 9, FEATURES)
    swapped = clip[:, [1, 0, *range(2, 9)]]
    assert not torch.allclose(module(clip)[:, 5], module(swapped)[:, 5], atol=1e-4)


def test_memory_of_the_weights_grows_with_the_length() -> None:
    module = LocalAttention(FEATURES, HEADS, 5, dropout=0.0)
    assert module._seen(1000).numel() == 1000 * 15


def test_positions_are_no_weights() -> None:
    names = set(LocalAttention(FEATURES, HEADS, 5, dropout=0.0).state_dict())
    assert names == {"project.weight", "project.bias", "merge.weight", "merge.bias"}
