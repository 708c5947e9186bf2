from pathlib import Path

import numpy as np
import pytest

from touchline.errors import UsageError
from touchline.reid.config import BatchSettings
from touchline.reid.crops import Codes, Crop
from touchline.reid.sampling.action_batches import action_batches
from touchline.reid.sampling.epoch import epoch_batches, match_codes
from touchline.reid.sampling.identity_batches import identity_batches

WHO = np.repeat(np.arange(12), 2)
MATCHES = np.zeros(24, dtype=np.int64)
NOWHERE = np.full(24, -1)


def same(some: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return [batch.tolist() for batch in some] == [batch.tolist() for batch in others]


@pytest.mark.parametrize(
    ("sampler", "where", "inside"),
    [
        ("auto", WHO // 4, True),
        ("auto", NOWHERE, False),
        ("action", WHO // 4, True),
        ("identity", WHO // 4, False),
    ],
)
def test_auto_draws_inside_actions_where_there_are_any(
    sampler: str, where: np.ndarray, inside: bool
) -> None:
    crops = Codes(WHO, where, NOWHERE)
    settings = BatchSettings.model_validate({"sampler": sampler, "identities": 3})
    expected = (
        action_batches(crops, MATCHES, 3, 2, 7, 1)
        if inside
        else identity_batches(crops, 3, 2, 7, 1)
    )
    assert same(epoch_batches(crops, MATCHES, settings, 7, 1), expected)
    assert not same(action_batches(Codes(WHO, WHO // 4, NOWHERE), MATCHES, 3, 2, 7, 1),
                    identity_batches(crops, 3, 2, 7, 1))  # fmt: skip


def test_nothing_to_learn_is_refused() -> None:
    lone = Codes(np.arange(3), np.zeros(3, dtype=np.int64), np.full(3, -1))
    with pytest.raises(UsageError, match="two people in one action, one of them with two crops"):
        epoch_batches(lone, np.zeros(3, dtype=np.int64), BatchSettings(), 0, 0)
    anywhere = Codes(np.arange(3), np.full(3, -1), np.full(3, -1))
    with pytest.raises(UsageError, match=r"two people, one of them.*no such among 3 crops"):
        epoch_batches(anywhere, np.zeros(3, dtype=np.int64), BatchSettings(), 0, 0)


def test_matches_become_numbers() -> None:
    crops = [Crop(Path("a.png"), 0, match=match) for match in ("b", "a", "", "b")]
    assert match_codes(crops).tolist() == [0, 1, 2, 0]
