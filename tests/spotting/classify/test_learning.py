import math

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score
from torch import nn
from torch.nn import functional as F

from touchline.spotting.classify.config import ClipLossSettings
from touchline.spotting.classify.learning import loss_of, mean_average_precision


class Saying(nn.Module):
    """Says what it is told to, whatever it is shown."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, *_: object) -> torch.Tensor:
        return self.logits


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_the_softmax_loss_is_focal_clip_by_clip_and_weighs_classes_alike(gamma: float) -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(6, 4), torch.tensor([0, 1, 2, 3, 0, 0])
    batch = {"shown": None, "tracks": None, "targets": F.one_hot(labels, 4).float()}
    found = loss_of(ClipLossSettings(kind="softmax", gamma=gamma))(Saying(logits), batch)
    right = logits.softmax(dim=-1)[torch.arange(6), labels]
    torch.testing.assert_close(found, -((1 - right) ** gamma * right.log()).mean())


def test_the_loss_of_windows_is_a_yes_or_no_for_each_class() -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(6, 4), (torch.rand(6, 4) < 0.5).float()
    batch = {"shown": None, "tracks": None, "targets": targets}
    found = loss_of(ClipLossSettings())(Saying(logits), batch)
    torch.testing.assert_close(found, F.binary_cross_entropy_with_logits(logits, targets))


def test_the_figure_that_chooses_leaves_out_classes_that_do_not_occur() -> None:
    rng = np.random.default_rng(0)
    truth, sure = rng.random((30, 4)) < 0.4, rng.random((30, 4))
    truth[:, 2] = False
    measured = [0, 1, 3]
    expected = average_precision_score(truth[:, measured], sure[:, measured])
    assert mean_average_precision(truth, sure) == pytest.approx(expected, abs=1e-12)


def test_confidences_that_are_no_numbers_choose_no_epoch() -> None:
    truth = np.array([[True], [False]])
    assert math.isnan(mean_average_precision(truth, np.array([[np.nan], [0.5]])))
