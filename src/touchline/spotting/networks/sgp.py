"""TriDet's scalable-granularity perception (SGP) layer (https://arxiv.org/abs/2303.07347).

Self-attention over neighbouring frames that look alike makes their features even more alike; SGP
replaces it by two branches that keep them apart: how a step differs from the average of its
surroundings, and what happens within a short and a wide window around it.
"""

from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, relu

from touchline.spotting.networks.feed_forward import feed_forward


class Perception(nn.Module):
    """f(x) = φ(x) FC(x) + ψ(x) (Conv_w(x) + Conv_kw(x)) + x, with φ(x) = ReLU(FC(AvgPool(x))).

    The convolutions, ψ among them, are depth-wise over time. The paper pools φ over the whole
    sequence, which is its training clip; over a video in windows that would make an event depend
    on where a window lies. Here AvgPool is a moving mean over the `mean_span` steps on either
    side that exist: in the middle of a training clip of twice that length it is the paper's, and
    at any place it is the same for training, windows and whole videos.

    Args:
        features: of a row of input and output.
        kernel: taps of the short window w; odd.
        ratio: k; the wide window has (w + 1) k taps, made odd (41 for 9 and 4).
        mean_span: steps of the moving mean on either side.

    Attributes:
        reach: as for a `SequenceModel`.
    """

    def __init__(self, features: int, kernel: int, ratio: int, mean_span: int) -> None:
        super().__init__()
        wide = (kernel + 1) * ratio + 1
        self.mean_span, self.reach = mean_span, max(wide // 2, mean_span)
        self.instant = nn.Linear(features, features)
        self.surroundings = nn.Linear(features, features)
        self.gate = _depthwise(features, kernel)
        self.short = _depthwise(features, kernel)
        self.wide = _depthwise(features, wide)

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, time, features)` to the same."""
        lines = rows.transpose(1, 2)
        windows = self.gate(lines) * (self.short(lines) + self.wide(lines))
        discriminability = relu(self.surroundings(moving_mean(rows, self.mean_span)))
        seen: Tensor = discriminability * self.instant(rows) + windows.transpose(1, 2) + rows
        return seen


class SgpLayer(nn.Module):
    """Perception in the place of self-attention within a pre-norm transformer layer.

    Both normalisations are over the features of one step (the paper's second one is over groups
    of features and all of time), for the reason given at `Perception`.
    """

    def __init__(
        self, features: int, kernel: int, ratio: int, mean_span: int, dropout: float
    ) -> None:
        super().__init__()
        self.normalise = nn.LayerNorm(features)
        self.perceive = Perception(features, kernel, ratio, mean_span)
        self.think = feed_forward(features, dropout)
        self.reach = self.perceive.reach

    def forward(self, rows: Tensor) -> Tensor:
        """`(batch, time, features)` to the same."""
        rows = rows + self.perceive(self.normalise(rows))
        thought: Tensor = rows + self.think(rows)
        return thought


def moving_mean(rows: Tensor, span: int) -> Tensor:
    """The mean over each step and the `span` steps on either side of it that exist.

    >>> import torch
    >>> moving_mean(torch.tensor([[[0.0], [3.0], [6.0], [9.0]]]), 1).flatten()
    tensor([1.5000, 3.0000, 6.0000, 7.5000])
    """
    # In float32, since a sum of many bf16 numbers loses most of their digits.
    lines = rows.float().transpose(1, 2)
    means = avg_pool1d(lines, 2 * span + 1, stride=1, padding=span, count_include_pad=False)
    return means.transpose(1, 2).to(rows.dtype)


def _depthwise(features: int, kernel: int) -> nn.Conv1d:
    return nn.Conv1d(features, features, kernel, padding=kernel // 2, groups=features)
