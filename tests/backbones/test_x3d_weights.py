"""X3D from every source of weights."""

from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from torch import Tensor

from touchline.backbones.loading import hash_of
from touchline.backbones.x3d_weights import PUBLISHED, load_x3d
from touchline.errors import EnvironmentMissingError, UsageError


def published_state(seed: int = 5) -> dict[str, Tensor]:
    classifier = {
        "blocks.5.proj.weight": torch.zeros(400, 2048),
        "blocks.5.proj.bias": torch.zeros(400),
    }
    return load_x3d("x3d_m", "random", seed=seed).state_dict() | classifier


def test_random_weights_follow_the_seed_and_leave_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    same, again, other = (hash_of(load_x3d("x3d_s", "random", seed=seed)) for seed in (1, 1, 2))
    assert same == again != other
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("checkpoint", [True, False])
def test_a_checkpoint_loads_without_its_classifier(tmp_path: Path, checkpoint: bool) -> None:
    state = published_state()
    torch.save({"model_state": state, "epoch": 300} if checkpoint else state, tmp_path / "x.pyth")
    loaded = load_x3d("x3d_m", str(tmp_path / "x.pyth"), squeeze="frame")
    assert hash_of(loaded) == hash_of(load_x3d("x3d_m", "random", seed=5))
    assert not loaded.training


def test_the_hub_gives_the_published_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(url: str, **options: object) -> dict[str, object]:
        assert options["weights_only"] is True
        asked.append(url)
        return {"model_state": published_state()}

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", download)
    assert hash_of(load_x3d("x3d_s", "hub")) == hash_of(load_x3d("x3d_s", "random", seed=5))
    assert asked == [PUBLISHED["x3d_s"]]


def test_a_hub_that_cannot_be_reached_says_what_to_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", unreachable)
    with pytest.raises(
        EnvironmentMissingError,
        match=r"published weights of x3d_m; found URLError.*fetch https://.*X3D_M\.pyth elsewhere",
    ):
        load_x3d("x3d_m", "hub")


def test_unknown_names_and_packages_are_refused() -> None:
    with pytest.raises(UsageError, match="Wanted one of x3d_s, x3d_m; found 'x3d_l'"):
        load_x3d("x3d_l", "random")
    with pytest.raises(UsageError, match="random, hub or a file; found packaged"):
        load_x3d("x3d_s", "packaged")


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="Wanted a file of weights; found nothing"):
        load_x3d("x3d_s", str(tmp_path / "none.pyth"))
    short, foreign = published_state(), published_state()
    short["blocks.0.norm.weight"] = torch.zeros(3)
    foreign["blocks.6.extra"] = torch.zeros(1)
    torch.save({"model_state": short}, tmp_path / "short.pyth")
    torch.save({"model_state": foreign}, tmp_path / "foreign.pyth")
    torch.save({"model_state": torch.zeros(3)}, tmp_path / "none.pyth")
    with pytest.raises(UsageError, match=r"1 of 561 tensors missing .* 0 unknown.*0\.norm\.weight"):
        load_x3d("x3d_s", str(tmp_path / "short.pyth"))
    with pytest.raises(UsageError, match=r"0 of 561 tensors missing .* 1 unknown .*6\.extra"):
        load_x3d("x3d_s", str(tmp_path / "foreign.pyth"))
    with pytest.raises(UsageError, match="561 of 561 tensors missing"):
        load_x3d("x3d_s", str(tmp_path / "none.pyth"))
