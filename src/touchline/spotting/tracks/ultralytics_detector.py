"""Players and balls by YOLOv8 and its kin, where the person has chosen to install ultralytics.

That package is under the AGPL-3.0, which is why it is an extra
(`touchline.backbones.ultralytics_package`). Weights lie on this machine; none are fetched.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from touchline.backbones.ultralytics_package import import_ultralytics, read_checkpoint
from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.spotting.tracks.detections import KIND_OF_CLASS, Detections


class UltralyticsDetector:
    """A detector of the ultralytics package.

    Its classes are found by name: COCO's `person` and `sports ball`, or the `player`,
    `goalkeeper`, `referee` and `ball` of networks trained on football.

    Args:
        weights: a `.pt` file of ultralytics, e.g. a downloaded `yolov8s.pt`.
        confidence: detections below it are dropped.
        overlap: of two boxes of one class that overlap by more (IoU), the less sure is dropped.
        size: the longer side in pixels at which frames are shown to the network.
        device: as ultralytics names it, e.g. `cpu` or `0`; its own choice when None.

    Raises:
        EnvironmentMissingError: when ultralytics is not installed, or the weights are not there.
        UsageError: when the file is no network of ultralytics, or the network knows neither players
            nor balls.
    """

    def __init__(
        self,
        weights: Path,
        confidence: float = 0.1,
        overlap: float = 0.5,
        size: int = 640,
        device: str | None = None,
    ) -> None:
        self._model = _load(weights)
        self._kinds = {
            number: KIND_OF_CLASS[name]
            for number, name in self._model.names.items()
            if name in KIND_OF_CLASS
        }
        if not self._kinds:
            raise UsageError(
                f"a network that knows one of {', '.join(KIND_OF_CLASS)}",
                f"{', '.join(self._model.names.values())} in {weights}",
                "Name other weights, e.g. yolov8s.pt.",
            )
        self._options: dict[str, Any] = {
            "conf": confidence, "iou": overlap, "imgsz": size, "device": device,
            "classes": sorted(self._kinds), "verbose": False,
        }  # fmt: skip
        settings = f"{sha256_of_file(weights)} {confidence} {overlap} {size}"
        self.fingerprint = f"ultralytics-{hashlib.sha256(settings.encode()).hexdigest()[:32]}"

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        """Players and balls of uint8 RGB frames `(n, 3, height, width)`."""
        if not len(frames):
            return []
        # ultralytics takes arrays as OpenCV has them: rows of pixels in the order BGR.
        images = [np.ascontiguousarray(frame[::-1].transpose(1, 2, 0)) for frame in frames]
        return [self._read(found.boxes) for found in self._model.predict(images, **self._options)]

    def _read(self, boxes: Any) -> Detections:
        classes = boxes.cls.cpu().numpy().astype(int)
        return Detections(
            boxes.xyxy.cpu().numpy().astype(np.float32).reshape(-1, 4),
            boxes.conf.cpu().numpy().astype(np.float32),
            np.array([self._kinds[number] == "ball" for number in classes], bool),
        )


def _load(weights: Path) -> Any:
    read_checkpoint(weights)  # refuses what ultralytics itself might run, or go and fetch
    return import_ultralytics().YOLO(str(weights))
