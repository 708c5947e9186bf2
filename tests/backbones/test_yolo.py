"""YOLO's classification networks as backbones, on random weights."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from optional_packages import needs_ultralytics
from touchline.backbones.folding import fold_batch_normalisation
from touchline.backbones.loading import create_network, last_stages, load_backbone
from touchline.backbones.ultralytics_package import import_ultralytics
from touchline.backbones.yolo import NAMES, YoloFeatures
from touchline.errors import UsageError

pytestmark = needs_ultralytics

SMALLEST = pytest.mark.parametrize("name", ["yolov8n-cls", "yolo11n-cls"])


def lively(network: nn.Module) -> nn.Module:
    """The network with statistics as it would have learnt them, so that signals pass."""
    torch.manual_seed(0)
    with torch.no_grad():
        for _ in range(30):
            network.train()(torch.rand(8, 3, 64, 64))
    return network.eval()


@SMALLEST
def test_features_are_what_the_classifier_sees(name: str) -> None:
    tasks = import_ultralytics("ultralytics.nn.tasks")
    whole = lively(tasks.ClassificationModel(f"{name}.yaml", nc=5, verbose=False))
    ours = YoloFeatures(name)
    ours.reset_classifier(0)
    ours.load_state_dict(whole.state_dict(), strict=False)
    ours.eval()
    pixels = torch.rand(2, 3, 64, 96)
    features = ours(pixels)
    assert features.shape == (2, 1280)
    _, logits = whole(pixels)
    torch.testing.assert_close(whole.model[-1].linear(features), logits)


@SMALLEST
def test_it_is_a_backbone_like_any_other(name: str) -> None:
    backbone = load_backbone(name, "random", seed=3)
    assert (backbone.features, backbone.multiple) == (1280, 1)
    assert (backbone.mean, backbone.std) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert backbone.weights_hash == load_backbone(name, "random", seed=3).weights_hash
    assert backbone.weights_hash != load_backbone(name, "random", seed=4).weights_hash
    create_network(name).load_state_dict(backbone.network.state_dict())
    folded = fold_batch_normalisation(lively(backbone.network), torch.rand(2, 3, 64, 64))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())


def test_its_stages_are_its_blocks() -> None:
    network = load_backbone("yolov8n-cls", "random").network
    head = {"model.9.conv.bn.bias", "model.9.conv.bn.weight", "model.9.conv.conv.weight"}
    assert last_stages(network, 1) == head
    assert {name.split(".")[1] for name in last_stages(network, 3)} == {"7", "8", "9"}
    assert last_stages(network, 10) == {name for name, _ in network.named_parameters()}


def test_weights_come_from_a_file_of_ultralytics_or_a_plain_one(tmp_path: Path) -> None:
    ultralytics = import_ultralytics()
    theirs = ultralytics.YOLO("yolov8n-cls.yaml")
    lively(theirs.model)
    theirs.save(str(tmp_path / "yolo.pt"))  # keeps 16 bits a weight
    found = load_backbone("yolov8n-cls", str(tmp_path / "yolo.pt"))
    expected = theirs.model.state_dict()
    for name, tensor in found.network.state_dict().items():
        torch.testing.assert_close(tensor, expected[name].half().to(tensor.dtype))
    save_file(found.network.state_dict(), tmp_path / "plain.safetensors")
    again = load_backbone("yolov8n-cls", str(tmp_path / "plain.safetensors"))
    assert again.weights_hash == found.weights_hash
    with pytest.raises(UsageError, match=r"the weights of yolov8s-cls; found \d+ of 156 tensors"):
        load_backbone("yolov8s-cls", str(tmp_path / "yolo.pt"))


def test_a_file_without_a_network_is_refused(tmp_path: Path) -> None:
    torch.save({"model": None, "epoch": 3}, tmp_path / "empty.pt")
    with pytest.raises(UsageError, match=r"holds a network of ultralytics; found none in .*empty"):
        load_backbone("yolov8n-cls", str(tmp_path / "empty.pt"))


def test_no_hub_has_them_and_near_names_are_said() -> None:
    with pytest.raises(UsageError, match=r"hub, which has none.*download yolov8n-cls\.pt"):
        load_backbone("yolov8n-cls", "hub")
    with pytest.raises(UsageError, match=r"found 'yolov8-cls'.*yolov8"):
        load_backbone("yolov8-cls", "random")


def test_every_name_has_a_description() -> None:
    checks = import_ultralytics("ultralytics.utils.checks")
    stems = {name.replace(scale, "-cls") for name in NAMES for scale in [f"{name[6]}-cls"]}
    assert stems == {"yolov8-cls", "yolo11-cls"}
    assert all(Path(checks.check_yaml(f"{stem}.yaml")).is_file() for stem in stems)


def test_it_only_gives_features() -> None:
    with pytest.raises(ValueError, match="3 classes of a network that only gives features"):
        YoloFeatures("yolov8n-cls").reset_classifier(3)
