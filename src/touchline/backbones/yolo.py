"""YOLO's classification networks, made from the descriptions inside ultralytics, as backbones.

YOLOv8 and YOLO11 (Jocher and others, Ultralytics, 2023 and 2024) have no paper; the networks are
those of the package, which the extra `touchline[yolo]` installs.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from touchline.backbones.ultralytics_package import import_ultralytics, read_checkpoint
from touchline.errors import UsageError

NAMES = tuple(f"{family}{scale}-cls" for family in ("yolov8", "yolo11") for scale in "nsmlx")
"""Every YOLO that classifies, from the smallest to the largest of each family."""


class YoloFeatures(nn.Module):
    """A YOLO-cls network without its last linear layer, describing itself as timm's do.

    RGB in [0, 1] `(batch, 3, height, width)` -> `(batch, 1280)`: the maps under the classifier,
    pooled. Height and width are free, from 32 on. Tensors go by ultralytics' own names.

    Args:
        name: one of `NAMES`.

    Attributes:
        pretrained_cfg: the network's expectations, under timm's keys.

    Raises:
        EnvironmentMissingError: when ultralytics is not installed.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        tasks = import_ultralytics("ultralytics.nn.tasks")
        self.model: Any = tasks.ClassificationModel(f"{name}.yaml", verbose=False).model
        self.pretrained_cfg = {
            "mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0), "input_size": (3, 224, 224),
            "classifier": f"model.{len(self.model) - 1}.linear",
        }  # fmt: skip

    def reset_classifier(self, classes: int) -> None:
        """Leave the classifier out, as timm's networks do for 0 classes.

        Raises:
            ValueError: for any other number.
        """
        if classes:
            raise ValueError(f"{classes} classes of a network that only gives features")
        self.model[-1].linear = nn.Identity()

    def forward(self, pixels: Tensor) -> Tensor:
        """Features of a batch."""
        maps = pixels
        for block in self.model[:-1]:
            maps = block(maps)
        head = self.model[-1]
        return torch.flatten(head.pool(head.conv(maps)), 1)

    def group_matcher(self, coarse: bool = False) -> dict[str, str]:  # noqa: ARG002
        """Timm's way of saying which stage a parameter belongs to: here the block it is in."""
        return {"stem": r"^model\.0\.", "blocks": r"^model\.(\d+)\."}


def read_yolo_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.pt` file of ultralytics, the averaged ones where it keeps both.

    Raises:
        EnvironmentMissingError: when there is no such file, or no ultralytics.
        UsageError: when the file holds anything but a network of ultralytics.
    """
    checkpoint = read_checkpoint(path)
    network = checkpoint.get("ema") or checkpoint.get("model")
    if not isinstance(network, nn.Module):
        raise UsageError(
            "a .pt file that holds a network of ultralytics", f"none in {path}",
            "Give a file that ultralytics has saved.",
        )  # fmt: skip
    return {name: tensor.float() if tensor.is_floating_point() else tensor
            for name, tensor in network.state_dict().items()}  # fmt: skip
