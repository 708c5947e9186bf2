"""Every encoder with every time model and head: it learns, is kept, and says the same."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from encoders_of_frames import HEIGHT, WIDTH, frames_for
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.events import Event
from touchline.spotting.inference import prepare_scorer, score_rows
from touchline.spotting.learning import loss_of
from touchline.spotting.networks import spotter as networks
from touchline.spotting.networks.encoder import Encoder, build_encoder
from touchline.spotting.networks.spotter import Spotter, build_spotter
from touchline.spotting.targets import Targets, clip_targets
from touchline.training.optimising import parameter_groups

STEPS = 6
CLASSES = ("PASS", "SHOT")
TIMES = ("none", "lstm", "transformer", "tcn", "sgp")
OFFSETS = ("none", "displacement", "relative")
WHOLE = ("encoder.weights=random", "encoder.stage=null", "encoder.frozen=false")
ENCODERS = {
    "test_resnet": ("encoder.name=test_resnet", "encoder.colour=rgb"),
    "regnety_002": ("encoder.name=regnety_002", "encoder.colour=rgb"),
    "regnety_002-stack": ("encoder.name=regnety_002", "encoder.colour=stack"),
    "regnety_002-gsm": ("encoder.name=regnety_002", "encoder.colour=rgb", "encoder.shift=gsm"),
    "regnety_002-gsf": ("encoder.name=regnety_002", "encoder.shift=gsf"),
    "regnety_002-maps": (
        "encoder.name=regnety_002", "encoder.colour=rgb", "encoder.stage=3", "encoder.grid=[1,2]",
        "encoder.neck=16",
    ),
    "regnety_008": ("encoder.name=regnety_008", "encoder.colour=rgb"),
    "resnet50": ("encoder.name=resnet50", "encoder.colour=rgb"),
    "efficientnet_b0": ("encoder.name=efficientnet_b0", "encoder.colour=rgb"),
    "convnext_tiny": ("encoder.name=convnext_tiny", "encoder.colour=rgb"),
    "stacks-inverted": ("encoder.kind=stacks", "encoder.name=tf_efficientnetv2_b0"),
    "stacks-basic": (
        "encoder.kind=stacks", "encoder.name=tf_efficientnetv2_b0", "encoder.blocks=basic",
    ),
    "x3d_s": ("encoder.kind=x3d", "encoder.name=x3d_s"),
    "x3d_m": ("encoder.kind=x3d", "encoder.name=x3d_m"),
}  # fmt: skip


def config_for(encoder: str, time: str = "lstm", offset: str = "none") -> SpottingConfig:
    words = (
        *WHOLE, *ENCODERS[encoder], f"time.kind={time}", f"head.offset={offset}", "time.hidden=16",
        "head.radius=2", f"frames.height={HEIGHT}", f"frames.width={WIDTH}", f"clips.steps={STEPS}",
    )  # fmt: skip
    return resolve(SpottingConfig, None, {"data": "nowhere"}, words)


def batch_for(encoder: Encoder) -> dict[str, Any]:
    """One clip with a pass of the left team and a shot of the right one."""
    events = (Event(0.08, "PASS", team="left"), Event(0.32, "SHOT", team="right"))
    targets = Targets.stack([clip_targets(events, 0, STEPS, 12.5, [CLASSES], 0, 1, 2)])
    return {"shown": frames_for(encoder, STEPS), "tracks": None, "targets": vars(targets)}


def combinations_of(encoder: str) -> Sequence[tuple[str, str]]:
    """All for the smallest encoder; for each other one all time models, the heads taking turns."""
    everything = list(product(TIMES, OFFSETS))
    first = list(ENCODERS).index(encoder)
    return everything if first == 0 else [
        (time, OFFSETS[(first + turn) % len(OFFSETS)]) for turn, time in enumerate(TIMES)
    ]  # fmt: skip


def taught(network: Spotter, config: SpottingConfig, batch: dict[str, Any]) -> None:
    """Two steps of training."""
    optimiser = torch.optim.SGD(parameter_groups(network, network.encoder, config.training), 1e-3)
    network.train()
    for _ in range(2):
        optimiser.zero_grad()
        loss = loss_of(config)(network, batch)
        loss.backward()
        assert torch.isfinite(loss.detach())
        optimiser.step()


def rows_of(network: Spotter, shown: Tensor) -> Tensor:
    with torch.no_grad():
        return score_rows(network.eval()(shown))


@pytest.fixture(params=ENCODERS)
def encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Encoder]:
    """An encoder that is made once for all the spotters around it."""
    chosen = config_for(request.param).encoder
    made = build_encoder(
        chosen.kind, chosen.name, "random", shift=chosen.shift, colour=chosen.colour,
        shifted_stages=chosen.shifted_stages, blocks=chosen.blocks, stage=chosen.stage,
        grid=chosen.grid,
    )  # fmt: skip
    monkeypatch.setattr(networks, "build_encoder", lambda **_: made)
    return request.param, made


def test_every_time_model_and_head_learns_is_kept_and_says_the_same(
    encoder: tuple[str, Encoder],
) -> None:
    name, made = encoder
    batch = batch_for(made)
    for time, offset in combinations_of(name):
        config = config_for(name, time, offset)
        network = build_spotter(config, CLASSES, team=True)
        watched = watched_parts(network)
        before = [parameter.detach().clone() for parameter in watched]
        taught(network, config, batch)
        for parameter, was in zip(watched, before, strict=True):
            assert not torch.equal(parameter.detach(), was), (time, offset)
        expected = rows_of(network, batch["shown"])
        assert expected.shape == (1, STEPS, 2 + (offset != "none") + 2)
        assert torch.isfinite(expected).all(), (time, offset)
        kept = safetensors.torch.save(network.state_dict())
        with torch.no_grad():
            for value in network.state_dict().values():
                value.zero_()
        network.load_state_dict(safetensors.torch.load(kept))
        assert torch.equal(rows_of(network, batch["shown"]), expected), (time, offset)


def watched_parts(network: Spotter) -> list[nn.Parameter]:
    """A parameter of each part that has some."""
    parts = [part for part in (network.neck, network.time, network.head.offset) if part is not None]
    assert network.head.team is not None
    return [
        next(network.encoder.parameters()), network.head.classes.weight, network.head.team.weight,
        *(list(part.parameters())[-1] for part in parts if list(part.parameters())),
    ]  # fmt: skip


def test_made_ready_to_run_it_says_what_it_learnt(encoder: tuple[str, Encoder]) -> None:
    name, made = encoder
    config = config_for(name, "tcn", "displacement")
    network = build_spotter(config, CLASSES, team=True)
    shown = batch_for(made)["shown"]
    expected = rows_of(network, shown)
    scorer = prepare_scorer(network, config, torch.device("cpu"), torch.float32)
    rows = torch.stack(list(scorer.rows(scorer.features(shown[0]))))
    torch.testing.assert_close(rows, expected[0], atol=1e-3, rtol=0)
