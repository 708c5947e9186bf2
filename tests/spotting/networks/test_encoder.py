"""Encoders by kind, saved, loaded and refused."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from encoders_of_frames import frames_for
from touchline.backbones.folding import fold_batch_normalisation
from touchline.backbones.loading import hash_of
from touchline.errors import UsageError
from touchline.spotting.networks.encoder import build_encoder

CHOICES: list[dict[str, Any]] = [
    {"kind": "frames", "name": "test_resnet"},
    {"kind": "frames", "name": "test_resnet", "shift": "gsm", "shifted_stages": 1},
    {"kind": "frames", "name": "test_efficientnet", "shift": "gsf", "colour": "stack"},
    {"kind": "stacks", "name": "test_efficientnet"},
    {"kind": "stacks", "name": "test_resnet", "blocks": "basic", "pooling": "mean"},
    {"kind": "x3d", "name": "x3d_s"},
]
NAMES = [" ".join(map(str, choice.values())) for choice in CHOICES]


@pytest.mark.parametrize("choice", CHOICES, ids=NAMES)
def test_saved_and_loaded_it_encodes_the_same(choice: dict[str, Any], tmp_path: Path) -> None:
    encoder = build_encoder(**choice, weights="random", seed=1).eval()
    save_file(encoder.state_dict(), tmp_path / "encoder.safetensors")
    other = build_encoder(**choice, weights="random", seed=2).eval()
    frames = frames_for(encoder, time=6)
    with torch.no_grad():
        assert not torch.equal(encoder(frames), other(frames))
        other.load_state_dict(load_file(tmp_path / "encoder.safetensors"))
        assert torch.equal(encoder(frames), other(frames))


@pytest.mark.parametrize("choice", CHOICES, ids=NAMES)
def test_the_seed_settles_all_weights(choice: dict[str, Any]) -> None:
    before = torch.random.get_rng_state()
    same, again, other = (
        hash_of(build_encoder(**choice, weights="random", seed=seed)) for seed in (1, 1, 2)
    )
    assert same == again != other
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("choice", CHOICES, ids=NAMES)
def test_folding_batch_normalisation_changes_nothing(choice: dict[str, Any]) -> None:
    encoder = build_encoder(**choice, weights="random").eval()
    frames = frames_for(encoder, time=3)
    folded = fold_batch_normalisation(encoder, frames)
    kept = sum(isinstance(module, torch.nn.BatchNorm2d) for module in folded.modules())
    assert kept == 0
    with torch.no_grad():
        assert torch.allclose(folded(frames), encoder(frames), atol=1e-4)


@pytest.mark.parametrize(("kind", "name"), [("stacks", "test_efficientnet"), ("x3d", "x3d_s")])
def test_only_frames_shift(kind: Any, name: str) -> None:
    with pytest.raises(UsageError, match=f"found shift gsm for {kind}. Choose the kind frames"):
        build_encoder(kind, name, "random", shift="gsm")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UsageError, match="a backbone that timm knows; found 'regnet_2'"):
        build_encoder("frames", "regnet_2", "random")
    with pytest.raises(UsageError, match="one of x3d_s, x3d_m; found 'regnety_002'"):
        build_encoder("x3d", "regnety_002", "random")
