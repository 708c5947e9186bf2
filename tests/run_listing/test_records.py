import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from touchline.errors import UsageError
from touchline.run_listing.records import find_runs, read_record, score_of

SCORE = {"value": 0.75, "n": 4, "low": 0.5, "high": 0.9}


def write_run(
    folder: Path, settings: str = "recipe: probe\nseed: 1\n", metrics: Any = None,
    manifest: Any = None, epochs: int = 0,
) -> Path:  # fmt: skip
    """A run as its files tell it, without weights."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(settings)
    if metrics is not None:
        (folder / "metrics.json").write_text(json.dumps(metrics))
    if manifest is not None:
        (folder / "manifest.json").write_text(json.dumps(manifest))
    if epochs:
        (folder / "results.csv").write_text("epoch\n" + "1\n" * epochs)
    return folder


@pytest.mark.parametrize(
    ("settings", "metrics", "task", "score"),
    [
        ("recipe: x", {"accuracy": SCORE}, "photos", "accuracy"),
        ("encoder: x", {"valid": {"exact": {"w": 1, "mAP12": SCORE, "mAP10": SCORE}}},
         "spotting", "valid.exact.mAP12"),
        ("encoder: x", {"valid": {"mAP3": SCORE}, "test": {"mAP3": SCORE}}, "spotting",
         "test.mAP3"),
        ("network: x", {"valid": {"mAP": SCORE}, "test": {"mAP": SCORE}}, "reid", "test.mAP"),
        ("network: x", {"valid": "nothing"}, "reid", None),
    ],
)  # fmt: skip
def test_the_main_score_is_found_by_the_task(
    tmp_path: Path, settings: str, metrics: Any, task: str, score: str | None
) -> None:
    found = read_record(write_run(tmp_path / "run", settings, metrics, {"seconds": 2}))
    assert found.task == task
    assert (found.score[0] if found.score else None) == score


def test_what_a_run_says_of_itself(tmp_path: Path) -> None:
    manifest = {"seconds": 12.5, "commit": "abc-dirty"}
    run = write_run(tmp_path / "run", metrics={"accuracy": SCORE}, manifest=manifest)
    os.utime(run / "config.yaml", (1e9, 1e9))
    said = read_record(run).as_dict()
    assert said.pop("begun")[:8] == "2001-09-"
    assert said == {
        "run": str(run), "task": "photos", "state": "finished", "finished": True,
        "score": {"name": "accuracy", **SCORE}, "seconds": 12.5, "commit": "abc-dirty",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({}, "unfinished after 0 epochs"),
        ({"epochs": 1}, "unfinished after 1 epoch"),
        ({"epochs": 2, "manifest": {"seconds": 1}}, "unfinished after 2 epochs"),
        ({"metrics": {"a": 1}, "manifest": {"of_run": "runs/a"}}, "evaluation of runs/a"),
        ({"metrics": [1], "manifest": {"seconds": 1}}, "unfinished after 0 epochs"),
    ],
)
def test_an_unfinished_run_is_said_to_be_one(tmp_path: Path, parts: Any, state: str) -> None:
    assert read_record(write_run(tmp_path / "run", **parts)).state == state


def test_runs_are_found_below_but_not_behind_links_or_in_hidden_folders(tmp_path: Path) -> None:
    outside = write_run(tmp_path / "outside")
    inside = [write_run(tmp_path / "runs" / name) for name in ("reid/b", "photos/a")]
    write_run(inside[0] / "folds" / "inner")
    write_run(tmp_path / "runs" / ".b.removed")
    (tmp_path / "runs" / "link").symlink_to(outside)
    (tmp_path / "runs" / "other").mkdir()
    (tmp_path / "runs" / "other" / "config.yaml").write_text("- no\n- settings\n")
    assert [each.folder for each in find_runs(tmp_path / "runs")] == inside[::-1]
    assert find_runs(tmp_path / "runs" / "other") == []


@pytest.mark.parametrize("content", [None, "", "a: b", "{", "[1]", "\x00", "[" * 5000])
def test_what_is_no_run_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.yaml").write_text(content)
    with pytest.raises(UsageError, match=r"the folder of a run; found no config\.yaml of a run in"):
        read_record(tmp_path)


@pytest.mark.parametrize("content", ["recipe: &a [*a]", "recipe: &a {b: 1}\nhead: *a"])
def test_settings_that_could_hold_themselves_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match=r"found no config\.yaml of a run in"):
        read_record(write_run(tmp_path / "run", content))


def test_what_json_cannot_hold_is_read_as_what_it_can(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "run", "recipe: probe\nrate: .nan\nsince: 2026-11-21\n2: [.inf, 1.5]\n",
        {"accuracy": SCORE, "loss": math.inf}, {"seconds": math.nan},
    )  # fmt: skip
    found = read_record(run)
    assert found.settings == {"recipe": "probe", "rate": None, "since": "2026-11-21",
                              "2": [None, 1.5]}  # fmt: skip
    assert found.metrics["loss"] is None
    assert found.seconds is None
    json.dumps([found.settings, found.metrics, found.manifest, found.as_dict()], allow_nan=False)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a folder of runs; found none at .*nowhere"):
        find_runs(tmp_path / "nowhere")


def test_a_score_that_was_not_measured_is_read_as_nan() -> None:
    score = score_of({"value": None, "n": 0, "low": 0.0, "high": 1.0}, "mAP")
    assert score is not None
    assert math.isnan(score.value)
    assert score_of({"value": 1}, "mAP") is None


def test_the_main_score_of_a_generator_is_no_share(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", "generator: stylegan\n", {"kid": SCORE}, {"seconds": 1})
    found = read_record(run).score
    assert found is not None
    assert (found[0], found[1].unit) == ("kid", "number")


def test_an_unfinished_generator_counts_snapshots(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", "generator: stylegan\n", epochs=2)
    assert read_record(run).state == "unfinished after 2 snapshots"


@pytest.mark.parametrize("count", ["many", None, math.inf, 2.5])
def test_a_score_without_a_count_is_none_and_the_list_goes_on(tmp_path: Path, count: Any) -> None:
    write_run(tmp_path / "a", metrics={"accuracy": {**SCORE, "n": count}}, manifest={"seconds": 1})
    write_run(tmp_path / "b", metrics={"accuracy": SCORE}, manifest={"seconds": 1})
    assert [each.score is None for each in find_runs(tmp_path)] == [True, False]


def test_of_a_tuning_study_the_two_runs_are_found(tmp_path: Path) -> None:
    study = write_run(tmp_path / "study")
    (study / "space.yaml").write_text("seed: {low: 1, high: 2}\n")
    runs = [write_run(study / name) for name in ("untuned", "winner")]
    assert [each.folder for each in find_runs(tmp_path)] == runs
    with pytest.raises(UsageError, match=r"a tuning study in .*Name one of its runs, `winner`"):
        read_record(study)
