"""X3D, a small 3-D convolutional network that never gives up temporal resolution.

From the paper (Feichtenhofer, "X3D: Expanding Architectures for Efficient Video Recognition",
CVPR 2020, arXiv 2004.04730, table 1 with expansion 2.25, width 2 and depth 2.2). Its tensors go by
the names that pytorchvideo gave them, so that the published Kinetics-400 weights load: read
`conv_t` in the stem as the spatial convolution and `conv_xy` as the temporal one.
"""

from collections import OrderedDict

from torch import Tensor, nn

from touchline.backbones.squeeze_excitation import Squeeze, SqueezeExcitation

STEM_CHANNELS = 24
STEM_FRAMES = 5
CHANNELS = (24, 48, 96, 192)
DEPTHS = (3, 5, 11, 7)
EXPANDED = (54, 108, 216, 432)
"""2.25 times the channels: the width of the depthwise convolutions."""
SQUEEZED = (8, 8, 16, 32)
"""A sixteenth of `EXPANDED`, in steps of eight and at least 90 % of it."""
FEATURES = 2048


class X3D(nn.Module):
    """X3D-S and X3D-M up to the classifier, with a feature vector for each frame.

    Both are one network of 2,974,674 parameters (3,794,274 with the 400 classes of Kinetics); they
    differ in the clips that the published weights were taught on: 13 frames of 160x160 for S and 16
    of 224x224 for M. Published classifiers average over time before the last projection; here each
    frame keeps its own, for who averages over time cannot say when something happened.

    Args:
        squeeze: the context of squeeze-and-excitation: `clip` as published, or `frame`.

    Attributes:
        features: the length of a frame's feature vector.
        reach: a frame's features depend on no frame further away; None for `clip`.
    """

    features = FEATURES

    def __init__(self, squeeze: Squeeze = "clip") -> None:
        super().__init__()
        widths = zip((STEM_CHANNELS, *CHANNELS), CHANNELS, EXPANDED, SQUEEZED, DEPTHS, strict=False)
        self.blocks = nn.Sequential(
            _stem(), *(_stage(*width, squeeze) for width in widths), _named(pool=_Projection())
        )
        self.reach = None if squeeze == "clip" else _reach(self)
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, video: Tensor) -> Tensor:
        """Features `(batch, time, 2048)` of normalised RGB `(batch, 3, time, height, width)`."""
        features: Tensor = self.blocks(video)
        return features


class _Residual(nn.Module):
    """Expand, convolve each channel by itself in 3x3x3, weigh, shrink; added to the input."""

    def __init__(
        self, incoming: int, channels: int, expanded: int, squeezed: int | None,
        stride: int, squeeze: Squeeze,
    ) -> None:  # fmt: skip
        super().__init__()
        self.branch1_conv: nn.Module = nn.Identity()
        self.branch1_norm: nn.Module = nn.Identity()
        if stride > 1:
            self.branch1_conv = _pointwise(incoming, channels, (1, stride, stride))
        if incoming != channels:
            self.branch1_norm = nn.BatchNorm3d(channels)
        weigh = SqueezeExcitation(expanded, squeezed, squeeze) if squeezed else nn.Identity()
        self.branch2 = _named(
            conv_a=_pointwise(incoming, expanded), norm_a=nn.BatchNorm3d(expanded), act_a=nn.ReLU(),
            conv_b=nn.Conv3d(
                expanded, expanded, 3, (1, stride, stride), padding=1, groups=expanded, bias=False
            ),
            norm_b=nn.Sequential(nn.BatchNorm3d(expanded), weigh), act_b=nn.SiLU(),
            conv_c=_pointwise(expanded, channels), norm_c=nn.BatchNorm3d(channels),
        )  # fmt: skip

    def forward(self, volume: Tensor) -> Tensor:
        shortcut = self.branch1_norm(self.branch1_conv(volume))
        return nn.functional.relu(shortcut + self.branch2(volume))


class _Projection(nn.Module):
    """Widen, average over space, widen again, each time step by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.pre_conv = _pointwise(CHANNELS[-1], EXPANDED[-1])
        self.pre_norm = nn.BatchNorm3d(EXPANDED[-1])
        self.post_conv = _pointwise(EXPANDED[-1], FEATURES)

    def forward(self, volume: Tensor) -> Tensor:
        widened = nn.functional.relu(self.pre_norm(self.pre_conv(volume)))
        projected = nn.functional.relu(self.post_conv(widened.mean((3, 4), keepdim=True)))
        return projected.flatten(2).transpose(1, 2)


def _stem() -> nn.Sequential:
    spatial = nn.Conv3d(3, STEM_CHANNELS, (1, 3, 3), (1, 2, 2), padding=(0, 1, 1), bias=False)
    temporal = nn.Conv3d(
        STEM_CHANNELS, STEM_CHANNELS, (STEM_FRAMES, 1, 1), padding=(STEM_FRAMES // 2, 0, 0),
        groups=STEM_CHANNELS, bias=False,
    )  # fmt: skip
    return _named(
        conv=_named(conv_t=spatial, conv_xy=temporal), norm=nn.BatchNorm3d(STEM_CHANNELS),
        activation=nn.ReLU(),
    )  # fmt: skip


def _stage(
    incoming: int, channels: int, expanded: int, squeezed: int, depth: int, squeeze: Squeeze
) -> nn.Sequential:
    """Blocks of which the first halves the picture, and every other one weighs its channels."""
    blocks = (
        _Residual(
            incoming if place == 0 else channels, channels, expanded,
            squeezed if place % 2 == 0 else None, 2 if place == 0 else 1, squeeze,
        )
        for place in range(depth)
    )  # fmt: skip
    return _named(res_blocks=nn.Sequential(*blocks))


def _pointwise(incoming: int, outgoing: int, stride: tuple[int, int, int] = (1, 1, 1)) -> nn.Conv3d:
    return nn.Conv3d(incoming, outgoing, 1, stride, bias=False)


def _named(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))


def _reach(network: nn.Module) -> int:
    """Steps that all temporal kernels, which follow one another, see to either side together."""
    convolutions = (module for module in network.modules() if isinstance(module, nn.Conv3d))
    return sum(convolution.kernel_size[0] // 2 for convolution in convolutions)
