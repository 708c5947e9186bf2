"""The detector behind the extra: what it asks of ultralytics, and what is said without it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.spotting.tracks.ultralytics_detector import UltralyticsDetector

COCO = {0: "person", 1: "bicycle", 32: "sports ball"}
FOOTBALL = {0: "ball", 1: "goalkeeper", 2: "player", 3: "referee"}


class FakeYOLO:
    """Answers with one box of each class asked for, at the mean of each channel of the image."""

    names = COCO
    asked: dict[str, Any] = {}  # noqa: RUF012 - read by the tests

    def __init__(self, weights: str) -> None:
        if not Path(weights).exists():
            raise FileNotFoundError(f"{weights} does not exist")
        self.ckpt_path = weights

    def predict(self, images: list[np.ndarray], **options: Any) -> list[SimpleNamespace]:
        FakeYOLO.asked = options
        answers = []
        for image in images:
            assert image.flags.c_contiguous
            corner = image.mean(axis=(0, 1))
            classes = options["classes"]
            boxes = SimpleNamespace(
                xyxy=torch.tensor([[*corner, image.shape[0]]] * len(classes)),
                conf=torch.full((len(classes),), 0.5),
                cls=torch.tensor(classes, dtype=torch.float32),
            )
            answers.append(SimpleNamespace(boxes=boxes))
        return answers


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    module = ModuleType("ultralytics")
    module.YOLO = FakeYOLO  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ultralytics", module)
    monkeypatch.setattr(FakeYOLO, "names", COCO)
    path = tmp_path / "yolo.pt"
    path.write_bytes(b"weights")
    return path


def test_frames_are_given_as_opencv_has_them(weights: Path) -> None:
    frames = np.zeros((2, 3, 6, 8), np.uint8)
    frames[0, 0], frames[0, 2], frames[1, 1] = 30, 10, 20
    one, other = UltralyticsDetector(str(weights))(frames)
    assert one.boxes.tolist() == [[10, 0, 30, 6]] * 2
    assert other.boxes.tolist() == [[0, 20, 0, 6]] * 2
    assert one.kinds == ("player", "ball")
    assert one.boxes.dtype == np.float32


def test_settings_reach_the_network(weights: Path) -> None:
    detector = UltralyticsDetector(
        str(weights), confidence=0.3, overlap=0.6, size=1280, device="cpu"
    )
    detector(np.zeros((1, 3, 4, 4), np.uint8))
    assert FakeYOLO.asked == {
        "conf": 0.3, "iou": 0.6, "imgsz": 1280, "device": "cpu", "classes": [0, 32],
        "verbose": False,
    }  # fmt: skip
    assert detector(np.zeros((0, 3, 4, 4), np.uint8)) == []


def test_networks_made_for_football_are_understood(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeYOLO, "names", FOOTBALL)
    (found,) = UltralyticsDetector(str(weights))(np.zeros((1, 3, 4, 4), np.uint8))
    assert found.kinds == ("ball", "player", "player", "player")


def test_networks_without_players_are_refused(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeYOLO, "names", {0: "dog", 1: "cat"})
    with pytest.raises(UsageError, match=r"knows one of person, .*found dog, cat in .*yolo\.pt"):
        UltralyticsDetector(str(weights))


def test_the_fingerprint_names_weights_and_settings(weights: Path) -> None:
    first = UltralyticsDetector(str(weights)).fingerprint
    assert UltralyticsDetector(str(weights)).fingerprint == first
    assert UltralyticsDetector(str(weights), size=320).fingerprint != first
    weights.write_bytes(b"others")
    assert UltralyticsDetector(str(weights)).fingerprint != first


@pytest.mark.usefixtures("weights")
def test_weights_that_cannot_be_had_are_named() -> None:
    with pytest.raises(EnvironmentMissingError, match=r"does not exist for missing\.pt"):
        UltralyticsDetector("missing.pt")


@pytest.mark.skipif(
    importlib.util.find_spec("ultralytics") is not None, reason="ultralytics is installed"
)
def test_without_the_extra_the_way_to_it_and_its_licence_are_said() -> None:
    with pytest.raises(
        EnvironmentMissingError, match=r"pip install touchline\[yolo\]`.* the AGPL-3\.0"
    ):
        UltralyticsDetector("yolov8s.pt")
