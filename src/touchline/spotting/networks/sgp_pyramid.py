"""T-DEED's encoder-decoder of SGP layers (https://arxiv.org/abs/2404.05392).

Down through ever coarser time scales by max-pooling, and back up through SGP-Mixers that take the
skips. T-DEED adds a learnt code to each position of its clips; a window over a video has no such
positions, so there is none here.
"""

import torch
from torch import Tensor, nn

from touchline.spotting.networks.sgp import SgpLayer
from touchline.spotting.networks.sgp_mixer import SgpMixer

KERNEL = 9
RATIO = 4
MEAN_SPAN = 50


class SgpPyramid(nn.Module):
    """An SGP layer at each of `levels` + 1 time scales on the way down, a mixer on the way up.

    A `SequenceModel` with `multiple` = 2^levels, since steps are pooled in pairs. A sequence of
    another length ends in a shorter block at every scale, pooled over the steps that exist.

    Its reach is Σ over the layers of 2^level x reach of the layer, plus 2^levels - 1: any path
    from an input to an output makes one such move a layer, and pooling and bringing back stay
    within one block of the coarsest scale.

    Args:
        features_in: the length of a row of the input.
        width: the length of a row of the output.
        levels: how often time is halved; at least 1.
        dropout: share of features dropped while training.
        kernel: as for `Perception`, at every scale.
        ratio: as for `Perception`, at every scale.
        mean_span: steps of the moving mean on either side, at the finest scale.
    """

    def __init__(
        self,
        features_in: int,
        width: int,
        levels: int,
        dropout: float,
        kernel: int = KERNEL,
        ratio: int = RATIO,
        mean_span: int = MEAN_SPAN,
    ) -> None:
        super().__init__()
        scales = [2**level for level in range(levels + 1)]
        spans = [max(1, mean_span // scale) for scale in scales]
        self.project = nn.Linear(features_in, width)
        down = [SgpLayer(width, kernel, ratio, span, dropout) for span in spans]
        up = [SgpMixer(width, kernel, ratio, span, dropout) for span in spans[:-1]]
        self.down, self.up = nn.ModuleList(down), nn.ModuleList(up)
        self.normalise = nn.LayerNorm(width)
        self.features, self.multiple = width, scales[-1]
        self.reach: int | None = (
            scales[-1]
            - 1
            + sum(
                scale * layer.reach
                for layers in (down, up)
                for scale, layer in zip(scales, layers, strict=False)
            )
        )

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features in)` to `(batch, time, width)`."""
        rows, skips = self.down[0](self.project(sequence)), []
        for layer in self.down[1:]:
            skips.append(rows)
            rows = layer(halve(rows))
        for skip, mixer in zip(reversed(skips), reversed(self.up), strict=True):
            rows = mixer(skip, double(rows)[:, : skip.shape[1]])
        normalised: Tensor = self.normalise(rows)
        return normalised


def halve(rows: Tensor) -> Tensor:
    """The larger of each two steps, feature by feature; a last one without a partner stays.

    >>> halve(torch.tensor([[[1.0], [4.0], [3.0], [2.0], [5.0]]])).flatten()
    tensor([4., 3., 5.])
    """
    # One more copy of the last step changes no maximum, whether or not it lacks a partner.
    lengthened = torch.cat((rows, rows[:, -1:]), dim=1)
    return torch.maximum(rows[:, ::2], lengthened[:, 1::2])


def double(rows: Tensor) -> Tensor:
    """Each step twice.

    >>> double(torch.tensor([[[1.0], [4.0]]])).flatten()
    tensor([1., 1., 4., 4.])
    """
    return torch.stack((rows, rows), dim=2).flatten(1, 2)
