"""The detector behind the extra: what it asks of ultralytics, and what it refuses to load."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from optional_packages import needs_ultralytics
from touchline.backbones.ultralytics_package import import_ultralytics
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.spotting.tracks import ultralytics_detector
from touchline.spotting.tracks.ultralytics_detector import UltralyticsDetector

COCO = {0: "person", 1: "bicycle", 32: "sports ball"}
FOOTBALL = {0: "ball", 1: "goalkeeper", 2: "player", 3: "referee"}


class FakeYOLO:
    """Answers with one box of each class asked for, at the mean of each channel of the image."""

    names = COCO
    asked: dict[str, Any] = {}  # noqa: RUF012 - read by the tests

    def __init__(self, weights: str) -> None:
        assert Path(weights).is_file()

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
    package = SimpleNamespace(YOLO=FakeYOLO)
    monkeypatch.setattr(ultralytics_detector, "import_ultralytics", lambda: package)
    monkeypatch.setattr(ultralytics_detector, "read_checkpoint", lambda _: {})
    monkeypatch.setattr(FakeYOLO, "names", COCO)
    path = tmp_path / "yolo.pt"
    path.write_bytes(b"weights")
    return path


def test_frames_are_given_as_opencv_has_them(weights: Path) -> None:
    frames = np.zeros((2, 3, 6, 8), np.uint8)
    frames[0, 0], frames[0, 2], frames[1, 1] = 30, 10, 20
    one, other = UltralyticsDetector(weights)(frames)
    assert one.boxes.tolist() == [[10, 0, 30, 6]] * 2
    assert other.boxes.tolist() == [[0, 20, 0, 6]] * 2
    assert one.kinds == ("player", "ball")
    assert one.boxes.dtype == np.float32


def test_settings_reach_the_network(weights: Path) -> None:
    detector = UltralyticsDetector(weights, confidence=0.3, overlap=0.6, size=1280, device="cpu")
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
    (found,) = UltralyticsDetector(weights)(np.zeros((1, 3, 4, 4), np.uint8))
    assert found.kinds == ("ball", "player", "player", "player")


def test_networks_without_players_are_refused(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeYOLO, "names", {0: "dog", 1: "cat"})
    with pytest.raises(UsageError, match=r"knows one of person, .*found dog, cat in .*yolo\.pt"):
        UltralyticsDetector(weights)


def test_the_fingerprint_names_weights_and_settings(weights: Path) -> None:
    first = UltralyticsDetector(weights).fingerprint
    assert UltralyticsDetector(weights).fingerprint == first
    assert UltralyticsDetector(weights, size=320).fingerprint != first
    weights.write_bytes(b"others")
    assert UltralyticsDetector(weights).fingerprint != first


def test_weights_are_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match=r"nothing at .*s\.pt.* no weights are"):
        UltralyticsDetector(tmp_path / "yolov8s.pt")


@needs_ultralytics
def test_a_network_of_random_weights_detects(tmp_path: Path) -> None:
    network = import_ultralytics().YOLO("yolov8n.yaml")
    network.model.names = {number: COCO.get(number, "thing") for number in range(80)}
    network.save(str(tmp_path / "yolov8n.pt"))
    frames = np.random.default_rng(0).integers(0, 256, (2, 3, 48, 64), dtype=np.uint8)
    detector = UltralyticsDetector(
        tmp_path / "yolov8n.pt", confidence=1e-6, overlap=0.9, size=64, device="cpu"
    )
    found = detector(frames)
    assert len(found) == 2
    assert sum(len(each.boxes) for each in found) > 0
    for each in found:
        assert (each.boxes >= 0).all()
        assert (each.boxes <= (64, 48, 64, 48)).all()
        assert each.boxes.dtype == each.confidence.dtype == np.float32


@needs_ultralytics
def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(UsageError, match=r"holds a network of ultralytics .*text\.pt"):
        UltralyticsDetector(tmp_path / "text.pt")
