"""OSNet and OSNet-AIN, small networks for people that look at several scales at once.

From the papers (Zhou et al., "Omni-Scale Feature Learning for Person Re-Identification", ICCV 2019,
arXiv 1905.00953, table 1; and "Learning Generalisable Omni-Scale Representations for Person
Re-Identification", TPAMI 2021, arXiv 1910.06827, for the instance normalisation that AIN puts where
a search found it best). Tensors go by the names of the authors' published state dicts, so that
these load as they are.
"""

from collections import OrderedDict

from torch import Tensor, nn

WIDTHS = {"x1_0": 1.0, "x0_75": 0.75, "x0_5": 0.5, "x0_25": 0.25}
NAMES = tuple(f"{kind}_{width}" for kind in ("osnet", "osnet_ain") for width in WIDTHS)
"""Every OSNet there is: the plain ones, then those with instance normalisation."""

CHANNELS = (64, 256, 384, 512)
"""Of the stem and the three stages, at width 1."""
FEATURES = 512
NARROWER = 4
"""A block works on a quarter of its output's channels,"""
GATE_NARROWER = 16
"""and its gate on a sixteenth of these."""
STREAMS = 4
"""Of a block; stream t sees 2t + 1 pixels in each direction."""
INSTANCE_NORMALISED = ((True, True), (False, True), (True, False))
"""The blocks of each stage of AIN that normalise each picture by itself."""


class OSNet(nn.Module):
    """OSNet up to the classifier: normalised RGB `(batch, 3, height, width)` -> `(batch, 512)`.

    At width 1 these are 2.2 million parameters (without a classifier) and 0.98 billion
    multiplications for 256x128; at width 0.25, 0.2 million and 0.08 billion. Height and width are
    free, from 32x16 on.

    Args:
        width: scales the channels: 1, 0.75, 0.5 or 0.25 as published.
        instance_normalised: OSNet-AIN instead of OSNet.

    Attributes:
        features: the length of a feature vector.
        global_avgpool: maps `(batch, channels, rows, columns)` to as many channels; another pooling
            may take its place.
    """

    features = FEATURES

    def __init__(self, width: float = 1.0, instance_normalised: bool = False) -> None:
        super().__init__()
        stem, first, second, third = (int(width * channels) for channels in CHANNELS)
        ain = instance_normalised
        self.conv1 = _convolution(3, stem, 7, 2, instance_normalised=ain)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.conv2 = _stage(stem, first, INSTANCE_NORMALISED[0] if ain else None)
        self.conv3 = _stage(first, second, INSTANCE_NORMALISED[1] if ain else None)
        self.conv4 = _stage(second, third, INSTANCE_NORMALISED[2] if ain else None)
        self.pool2: nn.Module = _halving(first)
        self.pool3: nn.Module = _halving(second)
        if not ain:  # the published plain networks count these to the stages before them
            self.conv2.append(self.pool2)
            self.conv3.append(self.pool3)
            self.pool2, self.pool3 = nn.Identity(), nn.Identity()
        self.conv5 = _convolution(third, third)
        self.global_avgpool: nn.Module = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(nn.Linear(third, FEATURES), nn.BatchNorm1d(FEATURES), nn.ReLU())
        self.apply(_begin)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features, none of them negative."""
        halved = self.pool2(self.conv2(self.maxpool(self.conv1(pixels))))
        maps = self.conv5(self.conv4(self.pool3(self.conv3(halved))))
        features: Tensor = self.fc(self.global_avgpool(maps).flatten(1))
        return features


class _Block(nn.Module):
    """Streams of growing reach over a narrow map, mixed by one shared gate, added to the input."""

    def __init__(self, incoming: int, outgoing: int, instance_normalised: bool | None) -> None:
        super().__init__()
        narrow = outgoing // NARROWER
        self.conv1 = _convolution(incoming, narrow)
        streams = [[_light(narrow) for _ in range(reach)] for reach in range(1, STREAMS + 1)]
        if instance_normalised is None:
            self.streams = [f"conv2{letter}" for letter in "abcd"]
            for name, layers in zip(self.streams, streams, strict=True):
                self.add_module(name, nn.Sequential(*layers) if len(layers) > 1 else layers[0])
        else:
            self.streams = [f"conv2.{place}" for place in range(STREAMS)]
            self.conv2 = nn.ModuleList(_named(layers=nn.Sequential(*each)) for each in streams)
        self.gate = _Gate(narrow)
        self.conv3 = _convolution(narrow, outgoing, rectified=False)
        self.IN: nn.Module = nn.Identity()
        if instance_normalised:
            self.conv3 = _named(conv=nn.Conv2d(narrow, outgoing, 1, bias=False))
            self.IN = nn.InstanceNorm2d(outgoing, affine=True)
        self.downsample: nn.Module = nn.Identity()
        if incoming != outgoing:
            self.downsample = _convolution(incoming, outgoing, rectified=False)

    def forward(self, maps: Tensor) -> Tensor:
        narrow = self.conv1(maps)
        first, *rest = (self.gate(self.get_submodule(name)(narrow)) for name in self.streams)
        mixed = sum(rest, start=first)
        widened: Tensor = self.IN(self.conv3(mixed)) + self.downsample(maps)
        return widened.relu()


class _Gate(nn.Module):
    """How much each channel counts, from its mean over the picture and those of the others."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // GATE_NARROWER, 1)
        self.fc2 = nn.Conv2d(channels // GATE_NARROWER, channels, 1)

    def forward(self, maps: Tensor) -> Tensor:
        means = nn.functional.adaptive_avg_pool2d(maps, 1)
        shares: Tensor = self.fc2(self.fc1(means).relu()).sigmoid()
        return maps * shares


def _light(channels: int) -> nn.Sequential:
    """A 3x3 convolution for a ninth of its price: channels first, then each one's neighbourhood."""
    return _named(
        conv1=nn.Conv2d(channels, channels, 1, bias=False),
        conv2=nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
        bn=nn.BatchNorm2d(channels), relu=nn.ReLU(),
    )  # fmt: skip


def _convolution(
    incoming: int, outgoing: int, kernel: int = 1, stride: int = 1, *,
    rectified: bool = True, instance_normalised: bool = False,
) -> nn.Sequential:  # fmt: skip
    """A convolution and its normalisation, which goes by `bn` whatever it is."""
    normalisation = (
        nn.InstanceNorm2d(outgoing, affine=True) if instance_normalised
        else nn.BatchNorm2d(outgoing)
    )  # fmt: skip
    layers: dict[str, nn.Module] = {
        "conv": nn.Conv2d(incoming, outgoing, kernel, stride, kernel // 2, bias=False),
        "bn": normalisation,
    }
    return _named(**layers, **({"relu": nn.ReLU()} if rectified else {}))


def _stage(incoming: int, outgoing: int, instance: tuple[bool, bool] | None) -> nn.Sequential:
    first, second = instance if instance is not None else (None, None)
    return nn.Sequential(_Block(incoming, outgoing, first), _Block(outgoing, outgoing, second))


def _halving(channels: int) -> nn.Sequential:
    return nn.Sequential(_convolution(channels, channels), nn.AvgPool2d(2))


def _named(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))


def _begin(module: nn.Module) -> None:
    """Random weights as the authors draw them."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.01)
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
