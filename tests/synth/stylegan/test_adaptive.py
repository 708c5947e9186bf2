import pytest
import torch

from touchline.synth.stylegan.adaptive import AdaptiveStrength

CERTAIN, UNCERTAIN = torch.ones(25), torch.tensor([1.0, -1.0] * 12 + [0.0])


def test_strength_reaches_one_in_the_stated_images_and_stays_there() -> None:
    ada = AdaptiveStrength()
    path = []
    for _ in range(50):
        ada = ada.observed(CERTAIN).adjusted(0.6, images=1000)
        path.append(ada.strength)
    assert path[19] == pytest.approx(0.5)
    assert path[39] == pytest.approx(1.0)
    assert path[40:] == [1.0] * 10
    assert path == sorted(path)


def test_strength_falls_below_the_target_and_stops_at_zero() -> None:
    ada = AdaptiveStrength(0.05)
    ada = ada.observed(UNCERTAIN).adjusted(0.6, images=1000)
    assert ada.strength == pytest.approx(0.025)
    for _ in range(3):
        ada = ada.observed(UNCERTAIN).adjusted(0.6, images=1000)
    assert ada.strength == 0.0


def test_at_the_target_nothing_moves_and_each_adjustment_forgets() -> None:
    verdicts = torch.tensor([1.0, 1.0, 1.0, -1.0])  # r_t is 0.5
    ada = AdaptiveStrength(0.3).observed(verdicts).observed(verdicts)
    assert (ada.signs, ada.verdicts) == (4.0, 8)
    assert ada.adjusted(0.5, images=10) == AdaptiveStrength(0.3)


def test_without_verdicts_nothing_changes() -> None:
    assert AdaptiveStrength(0.3).adjusted(0.5, images=10) == AdaptiveStrength(0.3)
