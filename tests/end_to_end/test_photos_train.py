"""`touchline photos train`: from a folder of photos to a scored run, through the command line."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from photo_world import COLOURS, HOSTILE_CLASS, TINY, draw_world, teach
from touchline.cli import main

PROBE_RUN = {
    ".training.lock", "calibration.json", "config.yaml", "confusion_matrix.csv", "labels.json",
    "learnt.txt", "manifest.json", "metrics.json", "per_class.csv", "plots/confusion_matrix.png",
    "plots/f1.png", "plots/reliability.png", "plots/risk_coverage.png", "predictions.parquet",
    "preprocess.json", "report.html", "split.csv", "weights/best.safetensors",
    "weights/scope.safetensors",
}  # fmt: skip


def metrics_of(run: Path) -> dict:
    return json.loads((run / "metrics.json").read_text())


def test_a_run_holds_exactly_its_files(taught: Path) -> None:
    found = {p.relative_to(taught).as_posix() for p in taught.rglob("*") if p.is_file()}
    (events,) = found - PROBE_RUN
    assert events.startswith("tensorboard/")
    assert found >= PROBE_RUN


def test_metrics_are_those_of_scikit_learn(taught: Path) -> None:
    metrics, table = metrics_of(taught), pd.read_parquet(taught / "predictions.parquet")
    truth, label = table["truth"], table["label"]
    assert set(metrics["accuracy"]) == {"value", "n", "low", "high"}
    assert metrics["accuracy"]["value"] == accuracy_score(truth, label)
    assert metrics["accuracy"]["n"] == len(table) == 18
    assert metrics["accuracy"]["low"] <= metrics["accuracy"]["value"] <= metrics["accuracy"]["high"]
    for average in ("macro", "weighted"):
        expected = f1_score(truth, label, average=average, zero_division=0)
        assert metrics[f"{average}_f1"]["value"] == pytest.approx(expected)
    assert metrics["confusion_matrix"] == confusion_matrix(truth, label).tolist()
    assert metrics["accuracy"]["value"] > metrics["baseline_majority"]["high"]


def test_predictions_are_whole_and_of_the_test_part(world: Path, taught: Path) -> None:
    table = pd.read_parquet(taught / "predictions.parquet")
    split = pd.read_csv(taught / "split.csv").set_index("path")
    assert set(table["name"]) == set(split.index[split["part"] == "test"])
    assert all(split.loc[table["name"], "label"].to_numpy() == table["truth"].to_numpy())
    probabilities = np.stack(table["probabilities"])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(probabilities.max(axis=1), table["confidence"], atol=1e-6)
    assert [sorted(COLOURS)[c] for c in probabilities.argmax(axis=1)] == list(table["label"])
    assert all(Path(path).is_relative_to(world) for path in table["path"])


def test_the_manifest_tells_what_made_the_run(taught: Path) -> None:
    facts = json.loads((taught / "manifest.json").read_text())
    assert facts["photos"] == 36
    assert [(Path(path).name, reason) for path, reason in facts["rejected"]] == [
        ("broken.jpg", "not an image")
    ]
    assert facts["backbone"]["name"] == "test_resnet"
    assert len(facts["data"]) == len(facts["backbone"]["weights_sha256"]) == 64


def test_the_config_of_a_run_repeats_it_exactly(taught: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert main(["photos", "train", "--config", str(taught / "config.yaml"), "--out",
                 str(again)]) == 0  # fmt: skip
    ours, theirs = metrics_of(taught), metrics_of(again)
    for metrics in (ours, theirs):
        del metrics["seconds"]
    assert ours == theirs
    assert (again / "split.csv").read_bytes() == (taught / "split.csv").read_bytes()
    weights = "weights/best.safetensors"
    assert (again / weights).read_bytes() == (taught / weights).read_bytes()


def test_a_split_is_reused_as_it_is(world: Path, taught: Path, tmp_path: Path) -> None:
    run = teach(world, tmp_path / "run", "--split", str(taught / "split.csv"), "--seed", "9")
    assert (run / "split.csv").read_bytes() == (taught / "split.csv").read_bytes()
    assert metrics_of(run)["learnt_from"] == 18


def test_without_a_choice_every_photo_is_scored_once_by_cross_validation(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = teach(world, tmp_path / "run", "--json", "evaluation.folds=3")
    summary = json.loads(capsys.readouterr().out)
    assert summary["run"] == str(run)
    assert summary["evaluation"] == "cross-validation in 3 folds"
    assert (summary["accuracy"]["n"], summary["learnt_from"]) == (36, 36)
    assert {k: v for k, v in summary.items() if k != "run"} == metrics_of(run)
    table = pd.read_parquet(run / "predictions.parquet")
    assert table["name"].is_unique
    assert set(table["part"]) == {f"repeat-1-fold-{n}" for n in (1, 2, 3)}


def test_fewer_folds_than_asked_for_are_not_called_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = draw_world(tmp_path / "photos", count=3)
    assert main(["photos", "train", str(world), *TINY, "--dry-run"]) == 0
    assert capsys.readouterr().out == "9 photos of 3 classes; cross-validation in 3 folds\n"


def test_a_holdout_and_the_gate(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(world), *TINY, f"cache={tmp_path / 'cache'}", "--out", str(tmp_path / "run"),
                 "--holdout", "0.25", "--min-accuracy", "1.01"]  # fmt: skip
    assert main(["photos", "train", *arguments]) == 4
    assert "Wanted an accuracy of at least 1.01; found " in capsys.readouterr().err
    assert metrics_of(tmp_path / "run")["accuracy"]["n"] == 9


def test_a_dry_run_writes_nothing(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["photos", "train", str(world), *TINY, "--shots", "6", "--dry-run"]) == 0
    assert "37 photos of 3 classes; 6 photos a class to learn" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_passes_over_photos_without_label_as_training_does(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(str(path), path.parent.name) for path in world.glob("*/0*.jpg")]
    rows.append((str(world / "blue" / "11.jpg"), ""))
    table = tmp_path / "photos.csv"
    pd.DataFrame(rows, columns=["path", "label"]).to_csv(table, index=False)
    assert main(["photos", "train", str(table), *TINY, "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith(f"{len(rows) - 1} photos of 3 classes")


def test_the_printed_config_is_taken_back(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(world), *TINY, "--shots", "6", "probe.strengths=[0.5]", "--print-config"]
    assert main(["photos", "train", *words]) == 0
    printed = capsys.readouterr().out
    assert "  shots: 6  # command line\n" in printed
    file = tmp_path / "c.yaml"
    file.write_text(printed)
    assert main(["photos", "train", "--config", str(file), "--print-config"]) == 0
    again = capsys.readouterr().out
    assert yaml.safe_load(again) == yaml.safe_load(printed)
    assert f"data: {world}  # {file}\n" in again


def test_more_settings_than_a_path_is_long(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    views = ", ".join(f"{{framing: letterbox, size: {32 * n}}}" for n in range(1, 11))
    assert main(["photos", "train", str(world), f"views=[{views}]", "--print-config"]) == 0
    assert len(yaml.safe_load(capsys.readouterr().out)["views"]) == 10


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "b"], "Wanted one folder or CSV of photos; found a and b"),
        (["nowhere"], "nothing at nowhere"),
        (["evaluation.shots=2", "evaluation.holdout=0.5"], "choose one of shots and holdout"),
        (["--shots", "12"], "Wanted more than 12 photos of each class"),
        (["mirror.mode=sideways"], "Wanted a fitting value for 'mirror.mode'"),
        (["--backbone", "resnet5000"], "Wanted a backbone that timm knows; found 'resnet5000'"),
        (["--resume", "{run}", "--seed", "1"], "Wanted --resume alone; found other settings"),
        (["--resume", "{world}"], "Wanted the folder of a run; found no config.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    words: list[str], message: str, world: Path, taught: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    words = [word.format(run=taught, world=world) for word in words]
    named = [] if {"a", "nowhere", "--resume"} & set(words) else [str(world), *TINY]
    assert main(["photos", "train", *named, *words]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_one_class_and_broken_photos_are_refused(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["photos", "train", str(world / "blue" / ".."), *TINY, "mirror.pairs=[[a, b]]"]) == 2
    )
    lonely = tmp_path / "lonely" / "blue"
    lonely.mkdir(parents=True)
    (lonely / "a.jpg").write_bytes((world / "blue" / "01.jpg").read_bytes())
    capsys.readouterr()
    assert main(["photos", "train", str(lonely.parent), *TINY]) == 2
    assert "Wanted at least two classes; found only 'blue'" in capsys.readouterr().err
    table = lonely.parent / "labels.csv"
    table.write_text("path,label\n", encoding="utf-8")
    assert main(["photos", "split", str(lonely.parent), "--shots", "2", "-n"]) == 2
    assert f"Name the table in that folder: {table}" in capsys.readouterr().err
    table.unlink()
    (lonely / "a.jpg").write_bytes(b"no photo")
    assert main(["photos", "train", str(lonely.parent), *TINY]) == 2
    assert "Wanted photos with a class; found none that can be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["train", "valid"], "Wanted photos in test; found only train and valid"),
        (["test"], "Wanted photos in train; found only test"),
        (["1"], "that cannot be parted"),
    ],
)
def test_a_split_that_cannot_teach_and_score_is_refused(
    parts: list[str], message: str, world: Path, taught: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    split = pd.read_csv(taught / "split.csv")
    split["part"] = [parts[row % len(parts)] for row in range(len(split))]
    split.to_csv(tmp_path / "split.csv", index=False)
    words = [str(world), *TINY, f"cache={tmp_path}", "--split", str(tmp_path / "split.csv")]
    assert main(["photos", "train", *words, "--out", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err


def test_hostile_names_are_classes_like_any_other(taught: Path) -> None:
    assert HOSTILE_CLASS in metrics_of(taught)["classes"]
