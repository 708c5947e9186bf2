"""From photos to a generator, to photos of its own, to a classifier that learns from both."""

from pathlib import Path

import pandas as pd
import pytest

from photo_world import TINY as SMALL_CLASSIFIER
from taught_generator import teach_generator
from touchline.cli import main
from touchline.runs import open_run

pytestmark = pytest.mark.usefixtures("quickly")


def test_made_photos_teach_and_never_score(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    split, made, run = (str(tmp_path / name) for name in ("split.csv", "made", "run"))
    assert main(["photos", "split", str(world), "--shots", "6", "--out", split]) == 0
    generator = teach_generator(world, tmp_path / "generator", "--split", split)
    assert main(["synth", "sample", str(generator), "--per-class", "4", "--out", made]) == 0
    words = ["photos", "train", str(world), *SMALL_CLASSIFIER, "--synthetic", made]
    assert main([*words, "--split", split, "--out", run]) == 0
    scored = pd.read_parquet(open_run(Path(run)).file("predictions.parquet"))
    assert len(scored) == 18
    assert not scored["path"].str.startswith(made).any()
    assert open_run(Path(run)).read_json("manifest.json")["synthetic"]["photos"] == 12
    capsys.readouterr()
    assert main([*words, "--folds", "3", "--out", str(tmp_path / "other")]) == 2
    told = capsys.readouterr().err
    assert f"photos to score that the generator of {made} has not learnt from" in told
    assert not (tmp_path / "other").exists()
