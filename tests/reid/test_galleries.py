"""A gallery as a network sees it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from crop_worlds import soccernet_world
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


def test_where_nothing_can_be_read_nothing_is_ranked(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data")
    for path in (data / "test").rglob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(UsageError, match=r"crops that can be read; found none of 30 \(.*is empty"):
        embed_gallery(MeanColours(), gallery_of(data, "test"), quiet=True)


def test_what_is_broken_in_the_data_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "crops.csv").write_text(
        "path,identity,split,kind\na.png,1,test,query\nb.png,1,test,gallery\n"
        "./a.png,1,test,gallery\n"
    )
    with pytest.raises(UsageError, match=r"there is no file b\.png; left out"):
        gallery_of(tmp_path / "crops.csv", "test")
    (tmp_path / "b.png").touch()
    gallery_of(tmp_path / "crops.csv", "test")
    assert "left out or mended: " in (told := capsys.readouterr().err)
    assert "line 4: lists the file of line 2 again; left out" in told
