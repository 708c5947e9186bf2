"""OSNet from every source of weights."""

from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from torch import Tensor

from random_statistics import with_random_statistics
from touchline.backbones.loading import hash_of
from touchline.backbones.osnet_weights import PUBLISHED, load_osnet
from touchline.errors import EnvironmentMissingError, UsageError

NAME = "osnet_x0_25"


def published_state(name: str = NAME, seed: int = 5) -> dict[str, Tensor]:
    classifier = {"classifier.weight": torch.zeros(9, 512), "classifier.bias": torch.zeros(9)}
    return load_osnet(name, "random", seed).state_dict() | classifier


def test_random_weights_follow_the_seed_and_leave_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    same, again, other = (hash_of(load_osnet(NAME, "random", seed)) for seed in (1, 1, 2))
    assert same == again != other
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("name", [NAME, "osnet_ain_x0_25"])
@pytest.mark.parametrize("kind", ["bare", "checkpoint", "parallel", "old", "safetensors"])
def test_a_state_dict_loads_by_name_without_its_classifier(
    name: str, kind: str, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    state = published_state(name)
    if kind == "parallel":
        state = {f"module.{key}": value for key, value in state.items()}
    if kind == "old":  # files older than the count of batches
        state = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    path = tmp_path / ("weights.safetensors" if kind == "safetensors" else "weights.pth")
    if kind == "safetensors":
        save_file(state, path)
    else:
        torch.save({"state_dict": state, "epoch": 3} if kind == "checkpoint" else state, path)
    loaded = load_osnet(name, str(path))
    assert hash_of(loaded) == hash_of(load_osnet(name, "random", 5))
    assert not loaded.training


def test_the_hub_gives_the_published_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(url: str, **options: object) -> dict[str, Tensor]:
        assert options["weights_only"] is True
        asked.append(url)
        return published_state()

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", download)
    assert hash_of(load_osnet(NAME, "hub")) == hash_of(load_osnet(NAME, "random", 5))
    assert asked == [PUBLISHED[NAME]]


def test_a_hub_that_cannot_be_reached_says_what_to_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr("torch.hub.load_state_dict_from_url", unreachable)
    with pytest.raises(
        EnvironmentMissingError,
        match=r"published weights of osnet_x1_0; found URLError.*fetch https://.*x1_0.*elsewhere",
    ):
        load_osnet("osnet_x1_0", "hub")
    with pytest.raises(EnvironmentMissingError, match=r"weights on the hub.*found osnet_ain_x1_0"):
        load_osnet("osnet_ain_x1_0", "hub")


def test_unknown_names_and_packages_are_refused() -> None:
    with pytest.raises(UsageError, match=r"Wanted one of osnet_x1_0, .*; found 'osnet_x2_0'"):
        load_osnet("osnet_x2_0", "random")
    with pytest.raises(UsageError, match="random, hub or a file; found packaged"):
        load_osnet(NAME, "packaged")


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="Wanted a file of weights; found nothing"):
        load_osnet(NAME, str(tmp_path / "none.pth"))
    short, foreign = published_state(), published_state()
    short["fc.0.weight"] = torch.zeros(3)
    foreign["extra.weight"] = torch.zeros(1)
    torch.save(short, tmp_path / "short.pth")
    torch.save(foreign, tmp_path / "foreign.pth")
    with pytest.raises(UsageError, match=r"1 of \d+ tensors missing .* 0 unknown.*fc\.0\.weight"):
        load_osnet(NAME, str(tmp_path / "short.pth"))
    with pytest.raises(UsageError, match=r"0 of \d+ tensors missing .* 1 unknown .*extra\.weight"):
        load_osnet(NAME, str(tmp_path / "foreign.pth"))
    with pytest.raises(UsageError, match=r"weights of osnet_x1_0; found \d+ of"):
        load_osnet("osnet_x1_0", str(tmp_path / "foreign.pth"))


def test_statistics_are_loaded_too(tmp_path: Path) -> None:
    taught = with_random_statistics(load_osnet(NAME, "random"))
    torch.save(taught.state_dict(), tmp_path / "taught.pth")
    pixels = torch.randn(2, 3, 32, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(load_osnet(NAME, str(tmp_path / "taught.pth"))(pixels), taught(pixels))
