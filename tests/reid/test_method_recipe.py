"""Ensembles and re-rankings named by files."""

from pathlib import Path

import numpy as np
import pytest

from crop_worlds import crops, features_of
from touchline.errors import UsageError
from touchline.reid.comparing import compare_splits
from touchline.reid.crops import Gallery
from touchline.reid.distances import unit
from touchline.reid.galleries import EmbeddedGallery
from touchline.reid.method_recipe import MethodRecipe, read_methods
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.runs_on_split import RunsOnSplit
from touchline.settings import resolve

FILES = sorted((Path(__file__).parents[2] / "recipes" / "reid" / "methods").glob("*.yaml"))


def split_of(runs: int) -> RunsOnSplit:
    gallery = Gallery(tuple(crops(12, "query", actions=1)), tuple(crops(60, "gallery", actions=1)))
    listed = [*gallery.queries, *gallery.gallery]
    return RunsOnSplit(
        {
            f"run {number}": EmbeddedGallery(
                gallery, *np.split(unit(features_of(listed, noise=1.0, seed=number)), [12])
            )
            for number in range(runs)
        }
    )


def test_three_ensembles_and_four_re_rankings_are_published() -> None:
    kinds = [method.kind for method in read_methods(FILES).values()]
    assert sorted(kinds) == ["ensemble"] * 3 + ["re-ranking"] * 4


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_each_says_what_it_is(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert f"--method recipes/reid/methods/{file.name}" in text
    for word in ("# Data: ", "# Published: ", "# Fault: ", "# Measured: ", "# Offline: "):
        assert word in text


def test_all_of_them_become_rows_of_a_comparison(tmp_path: Path) -> None:
    methods = read_methods(FILES)
    found = compare_splits(split_of(3), split_of(3), tmp_path, methods)
    rows = {row.name: row for row in found.methods}
    assert methods.keys() <= rows.keys()
    joined, averaged = rows["004-features-joined"], rows["004-distances-averaged"]
    assert joined.test.mAP.value == pytest.approx(averaged.test.mAP.value)
    assert any("'004-distances-averaged' and '004-features-joined'" in text for text in found.same)
    assert rows["004-weighted"].test.mAP.value != rows["004-rerank-20-6"].test.mAP.value


def test_with_a_weight_of_one_re_ranking_changes_nothing() -> None:
    split = split_of(2)
    plain = MethodRecipe(weights=(1.0, 3.0))
    kept = MethodRecipe(weights=(1.0, 3.0), rerank=RerankSettings(weight=1.0), everything=True)
    scores = [split.score(split.by(method)).mAP.value for method in (plain, kept)]
    assert scores[0] == pytest.approx(scores[1])


def test_weights_must_fit_the_runs() -> None:
    with pytest.raises(UsageError, match=r"each of run 0, run 1; found 3 weights"):
        split_of(2).by(MethodRecipe(weights=(0.2, 0.2, 0.6)))


def test_a_split_must_have_more_crops_than_neighbours_asked_for() -> None:
    with pytest.raises(UsageError, match="more than k1 = 100 crops"):
        split_of(1).by(MethodRecipe(rerank=RerankSettings(k1=100)))


def test_ranks_have_no_features_to_re_rank(tmp_path: Path) -> None:
    file = tmp_path / "method.yaml"
    file.write_text("ensemble: borda\nrerank: {k1: 20}\n")
    with pytest.raises(UsageError, match="re-ranking needs features, which borda has not"):
        resolve(MethodRecipe, file)


def test_methods_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="methods of different names"):
        read_methods([tmp_path / "a" / "m.yaml", tmp_path / "b" / "m.yaml"])
