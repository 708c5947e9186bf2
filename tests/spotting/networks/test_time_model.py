"""What every time model promises: its length, its reach, and nothing else that matters."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.spotting.networks.no_time import NoTime
from touchline.spotting.networks.recurrent import BidirectionalLstm
from touchline.spotting.networks.sgp_pyramid import SgpPyramid
from touchline.spotting.networks.temporal_convolution import TemporalConvolution
from touchline.spotting.networks.time_model import TimeModel, TimeModelKind, build_time_model
from touchline.spotting.networks.transformer import Transformer

FEATURES = 6
SMALL: dict[str, Callable[[], TimeModel]] = {
    "none": lambda: NoTime(FEATURES, dropout=0.1),
    "lstm": lambda: BidirectionalLstm(FEATURES, hidden=4, layers=2, dropout=0.1),
    "transformer": lambda: Transformer(FEATURES, 8, layers=2, dropout=0.1, heads=2, span=3),
    "tcn": lambda: TemporalConvolution(FEATURES, 8, dilations=(1, 2, 3), dropout=0.1),
    "sgp": lambda: SgpPyramid(
        FEATURES, 8, levels=2, dropout=0.1, kernel=3, ratio=1, mean_span=4
    ),
}  # fmt: skip
REACHES = {
    "none": 0,
    "transformer": 2 * 3,
    "tcn": 2 * (1 + 2 + 3),
    "sgp": 2 * 4 + 4 * 2 + 4 * 2 + 3,
}
LIMITED = sorted(REACHES)
KINDS: tuple[TimeModelKind, ...] = ("none", "lstm", "transformer", "tcn", "sgp")


def make(kind: str, seed: int = 0) -> TimeModel:
    torch.manual_seed(seed)
    return SMALL[kind]().eval()


def rows(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def differing(model: nn.Module, sequence: Tensor, changed: Tensor) -> Tensor:
    """The steps whose output differs between two sequences."""
    return ((model(sequence) - model(changed)).abs().amax(dim=(0, 2)) > 1e-6).nonzero().flatten()


@pytest.mark.parametrize("kind", sorted(SMALL))
@pytest.mark.parametrize("time", [1, 2, 7, 12, 50])
def test_the_length_is_kept_whatever_it_is(kind: str, time: int) -> None:
    model = make(kind)
    answer = model(rows(2, time, FEATURES))
    assert answer.shape == (2, time, model.features)
    assert answer.isfinite().all()


@pytest.mark.parametrize("kind", LIMITED)
def test_the_reach_is_as_worked_out_by_hand(kind: str) -> None:
    assert make(kind).reach == REACHES[kind]


@pytest.mark.parametrize("kind", LIMITED)
def test_inputs_beyond_the_reach_change_nothing_and_those_within_do(kind: str) -> None:
    furthest = 0
    for seed in range(3):
        model, sequence = make(kind, seed), rows(1, 80, FEATURES, seed=seed)
        for place in range(80):
            changed = sequence.clone()
            changed[:, place] = 100 * rows(FEATURES, seed=place)
            seen = (differing(model, sequence, changed) - place).abs()
            furthest = max(furthest, int(seen.max()))
    assert model.reach is not None
    assert model.reach - 2 * (model.multiple - 1) <= furthest <= model.reach


@pytest.mark.parametrize("kind", ["lstm"])
def test_a_reach_without_limit_sees_everything(kind: str) -> None:
    model, sequence = make(kind), rows(1, 8, FEATURES)
    assert model.reach is None
    for place in (0, 7):
        changed = sequence.clone()
        changed[:, place] = 100.0
        assert len(differing(model, sequence, changed)) == 8


@pytest.mark.parametrize("kind", LIMITED)
@pytest.mark.parametrize("time", [97, 100])
@pytest.mark.parametrize("core", [4, 24])
@torch.no_grad()
def test_windows_with_a_halo_of_the_reach_give_the_whole(kind: str, time: int, core: int) -> None:
    model, sequence = make(kind), rows(2, time, FEATURES)
    assert_windows_give_the_whole(model, sequence, core)


@pytest.mark.parametrize("kind", ["none", "transformer", "tcn", "sgp"])
@torch.no_grad()
def test_so_do_windows_of_the_models_as_they_are_used(kind: TimeModelKind) -> None:
    torch.manual_seed(0)
    model = build_time_model(kind, FEATURES, layers=2, hidden=16, dropout=0.0).eval()
    assert_windows_give_the_whole(model, rows(1, 1001, FEATURES), core=200)


def assert_windows_give_the_whole(model: TimeModel, sequence: Tensor, core: int) -> None:
    assert model.reach is not None
    halo = -(-model.reach // model.multiple) * model.multiple
    whole = model(sequence)
    for first in range(0, sequence.shape[1], core):
        start = max(0, first - halo)
        window = model(sequence[:, start : first + core + halo])
        expected = whole[:, first : first + core]
        found = window[:, first - start :][:, : expected.shape[1]]
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["tcn", "transformer"])
@torch.no_grad()
def test_a_step_too_few_around_a_window_shows(kind: str) -> None:
    model, sequence = make(kind), rows(1, 80, FEATURES)
    halo = REACHES[kind] - 1
    cut = model(sequence[:, 40 - halo : 40 + halo + 1])
    assert not torch.allclose(cut[:, halo], model(sequence)[:, 40], rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", sorted(SMALL))
@torch.no_grad()
def test_clips_of_a_batch_do_not_meet(kind: str) -> None:
    model, batch = make(kind), rows(3, 20, FEATURES)
    alone = torch.cat([model(clip[None]) for clip in batch])
    torch.testing.assert_close(model(batch), alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", sorted(SMALL))
def test_bf16_trains_with_finite_gradients(kind: str) -> None:
    model, sequence = make(kind).train(), rows(2, 11, FEATURES).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answer = model(sequence)
    answer.float().square().sum().backward()
    gradients = [sequence.grad, *(parameter.grad for parameter in model.parameters())]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize("kind", sorted(SMALL))
@torch.no_grad()
def test_bf16_is_close_to_float32(kind: str) -> None:
    model, sequence = make(kind), rows(1, 40, FEATURES)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = model(sequence).float()
    torch.testing.assert_close(rough, model(sequence), rtol=0.1, atol=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_built_by_its_name(kind: TimeModelKind) -> None:
    model = build_time_model(kind, FEATURES, layers=3, hidden=32, dropout=0.5)
    features = {"none": FEATURES, "lstm": 64}.get(kind, 32)
    reach = {"none": 0, "lstm": None, "transformer": 150, "tcn": 2 * (1 + 2 + 4)}
    assert model.features == features
    assert model.multiple == (8 if kind == "sgp" else 1)
    # The moving means see 50 steps, the wide kernels of 41 taps 20 steps of their own scale.
    assert model.reach == reach.get(kind, 2 * 50 + 2 * 50 + 2 * 80 + 160 + 7)
    assert (model(rows(4, 10, FEATURES)) == 0).any() == (kind in ("none", "lstm"))


def test_a_width_that_does_not_share_out_among_the_heads_is_refused() -> None:
    with pytest.raises(UsageError, match=r"multiple of 16; found 100\. Change time\.hidden"):
        build_time_model("transformer", FEATURES, layers=1, hidden=100, dropout=0.0)
