"""A gallery as a network sees it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from touchline.errors import UsageError
from touchline.reid.distances import Features
from touchline.reid.galleries import embed_gallery, gallery_of


class MeanColours:
    """An extractor without a network: the mean colour of the top and the bottom half."""

    size = (16, 8)
    features = 6

    def __call__(self, pixels: torch.Tensor) -> Features:
        halves = pixels.float().unflatten(2, (2, 8)).mean(dim=(3, 4)).flatten(1).numpy()
        return (halves / np.linalg.norm(halves, axis=1, keepdims=True)).astype(np.float32)


def test_colours_find_the_people_of_a_drawn_world(actions: Path) -> None:
    found = embed_gallery(MeanColours(), gallery_of(actions, "test"), quiet=True)
    assert found.queries.shape == (9, 6)
    assert found.crops.shape == (21, 6)
    assert found.faults == ()
    scores = found.score()
    assert scores.mAP.value > 0.9
    assert found.map_of() == pytest.approx(scores.mAP.value)
    rankings = list(found.ranked())
    assert sorted(ranking.query for ranking in rankings) == list(range(9))
    assert {len(ranking.gallery) for ranking in rankings} == {7}


def test_no_such_split_is_refused_with_those_there_are(actions: Path) -> None:
    with pytest.raises(UsageError, match=r"in the split 'challenge'; found valid, test in .*data"):
        gallery_of(actions, "challenge")
