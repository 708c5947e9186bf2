"""Backbones from every source of weights."""

from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from touchline.backbones.loading import hash_of, last_stages, load_backbone
from touchline.errors import EnvironmentMissingError, UsageError

TINY = "test_resnet"


def test_the_packaged_weights_know_imagenet_features() -> None:
    backbone = load_backbone("tf_efficientnet_lite0", "packaged")
    assert (backbone.features, backbone.multiple) == (1280, 1)
    assert backbone.mean == backbone.std == (0.5, 0.5, 0.5)
    with torch.inference_mode():
        features = backbone.network(torch.zeros(2, 3, 64, 64))
    assert features.shape == (2, 1280)
    # Random weights of this network hash otherwise, and the packaged ones always the same.
    assert backbone.weights_hash != load_backbone("tf_efficientnet_lite0", "random").weights_hash
    assert backbone.weights_hash == load_backbone("tf_efficientnet_lite0", "packaged").weights_hash


def test_random_weights_follow_the_seed_and_leave_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    same, again, other = (load_backbone(TINY, "random", seed) for seed in (1, 1, 2))
    assert same.weights_hash == again.weights_hash != other.weights_hash
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
@pytest.mark.parametrize("whole", [True, False])
def test_weights_of_a_file_with_or_without_its_classifier(
    tmp_path: Path, ending: str, whole: bool
) -> None:
    network = timm.create_model(TINY, num_classes=10 if whole else 0)
    file = tmp_path / f"weights{ending}"
    state = network.state_dict()
    if ending == ".safetensors":
        save_file(state, file)
    else:
        torch.save({"state_dict": state}, file)
    loaded = load_backbone(TINY, str(file))
    network.reset_classifier(0)
    assert loaded.weights_hash == hash_of(network)


def test_patch_networks_take_multiples_of_their_patch() -> None:
    backbone = load_backbone("test_vit", "random")
    assert backbone.multiple == 16
    with torch.inference_mode():
        assert backbone.network(torch.zeros(1, 3, 96, 64)).shape == (1, backbone.features)


@pytest.mark.parametrize(
    ("name", "stages", "inside", "outside"),
    [
        ("resnet18", 1, "layer4.0.conv1.weight", "layer3.0.conv1.weight"),
        ("resnet18", 2, "layer3.0.conv1.weight", "layer2.0.conv1.weight"),
        ("tf_efficientnet_lite0", 1, "conv_head.weight", "blocks.5.0.conv_pw.weight"),
        ("vit_tiny_patch16_224", 1, "blocks.11.attn.qkv.weight", "blocks.10.attn.qkv.weight"),
    ],
)
def test_the_last_stages_of_a_network(name: str, stages: int, inside: str, outside: str) -> None:
    chosen = last_stages(load_backbone(name, "random").network, stages)
    assert inside in chosen
    assert outside not in chosen


def test_no_stage_is_no_parameter() -> None:
    assert last_stages(load_backbone(TINY, "random").network, 0) == set()


def test_an_unknown_name_is_refused_with_names_near_it() -> None:
    with pytest.raises(UsageError, match="Wanted a backbone that timm knows; found 'resnet_51'"):
        load_backbone("resnet_51", "random")
    with pytest.raises(UsageError, match=r"found 'dinov2_small'.*Names near it: .*patch14_dinov2"):
        load_backbone("dinov2_small", "random")


def test_packaged_weights_exist_for_few() -> None:
    with pytest.raises(UsageError, match="packaged weights, which exist for tf_efficientnet_lite0"):
        load_backbone(TINY, "packaged")


def test_a_hub_that_cannot_be_reached_says_what_else_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def unreachable(*_: object, pretrained: bool = False, **__: object) -> None:
        raise OSError(f"no network (pretrained={pretrained})")

    monkeypatch.setattr("touchline.backbones.loading.timm.create_model", unreachable)
    with pytest.raises(EnvironmentMissingError, match=r"from the hub; found OSError.*packaged"):
        load_backbone(TINY, "hub")


def test_files_that_are_no_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="Wanted a file of weights; found nothing"):
        load_backbone(TINY, str(tmp_path / "none.pth"))
    with pytest.raises(EnvironmentMissingError, match="weights; found the folder "):
        load_backbone(TINY, str(tmp_path))
    (tmp_path / "a.pth").write_bytes(b"no weights")
    with pytest.raises(UsageError, match=r"Wanted a \.safetensors file or a \.pth state dict"):
        load_backbone(TINY, str(tmp_path / "a.pth"))
    save_file({"x": torch.zeros(1)}, tmp_path / "b.safetensors")
    with pytest.raises(UsageError, match=r"tensors missing or of another shape in .*first: "):
        load_backbone(TINY, str(tmp_path / "b.safetensors"))


@pytest.mark.parametrize("held", [[1, 2], None, {"state_dict": [1]}, {"model": None}])
def test_a_file_of_anything_but_tensors_by_name_is_refused(tmp_path: Path, held: object) -> None:
    torch.save(held, tmp_path / "a.pth")
    with pytest.raises(UsageError, match=r"state dict of plain tensors; found AttributeError in"):
        load_backbone(TINY, str(tmp_path / "a.pth"))


def test_a_number_in_the_place_of_a_tensor_is_missing(tmp_path: Path) -> None:
    torch.save({"model": {"conv1.weight": 5}}, tmp_path / "a.pth")
    with pytest.raises(UsageError, match="tensors missing or of another shape in"):
        load_backbone(TINY, str(tmp_path / "a.pth"))


def test_a_pickle_that_runs_code_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (str(tmp_path / "ran"),))

    torch.save(Evil(), tmp_path / "evil.pth")
    with pytest.raises(UsageError, match="plain tensors"):
        load_backbone(TINY, str(tmp_path / "evil.pth"))
    assert not (tmp_path / "ran").exists()


def test_a_name_may_have_the_tag_of_its_weights() -> None:
    plain, tagged = (load_backbone(name, "random") for name in ("resnet18", "resnet18.a1_in1k"))
    assert tagged.weights_hash == plain.weights_hash
