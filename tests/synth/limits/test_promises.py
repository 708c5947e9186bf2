"""What is refused and what is named instead, by rehearsals made up here."""

import math
import re
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from touchline.errors import UsageError
from touchline.settings import resolve
from touchline.synth.config import SynthConfig
from touchline.synth.limits import estimates, promises
from touchline.synth.limits.disk import allocated
from touchline.synth.limits.estimates import OTHER_FILES, estimate, snapshot_count
from touchline.synth.limits.promises import require_feasible
from touchline.synth.limits.rehearsal import DoesNotFitError, Rehearsal

MEGABYTE = 10**6
Rehearse = Callable[..., Rehearsal]


def rehearsed(config: SynthConfig, **_: Any) -> Rehearsal:
    """A made-up network: memory by batch, channels and size; weights by channels and size."""
    wide = config.stylegan.channel_max * (config.size // 64)
    return Rehearsal(
        memory=wide * config.training.batch_size * MEGABYTE, step_seconds=1.0, sample_seconds=0.0,
        scoring_seconds=0.0, score_seconds=0.0, pack_seconds=0.0, weights_bytes=wide * MEGABYTE,
        state_bytes=4 * wide * MEGABYTE, photo_count=0, classes=2, steps=17, whole=True,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "rehearse", rehearsed)
    monkeypatch.setattr(promises, "available_memory", lambda _: 10**13)
    monkeypatch.setattr(promises, "free_bytes", lambda _: 10**13)


def config_of(*words: str) -> SynthConfig:
    """With a network whose sizes are stated here, whatever the defaults are."""
    network = (
        "stylegan.channel_base=4096", "stylegan.channel_max=128", "diffusion.channels=[64,128]",
        "training.batch_size=32",
    )  # fmt: skip
    return resolve(SynthConfig, None, {"data": "photos", "device": "cpu"}, (*network, *words))


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        ("limits.memory=2GB", "training.batch_size=8"),
        ("limits.memory=600MB", "training.batch_size=4"),
        ("limits.memory=300MB",
         "stylegan.channel_base=2048 stylegan.channel_max=64 training.batch_size=4"),
        ("size=128 limits.memory=100MB",
         "size=64 stylegan.channel_base=512 stylegan.channel_max=16 training.batch_size=4"),
        # 128 MB of weights: 4 of them and 2 states of 512 MB with the default of 2 kept.
        ("limits.disk=1540MB", "training.keep=1"),
        ("limits.disk=1GB",
         "stylegan.channel_base=2048 stylegan.channel_max=64 training.keep=1"),
        ("limits.time=2h training.images=1000000", "training.images=N"),
        ("limits.time=2h limits.memory=2GB", "training.images=N training.batch_size=8"),
    ],
)  # fmt: skip
def test_the_nearest_setting_fits_and_reads_back(words: str, nearest: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"The nearest setting that fits: ") as refused:
        require_feasible(config_of(*words.split()), ("a", "b"), tmp_path)
    found = str(refused.value).rpartition("fits: ")[2]
    assert re.sub(r"images=\d+", "images=N", found) == nearest
    if images := re.search(r"images=(\d+)", found):
        longer = config_of(
            *words.split(), *shlex.split(found), f"training.images={int(images[1]) + 32}"
        )  # a batch more is too many
        with pytest.raises(UsageError, match=r"within 2\.0 h; found one that needs"):
            require_feasible(longer, ("a", "b"), tmp_path)
    require_feasible(config_of(*words.split(), *shlex.split(found)), ("a", "b"), tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("limits.memory=2GB", r"within 2\.0 GB of memory; found one that needs 4\.1 GB of memory"),
        ("limits.disk=1GB", r"within 1\.0 GB of disk; found one that needs 1\.5 GB of disk"),
        ("limits.time=10min", r"within 10 min; found one that needs 110 min"),
        ("limits.time=10min limits.disk=1GB", r"of disk and 10 min; found .* of disk and 110 min"),
    ],
)
def test_limit_and_need_are_named(words: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        require_feasible(config_of(*words.split()), ("a", "b"), tmp_path)


def test_where_nothing_fits_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No smaller setting fits either"):
        require_feasible(config_of("limits.memory=1MB"), ("a",), tmp_path)
    with pytest.raises(UsageError, match="No smaller setting fits either"):
        require_feasible(config_of("limits.disk=1MB"), ("a",), tmp_path)


def test_the_machine_bounds_what_nobody_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimate = require_feasible(config_of(), ("a",), tmp_path)
    monkeypatch.setattr(promises, "free_bytes", lambda _: 10**9)
    monkeypatch.setattr(promises, "available_memory", lambda _: 10**9)
    with pytest.raises(
        UsageError,
        match=r"the 1\.0 GB of memory that are free and the 1\.0 GB of disk that are free for",
    ):
        require_feasible(config_of("limits.disk=5GB", "limits.memory=8GB"), ("a",), tmp_path)
    # What an interrupted run has on the disk already is not asked for again.
    monkeypatch.setattr(promises, "available_memory", lambda _: 10**13)
    monkeypatch.setattr(promises, "folder_bytes", lambda _: estimate.disk - 10**9)
    require_feasible(config_of(), ("a",), tmp_path)


def test_rehearsals_that_die_lead_further_and_none_is_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Counter[int]()

    def dying(config: SynthConfig, **_: Any) -> Rehearsal:
        tried[config.training.batch_size] += 1
        if config.training.batch_size > 8:
            raise DoesNotFitError("less", "more", "Take less.")
        return rehearsed(config)

    monkeypatch.setattr(promises, "rehearse", dying)
    with pytest.raises(UsageError, match=r"needs more\. .* fits: training\.batch_size=8$"):
        require_feasible(config_of("limits.memory=2GB"), ("a",), tmp_path)
    assert tried == {32: 1, 16: 1, 8: 1}


def test_generators_get_lighter_in_their_own_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(config: SynthConfig, **_: Any) -> Rehearsal:
        plain = config.diffusion.channels == (64, 128) and not config.lora.vae_tiling
        if config.training.batch_size > 4 or plain:
            raise DoesNotFitError("less", "more", "Take less.")
        return rehearsed(config)

    monkeypatch.setattr(promises, "rehearse", hungry)
    words = ["lora.vae_tiling=false", "training.batch_size=4"]
    with pytest.raises(UsageError, match=r"fits: 'diffusion\.channels=\[32, 64\]'$") as refused:
        require_feasible(config_of("generator=diffusion", *words), ("a",), tmp_path)
    found = shlex.split(str(refused.value).rpartition("fits: ")[2])
    require_feasible(config_of("generator=diffusion", *words, *found), ("a",), tmp_path)
    with pytest.raises(UsageError, match=r"fits: lora\.vae_tiling=true$"):
        require_feasible(config_of("generator=lora", *words), ("a",), tmp_path)


@pytest.mark.parametrize(("device", "kept_back"), [("cpu", 50 * 120_000), ("cuda", 0)])
def test_learning_leaves_memory_for_the_scores_at_the_end(
    device: str, kept_back: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []

    def listening(config: SynthConfig, memory: int, **_: Any) -> Rehearsal:
        given.append(memory)
        return rehearsed(config)

    monkeypatch.setattr(promises, "rehearse", listening)
    for module in (promises, estimates):
        monkeypatch.setattr(module, "choose_device", lambda _: torch.device(device))
    require_feasible(config_of("limits.memory=9GB"), ("a",), tmp_path, photo_count=50)
    assert given == [9 * 10**9 - kept_back]


def test_a_limit_below_what_scores_take_is_refused(tmp_path: Path) -> None:
    message = (
        r"more memory than the 6 MB that 50 photos take to score; found 1 MB of memory\. Allow"
    )
    with pytest.raises(UsageError, match=message):
        require_feasible(config_of("limits.memory=1MB"), ("a",), tmp_path, photo_count=50)


def test_an_estimate_counts_everything_by_hand() -> None:
    config = config_of(
        "training.images=1000", "training.batch_size=10", "training.snapshot_every=255",
        "training.keep=3", "training.score_samples=16", "device=cpu",
    )  # fmt: skip
    rehearsal = Rehearsal(
        memory=7, step_seconds=2.0, sample_seconds=0.5, scoring_seconds=3.0, score_seconds=0.25,
        pack_seconds=1.0, weights_bytes=5_000_000, state_bytes=20_000_000, photo_count=40,
        classes=2, steps=4, whole=False,
    )  # fmt: skip
    found = estimate(config, rehearsal)
    # Steps 0, 26, 52, 78 and 100; a sheet is two rows of 8.
    assert snapshot_count(config) == 5
    weights, state = allocated(5_000_000), allocated(20_000_000)
    assert found.disk == 5 * weights + 2 * state + 5 * 2 * 16 * 64**2 + OTHER_FILES
    snapshot = 1.0 + (2 * weights + state) / 50e6 + (16 + 16) * 0.5 + 16 * 0.25
    assert found.memory == 7 + 40 * 120_000
    assert math.isclose(found.seconds, 200 + 5 * snapshot + 3 + 40 * 0.25)
    assert "rehearsal of 4 steps, in which not every kind of step came by." in found.describe()
