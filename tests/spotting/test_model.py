"""A taught spotter, kept and taken out again."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from random_spotters import CLASSES, random_network, small_config
from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.runs import Run, open_run
from touchline.settings import as_yaml
from touchline.spotting.model import (
    load_network,
    load_spotter,
    parameter_count,
    save_spotter,
    transfer_weights,
)
from touchline.spotting.networks.spotter import build_spotter
from touchline.spotting.peaks.settings import PeakSettings

PEAKS = PeakSettings(suppression="nms", window_seconds=0.48, thresholds={"PASS": 0.25})


def saved_run(folder: Path, *words: str, second: tuple[str, ...] = (), team: bool = True) -> Run:
    """A run with random weights."""
    run, config = Run(folder), small_config(*words)
    (folder / "weights").mkdir(parents=True)
    run.config.write_text(as_yaml(config))
    network = build_spotter(config, CLASSES, team, second)
    save_file(network.state_dict(), run.weights)
    save_spotter(run, CLASSES, second, team, PEAKS)
    return run


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    run = saved_run(tmp_path / "a run", "head.offset=displacement")
    spotter = load_spotter(run, "cpu", "fp32")
    assert (spotter.classes, spotter.peaks, spotter.name) == (CLASSES, PEAKS, "a run")
    assert (spotter.frames.height, spotter.frames.rate) == (32, 25)
    assert spotter.weights_hash == sha256_of_file(run.weights)
    assert spotter.scorer.columns.count == 2 + 1 + 2
    assert spotter.tracks is None
    network, config, labels = load_network(run)
    assert config == small_config("head.offset=displacement")
    assert labels == {"classes": ["PASS", "SHOT"], "second": [], "team": True}
    assert not network.training
    kept = load_file(run.weights)
    assert all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())


def test_half_precision_weights_are_read_as_whole_ones(tmp_path: Path) -> None:
    """The shipped sample is kept in float16."""
    run = saved_run(tmp_path / "run")
    before = load_file(run.weights)
    save_file({k: v.half() if v.is_floating_point() else v for k, v in before.items()}, run.weights)
    network, _, _ = load_network(run)
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    name = "head.classes.weight"
    torch.testing.assert_close(network.state_dict()[name], before[name], atol=1e-3, rtol=0)


def test_the_team_and_a_second_head_come_back(tmp_path: Path) -> None:
    run = saved_run(tmp_path / "run", second=("GOAL", "CARD", "CORNER"), team=False)
    network, _, _ = load_network(run)
    assert network.head.team is None
    assert network.head.second is not None
    assert network.head.second.out_features == 4


@pytest.mark.parametrize("name", ["labels.json", "calibration.json"])
def test_an_unfinished_run_is_refused(name: str, tmp_path: Path) -> None:
    run = saved_run(tmp_path / "run")
    run.file(name).unlink()
    with pytest.raises(UsageError, match=r"a finished run; found FileNotFoundError at .*Finish it"):
        load_spotter(run, "cpu", "fp32")


def test_weights_of_another_spotter_are_refused(tmp_path: Path) -> None:
    run, other = saved_run(tmp_path / "run"), saved_run(tmp_path / "other", "time.kind=tcn")
    shutil.copy(other.weights, run.weights)
    with pytest.raises(UsageError, match=r"the network that config\.yaml describes; found Error"):
        load_spotter(run)


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_damaged_weights_are_refused(content: bytes | None, tmp_path: Path) -> None:
    run = saved_run(tmp_path / "run")
    if content is None:
        run.weights.unlink()
    else:
        run.weights.write_bytes(content)
    with pytest.raises(UsageError, match=r"weights of the network.*best\.safetensors\. Train the"):
        load_spotter(run)


def test_transfer_copies_all_that_fits_and_names_the_rest(tmp_path: Path) -> None:
    run = saved_run(tmp_path / "run", "seed=1")
    network = build_spotter(small_config("seed=2"), ("A", "B", "C"), team=False)
    other = load_file(run.weights)
    assert not torch.equal(network.state_dict()["time.states.weight_ih_l0"],
                           other["time.states.weight_ih_l0"])  # fmt: skip
    assert transfer_weights(network, run) == ["head.classes.bias", "head.classes.weight"]
    own = network.state_dict()
    fitting = set(own) - {"head.classes.bias", "head.classes.weight"}
    assert all(torch.equal(own[name], other[name]) for name in fitting)


def test_transfer_of_nothing_is_refused(tmp_path: Path) -> None:
    config = small_config("encoder.name=test_vit", "time.kind=none", "frames.width=32")
    network = build_spotter(config, ("A", "B", "C"), team=False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    run = saved_run(tmp_path / "run", "head.offset=relative")
    with pytest.raises(
        UsageError, match=r"a run with weights that fit this spotter; found none in"
    ):
        transfer_weights(network, run)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_parameters_are_counted_whether_they_learn_or_not() -> None:
    network = random_network(small_config("encoder.frozen=true"))
    head = (2 * 16 + 1) * 3 + (2 * 16 + 1) * 2
    assert parameter_count(network.head) == head
    frozen = sum(p.numel() for p in network.encoder.parameters())
    assert not any(p.requires_grad for p in network.encoder.parameters())
    assert parameter_count(network) > frozen + head


def test_the_shipped_name_stands_for_the_shipped_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from touchline.spotting import sample

    shipped = saved_run(tmp_path / "shipped").folder
    monkeypatch.setattr(sample, "sample_folder", lambda: shipped)
    monkeypatch.chdir(tmp_path)
    assert sample.open_spotting_run("sample").folder == shipped
    assert sample.open_spotting_run(str(shipped)).folder == shipped
    own = saved_run(tmp_path / "sample").folder
    assert sample.open_spotting_run("sample").folder.resolve() == own
    with pytest.raises(UsageError, match=r"the folder of a run; found no config\.yaml in nowhere"):
        sample.open_spotting_run("nowhere")


def test_a_run_of_the_taught_spotter_says_what_it_predicts(spotter_run: Path) -> None:
    spotter = load_spotter(open_run(spotter_run), "cpu", "fp32")
    assert spotter.classes == ("PASS", "SHOT")
    assert set(spotter.peaks.thresholds) == {"PASS", "SHOT"}
    assert spotter.peaks.displacement_seconds == 4 / 12.5
