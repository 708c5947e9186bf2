import pytest
import torch
from torch import nn

from touchline.training.optimiser_settings import OptimiserSettings
from touchline.training.optimising import fit_settings, parameter_groups

RATES = OptimiserSettings(learning_rate=0.1, encoder_learning_rate=0.01, weight_decay=0.2)


def network_of_two() -> nn.ModuleDict:
    return nn.ModuleDict({"encoder": nn.Linear(2, 3), "head": nn.Linear(3, 1)})


def test_encoder_and_rest_learn_at_rates_of_their_own() -> None:
    network = network_of_two()
    rest, encoder = parameter_groups(network, network["encoder"], RATES)
    assert (rest["lr"], encoder["lr"]) == (0.1, 0.01)
    assert rest["weight_decay"] == encoder["weight_decay"] == 0.2
    assert rest["params"] == list(network["head"].parameters())
    assert encoder["params"] == list(network["encoder"].parameters())


def test_one_rate_serves_both_where_no_other_is_given() -> None:
    network = network_of_two()
    groups = parameter_groups(network, network["encoder"], OptimiserSettings(learning_rate=0.3))
    assert [group["lr"] for group in groups] == [0.3, 0.3]


def test_a_frozen_encoder_is_left_out() -> None:
    network = network_of_two()
    network["encoder"].requires_grad_(False)
    [group] = parameter_groups(network, network["encoder"], RATES)
    assert torch.equal(group["params"][0], network["head"].weight)


@pytest.mark.parametrize("name", ["epochs", "patience", "ema_decay", "gradient_clip"])
def test_what_is_set_reaches_the_trainer(name: str) -> None:
    values = {"epochs": 7, "patience": 3, "ema_decay": 0.9, "gradient_clip": 2.0}
    found = fit_settings(
        OptimiserSettings(**{name: values[name]}), "validation_map", "cpu", "bf16", 5
    )
    assert getattr(found, name) == values[name]
    assert (found.device, found.precision, found.seed) == ("cpu", "bf16", 5)
    assert (found.monitor, found.mode) == ("validation_map", "max")
