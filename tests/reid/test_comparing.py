"""Choices are made on one split and reported on the other."""

from pathlib import Path

import numpy as np
import pytest

from crop_worlds import crops, features_of
from touchline.reid.comparing import compare_splits
from touchline.reid.comparison_report import write_comparison
from touchline.reid.crops import Gallery
from touchline.reid.distances import unit
from touchline.reid.galleries import EmbeddedGallery
from touchline.reid.runs_on_split import RunsOnSplit


def split_of(noises: dict[str, float], actions: int, seed: int) -> RunsOnSplit:
    """Runs whose vectors are more or less noisy, of the same crops."""
    gallery = Gallery(
        tuple(crops(12, "query", actions=actions)), tuple(crops(48, "gallery", actions=actions))
    )
    runs = {}
    for number, (name, noise) in enumerate(noises.items()):
        listed = [*gallery.queries, *gallery.gallery]
        features = unit(features_of(listed, noise=noise, seed=seed + number))
        runs[name] = EmbeddedGallery(gallery, *np.split(features, [12]))
    return RunsOnSplit(runs)


@pytest.fixture
def found(tmp_path: Path):
    noises = {"rough": 2.0, "fine": 0.4}
    return compare_splits(
        split_of(noises, 2, seed=0), split_of(dict(reversed(noises.items())), 2, 7), tmp_path, {}
    )


def test_the_reference_is_the_best_run_on_valid(found) -> None:
    assert found.reference == "fine"
    by_name = {method.name: method for method in found.methods}
    assert by_name["fine"].lead.value == 0
    assert by_name["rough"].lead.value < 0
    lead = by_name["rough"].test.mAP.value - by_name["fine"].test.mAP.value
    assert by_name["rough"].lead.value == pytest.approx(lead)


def test_weights_are_those_of_the_best_trial_on_valid(found) -> None:
    best = max(trial.score for trial in found.weights.table)
    assert found.weights.best.score == pytest.approx(best)
    chosen = next(m for m in found.methods if m.name == "weights chosen on valid")
    assert chosen.valid.mAP.value == pytest.approx(best, abs=1e-6)


def test_joined_features_and_averaged_distances_are_said_to_be_one(found) -> None:
    assert any("'features joined' and 'distances averaged' are one" in s for s in found.same)
    first, second = (
        next(m.test.mAP.value for m in found.methods if m.name == name)
        for name in ("features joined", "distances averaged")
    )
    assert first == pytest.approx(second)


def test_re_rankings_that_need_more_crops_than_there_are_stay_out(tmp_path: Path) -> None:
    noises = {"only": 0.5}
    small = compare_splits(split_of(noises, 1, 0), split_of(noises, 1, 5), tmp_path, {})
    names = [method.name for method in small.methods]
    assert "k1 20, k2 6, weight 0.3, inside actions" in names
    assert not any(name.startswith("k1 60") for name in names)  # of 60 crops
    assert [method.kind for method in small.methods].count("ensemble") == 0


def test_the_report_says_where_it_was_chosen(found, tmp_path: Path) -> None:
    page = write_comparison(found, "Chosen here; reported there.")
    text = page.read_text(encoding="utf-8")
    assert "Chosen here; reported there." in text
    assert "The same by algebra" in text
    assert (tmp_path / "table.csv").read_text().splitlines()[0].startswith("method,kind,mAP")
    assert found.describe().endswith(f"Report  {page}")
