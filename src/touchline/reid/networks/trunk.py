"""The part of a network that is the same for every task: from pixels to one vector a crop."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from timm.layers.blur_pool import BlurPool2d
from timm.models.resnet import ResNet
from torch import Tensor, nn

from touchline.backbones.gem import GeneralisedMean
from touchline.backbones.loading import TimmNetwork, load_backbone
from touchline.backbones.osnet import NAMES, OSNet
from touchline.backbones.osnet_weights import MEAN, STD, load_osnet
from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings

Size = tuple[int, int]
"""Height and width, in pixels."""


@dataclass(frozen=True)
class Trunk:
    """A feature network and what must be known to feed it.

    Attributes:
        network: normalised pixels `(batch, 3, height, width)` -> `(batch, features)`.
        features: the length of a vector.
        mean, std: normalisation of RGB values in [0, 1].
        multiple: height and width must be multiples of this.
    """

    network: nn.Module
    features: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    multiple: int


def load_trunk(settings: NetworkSettings, size: Size, seed: int) -> Trunk:
    """Make the trunk that the settings describe, in evaluation mode.

    Args:
        settings: name, weights, pooling and last stride are read.
        size: a height and width that it must take.
        seed: of random weights.

    Raises:
        UsageError: an unknown name, weights that do not fit, or a size that it cannot take.
        EnvironmentMissingError: weights that cannot be had on this machine.
    """
    if settings.name in NAMES:
        network: nn.Module = load_osnet(settings.name, settings.weights, seed)
        mean, std, multiple = MEAN, STD, 1
    else:
        backbone = load_backbone(settings.name, settings.weights, seed)
        network, multiple = backbone.network, backbone.multiple
        mean, std = backbone.mean, backbone.std
    check_size(size, multiple, settings.name)
    if settings.last_stride == 1 and isinstance(network, ResNet):
        _keep_last_maps_fine(network)
    if settings.pooling == "gem":
        network = _with_generalised_mean(network, size)
    features = _probe(network, size, settings.name).shape[1]
    return Trunk(network.eval(), features, mean, std, multiple)


def check_size(size: Size, multiple: int, name: str) -> None:
    """Refuse a height or width that is not a multiple of a network's patch.

    Raises:
        UsageError: naming the nearest size that fits.

    >>> check_size((252, 126), 14, "a transformer")
    >>> check_size((256, 128), 14, "a transformer")
    Traceback (most recent call last):
        ...
    touchline.errors.UsageError: Wanted a height and width divisible by 14 for a transformer; \
found 256x128. The nearest is 252x126.
    """
    if any(side % multiple for side in size):
        near = (max(1, round(side / multiple)) * multiple for side in size)
        raise UsageError(
            f"a height and width divisible by {multiple} for {name}", _words(size),
            f"The nearest is {_words(near)}.",
        )  # fmt: skip


class _GeneralisedMeanPool(nn.Module):
    """Maps `(batch, channels, rows, columns)` to `(batch, channels)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mean = GeneralisedMean(channels)

    def forward(self, maps: Tensor) -> Tensor:
        pooled: Tensor = self.mean(maps.flatten(2).transpose(1, 2))
        return pooled.to(maps.dtype)


class _PooledMaps(nn.Module):
    """A timm network's last maps, pooled by a generalised mean in place of its own pooling."""

    def __init__(self, network: TimmNetwork, channels: int) -> None:
        super().__init__()
        self.network: TimmNetwork = network
        self.pool = _GeneralisedMeanPool(channels)

    def forward(self, pixels: Tensor) -> Tensor:
        pooled: Tensor = self.pool(self.network.forward_features(pixels))
        return pooled


def _with_generalised_mean(network: TimmNetwork, size: Size) -> nn.Module:
    if isinstance(network, OSNet):
        linear = network.fc[0]
        assert isinstance(linear, nn.Linear)
        network.global_avgpool = _GeneralisedMeanPool(linear.in_features)
        return network
    with torch.inference_mode():
        maps = network.forward_features(torch.zeros(1, 3, *size))
    # A transformer's last answer is a list of tokens; Swin's has its channels last.
    is_map = maps.dim() == 4 and maps.shape[1] == network.num_features
    return _PooledMaps(network, maps.shape[1]) if is_map else network


def _keep_last_maps_fine(network: TimmNetwork) -> None:
    """Stride 1 in the last stage (Luo et al., "Bag of Tricks", 2019), without dilation.

    No tensor changes its shape, so weights load before and after.
    """
    for name, module in list(network.layer4.named_modules()):
        if isinstance(module, nn.Conv2d):
            module.stride = (1, 1)
        elif isinstance(module, nn.AvgPool2d | BlurPool2d):  # these only halve
            network.layer4.set_submodule(name, nn.Identity())


def _probe(network: nn.Module, size: Size, name: str) -> Tensor:
    try:
        with torch.inference_mode():
            features: Tensor = network(torch.zeros(1, 3, *size))
    except (AssertionError, RuntimeError) as error:  # how networks of one fixed size refuse others
        raise UsageError(
            f"a network that takes crops of {_words(size)}", f"{name}, which says: {error}",
            "Choose another size, or a network that takes any.",
        ) from error  # fmt: skip
    return features


def _words(size: Iterable[int]) -> str:
    return "x".join(str(side) for side in size)
