import pytest
import torch
from torch import nn

from touchline.training.averaging import MovingAverage, changing_state, load


def _network() -> nn.Sequential:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    network[0].requires_grad_(False)
    return network


def _shift(network: nn.Module, by: float) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter.add_(by)


def test_only_trainable_weights_and_buffers_change() -> None:
    assert set(changing_state(_network())) == {
        "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
        "2.weight", "2.bias",
    }  # fmt: skip


def test_hand_checked_averages() -> None:
    weight = nn.Linear(1, 1, bias=False)
    load(weight, {"weight": torch.tensor([[0.0]])})
    average = MovingAverage(weight, decay=0.15)
    for value, expected in [
        (10.0, 9.0),  # decay (1 + 0) / (10 + 0) = 0.1: 0.1 * 0 + 0.9 * 10
        (20.0, 18.35),  # decay capped at 0.15: 0.15 * 9 + 0.85 * 20
    ]:
        load(weight, {"weight": torch.tensor([[value]])})
        average.update()
        assert average.average["weight"].item() == pytest.approx(expected)


def test_applied_lends_the_average_and_gives_the_weights_back() -> None:
    network = _network()
    average = MovingAverage(network, 0.9)
    _shift(network, 1.0)
    average.update()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with average.applied():
        assert torch.equal(network[2].weight, average.average["2.weight"])
        assert not torch.equal(network[2].weight, before["2.weight"])
    torch.testing.assert_close(dict(network.state_dict()), before, rtol=0, atol=0)


def test_the_weights_come_back_after_an_error_too() -> None:
    network = _network()
    average = MovingAverage(network, 0.9)
    _shift(network, 1.0)
    before = network[2].weight.clone()
    with pytest.raises(RuntimeError, match="in between"), average.applied():
        raise RuntimeError("in between")
    assert torch.equal(network[2].weight, before)


def test_counters_are_copied_not_averaged() -> None:
    network = _network()
    average = MovingAverage(network, 0.9)
    for _ in range(3):
        network(torch.randn(4, 2))
        average.update()
    assert average.average["1.num_batches_tracked"].item() == 3


def test_a_restored_average_goes_on_as_if_never_stopped() -> None:
    network = _network()
    whole, first = MovingAverage(network, 0.99), MovingAverage(network, 0.99)
    for average in (whole, first):
        average.network = network
    _shift(network, 1.0)
    whole.update()
    first.update()
    second = MovingAverage(network, 0.99)
    second.restore(first.state())
    _shift(network, 1.0)
    whole.update()
    second.update()
    torch.testing.assert_close(second.average, whole.average, rtol=0, atol=0)
