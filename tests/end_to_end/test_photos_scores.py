"""`touchline photos evaluate` and `compare`: runs on other photos, and runs beside each other."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from photo_world import draw_world, teach
from touchline.cli import main

CPU = ["--device", "cpu", "--precision", "fp32"]


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve photos that the taught run has not seen."""
    return draw_world(tmp_path_factory.mktemp("others") / "photos", start=50, count=4)


@pytest.fixture(scope="session")
def rival(world: Path, taught: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the same split whose head is regularised until it hardly learns."""
    folder = tmp_path_factory.mktemp("rival") / "rival"
    return teach(world, folder, "--split", str(taught / "split.csv"), "probe.strengths=[0.000001]")


def test_other_photos_are_scored_and_learnt_ones_left_out(
    taught: Path, others: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    split = pd.read_csv(taught / "split.csv")
    learnt = split.loc[split["part"] == "train", "path"].iloc[0]
    mixed = Path(shutil.copytree(others, tmp_path / "mixed"))
    world = Path(pd.read_parquet(taught / "predictions.parquet")["path"][0]).parents[1]
    shutil.copy(world / learnt, mixed / Path(learnt).parent / "learnt.jpg")
    out = tmp_path / "scores"
    assert main(["photos", "evaluate", str(taught), str(mixed), "--out", str(out), "--json",
                 *CPU]) == 0  # fmt: skip
    summary = json.loads(capsys.readouterr().out)
    assert summary["accuracy"]["n"] == 12
    assert summary["of_run"] == str(taught)
    assert summary["accuracy"]["value"] > summary["baseline_majority"]["value"]
    (rejected,) = json.loads((out / "manifest.json").read_text())["rejected"]
    assert rejected == [str(mixed / Path(learnt).parent / "learnt.jpg"), "the run learnt from it"]
    assert "the run learnt from it" in (out / "report.html").read_text()


def test_evaluating_the_test_part_gives_the_score_of_the_run(
    world: Path, taught: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores"
    assert main(["photos", "evaluate", str(taught), str(world), "--out", str(out), *CPU]) == 0
    ours, theirs = (json.loads((run / "metrics.json").read_text()) for run in (taught, out))
    assert ours["accuracy"]["n"] == theirs["accuracy"]["n"]
    assert ours["confusion_matrix"] == theirs["confusion_matrix"]
    for name in ("set_coverage", "set_size"):
        assert ours[name]["value"] == theirs[name]["value"]


def test_a_run_older_than_conformal_sets_scores_and_labels_without(
    taught: Path, others: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Path(shutil.copytree(taught, tmp_path / "run"))
    calibration = json.loads((run / "calibration.json").read_text())
    assert calibration.pop("sets")["coverage"] == 0.9
    (run / "calibration.json").write_text(json.dumps(calibration))
    out = tmp_path / "scores"
    assert main(["photos", "evaluate", str(run), str(others), "--out", str(out), *CPU]) == 0
    assert "set_coverage" not in json.loads((out / "metrics.json").read_text())
    capsys.readouterr()
    assert main(["photos", "predict", str(run), str(others), *CPU]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {json.loads(line)["set_size"] for line in lines} == {0}


@pytest.mark.parametrize(
    ("case", "code", "message"),
    [
        ("gate", 4, "Wanted an accuracy of at least 1.01"),
        ("class", 2, "Wanted classes that the run knows; found 'blau'. The nearest .* is 'blue'"),
        ("learnt", 2, "Wanted photos that the run has not learnt from; found none in"),
        ("unfinished", 2, "Wanted a finished run; found FileNotFoundError at"),
        ("run", 2, "Wanted the folder of a run; found no config.yaml"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    case: str, code: int, message: str, world: Path, taught: Path, others: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    run, data = taught, others
    if case == "class":
        data = Path(shutil.copytree(others, tmp_path / "data"))
        (data / "blue").rename(data / "blau")
    if case == "learnt":
        split = pd.read_csv(taught / "split.csv")
        data = tmp_path / "data"
        for name in split.loc[split["part"] == "train", "path"]:
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(world / name, data / name)
    if case == "unfinished":
        run = Path(shutil.copytree(taught, tmp_path / "unfinished"))
        (run / "preprocess.json").unlink()
    if case == "run":
        run = others
    arguments = [str(run), str(data), "--out", str(tmp_path / "out"), "--min-accuracy", "1.01"]
    assert main(["photos", "evaluate", *arguments, *CPU]) == code
    assert re.search(message, capsys.readouterr().err)


def test_the_worse_of_two_runs_is_told(
    taught: Path, rival: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    assert main(["photos", "compare", str(rival), str(taught), "--out", str(page), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    accuracies = {
        run.name: json.loads((run / "metrics.json").read_text())["accuracy"]["value"]
        for run in (taught, rival)
    }
    assert {row["name"]: row["accuracy"]["value"] for row in found["runs"]} == accuracies
    (pair,) = found["pairs"]
    difference = accuracies["rival"] - accuracies["run"]
    assert pair["difference"]["value"] == pytest.approx(difference)
    assert page.read_text().count("<table") == 2


def test_a_run_cannot_be_told_from_itself(taught: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["photos", "compare", str(taught), str(taught)]) == 0
    captured = capsys.readouterr()
    assert "not distinguishable" in captured.out
    assert "accuracy" in captured.out


def test_runs_on_other_photos_and_single_runs_are_not_compared(
    taught: Path, others: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores"
    assert main(["photos", "evaluate", str(taught), str(others), "--out", str(out), *CPU]) == 0
    assert main(["photos", "compare", str(taught), str(out)]) == 2
    assert "Wanted the same photos in 'run' and 'scores'" in capsys.readouterr().err
    assert main(["photos", "compare", str(taught)]) == 2
    assert "Wanted two or more runs to compare" in capsys.readouterr().err


def test_a_repeated_cross_validation_is_compared_with_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = draw_world(tmp_path / "photos", count=8)
    run = teach(world, tmp_path / "run", "evaluation.folds=2", "evaluation.repeats=2",
                "probe.inner_folds=2", "probe.strengths=[0.1]")  # fmt: skip
    assert "in 2 folds, 2 times" in json.loads((run / "metrics.json").read_text())["evaluation"]
    capsys.readouterr()
    assert main(["photos", "compare", str(run), str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["accuracy"]["n"] == 48
