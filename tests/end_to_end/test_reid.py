"""`touchline reid` from crops to matches, through the command line."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import pytest
import torch
import yaml

from crop_worlds import market_world, plain_world, soccernet_world, table_world
from page_reader import PageReader
from taught_reidentifier import CPU, TINY
from touchline.cli import main
from touchline.reid.model import load_reidentifier
from touchline.runs import open_run

RUN = {
    "calibration.json", "config.yaml", "labels.json", "manifest.json", "metrics.json",
    "predictions.parquet", "preprocess.json", "report.html", "results.csv", "split.csv",
    "weights/best.safetensors", "weights/last-stage-1.ckpt",
}  # fmt: skip


def reid(*words: object) -> int:
    return main(["reid", *map(str, words)])


def names_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def said_as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one object on stdout."""
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_a_run_holds_its_files(reid_run: Path) -> None:
    found = names_in(reid_run)
    assert found >= RUN
    assert {name.partition("/")[0] for name in found - RUN} == {
        ".training.lock",
        "plots",
        "tensorboard",
    }
    read = PageReader((reid_run / "report.html").read_text(encoding="utf-8"))
    assert read.open == []
    assert read.handlers == []
    assert "mAP" in read.text
    assert "chance" in read.text
    assert read.text.index("Test queries") < read.text.index("Validation queries (chosen on)")


def test_the_metrics_are_those_of_the_recorded_queries(reid_run: Path) -> None:
    metrics = json.loads((reid_run / "metrics.json").read_text())
    table = pd.read_parquet(reid_run / "predictions.parquet")
    for split in ("valid", "test"):
        rows = table[table["split"] == split]
        assert len(rows) == metrics[split]["mAP"]["n"] == 9
        assert rows["average_precision"].mean() == pytest.approx(metrics[split]["mAP"]["value"])
        assert (rows["first_right"] == 1).mean() == pytest.approx(metrics[split]["rank1"]["value"])
    assert set(pd.read_csv(reid_run / "split.csv")["split"]) == {"train", "valid", "test"}


def test_a_ranking_is_what_the_run_scored(
    reid_run: Path, actions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ranking.json"
    words = ("--split", "test", "--run", reid_run, "--out", out)
    assert reid("rank", actions, *words, *CPU, "--json") == 0
    assert said_as_json(capsys) == {"out": str(out), "queries": 9, "gallery": 21, "faults": []}
    assert reid("score", actions / "test" / "bbox_info.json", out, "--json") == 0
    scored = json.loads((reid_run / "metrics.json").read_text())["test"]
    found = said_as_json(capsys)
    assert found["mAP"]["value"] == pytest.approx(scored["mAP"]["value"], abs=1e-12)
    assert found["rank1"] == scored["rank1"]
    assert reid("score", actions / "test" / "bbox_info.json", out, "--min-map", "1.1") == 4
    assert "Wanted a mAP of at least 1.1; found " in capsys.readouterr().err


def test_evaluating_the_test_split_repeats_its_scores(
    reid_run: Path, actions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scored"
    assert reid("evaluate", reid_run, actions, "--out", out, *CPU, "--json") == 0
    found = said_as_json(capsys)
    assert found["test"] == json.loads((reid_run / "metrics.json").read_text())["test"]
    assert (out / "report.html").is_file()
    assert reid("evaluate", reid_run, actions, "--split", "rest", "--dry-run") == 2
    said = capsys.readouterr().err
    assert "Wanted queries and a gallery in the split 'rest'; found valid, test in" in said


def test_an_interrupted_run_goes_on_to_the_same_end(
    reid_run: Path, actions: Path, tmp_path: Path
) -> None:
    """Taken back to the end of its first epoch, a run ends as it would have."""
    copy = tmp_path / "tiny"
    shutil.copytree(reid_run, copy)
    for name in ("metrics.json", "manifest.json", "weights/best.safetensors"):
        (copy / name).unlink()
    assert reid("train", "--resume", copy) == 0
    whole, again = (json.loads((run / "metrics.json").read_text()) for run in (reid_run, copy))
    assert again == whole
    assert reid("train", actions, "--resume", copy) == 2


def test_stages_grow_in_data_and_size(actions: Path, tmp_path: Path) -> None:
    small = "{share: 0.4, height: 32, width: 16, epochs: 1}"
    large = "{height: 48, width: 24, epochs: 1}"
    assert (
        reid("train", actions, *TINY, f"stages=[{small}, {large}]", *CPU, "--out", tmp_path / "run")
        == 0
    )
    rows = pd.read_csv(tmp_path / "run" / "results.csv")
    assert list(rows["stage"]) == ["stage-1", "stage-2"]
    shown = json.loads((tmp_path / "run" / "preprocess.json").read_text())
    assert (shown["height"], shown["width"]) == (48, 24)


def test_the_config_of_a_run_is_printed_with_its_origins(
    reid_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reid("train", "--config", reid_run / "config.yaml", "seed=3", "--print-config") == 0
    out = capsys.readouterr().out
    assert yaml.safe_load(out)["seed"] == 3
    assert reid("train", "--config", reid_run / "config.yaml", "--dry-run") == 0
    assert "test: 9 queries, 21 gallery crops in 3 actions" in capsys.readouterr().out


@pytest.mark.parametrize("world", [market_world, table_world])
def test_other_layouts_teach_too(world: Any, tmp_path: Path) -> None:
    """Without a valid split some of train is set aside, and people are classified."""
    data = world(tmp_path / "data")
    words = [word for word in TINY if not word.startswith("batch")]
    assert reid("train", data, *words, "batch.identities=3", *CPU, "--out", tmp_path / "run") == 0
    labels = json.loads((tmp_path / "run" / "labels.json").read_text())
    assert labels["classes"] > 1
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["data"]["held_out"] == (world is market_world)


def test_two_folders_are_matched(
    reid_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = plain_world(tmp_path / "data")
    (data / "gallery" / "broken.png").write_bytes(b"no picture")
    folders = (data / "queries", data / "gallery")
    words = ("--run", reid_run, *CPU, "--top", 3)
    assert reid("match", *folders, *words, "--out", tmp_path / "out") == 5
    said = capsys.readouterr()
    assert "4 queries matched with 8 gallery crops" in said.out
    assert f"unreadable: {data / 'gallery' / 'broken.png'}: left out: " in said.err
    table = pd.read_csv(tmp_path / "out" / "matches.csv")
    assert len(table) == 12
    assert table["confidence"].between(0, 1).all()
    page = PageReader((tmp_path / "out" / "matches.html").read_text(encoding="utf-8"))
    assert len(page.all("img")) == 4 * (1 + 3)
    assert reid("match", *folders, *words) == 5
    lines = capsys.readouterr().out.splitlines()
    assert [len(json.loads(line)["candidates"]) for line in lines] == [3, 3, 3, 3]
    assert reid("match", *folders, *words, "--group-by-action") == 2
    assert "Wanted queries that belong to an action; found 4 without" in capsys.readouterr().err
    assert reid("match", *folders, *words, "--out", tmp_path / "out") == 2
    assert "Wanted a new or empty folder" in capsys.readouterr().err


def test_matches_inside_actions_show_right_and_wrong(
    reid_run: Path, actions: Path, tmp_path: Path
) -> None:
    folders = (actions / "test" / "query", actions / "test" / "gallery")
    out = tmp_path / "out"
    assert reid("match", *folders, "--run", reid_run, *CPU, "--group-by-action", "--out", out) == 0
    table = pd.read_csv(out / "matches.csv")
    assert (table["rank"].max(), len(table)) == (7, 63)
    first = table[table["rank"] == 1]
    metrics = json.loads((reid_run / "metrics.json").read_text())
    assert first["right"].mean() == pytest.approx(metrics["test"]["rank1"]["value"])


def test_an_index_finds_what_matching_finds(
    reid_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = plain_world(tmp_path / "data")
    words = ("--run", reid_run, *CPU)
    assert reid("index", data / "gallery", "--out", tmp_path / "index", *words, "--dry-run") == 0
    assert "8 crops would be put into" in capsys.readouterr().out
    assert reid("index", data / "gallery", "--out", tmp_path / "index", *words) == 0
    assert "8 crops, 512 features each" in capsys.readouterr().out
    assert reid("search", tmp_path / "index", data / "queries", *words, "--top", 2) == 0
    searched = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert reid("match", data / "queries", data / "gallery", *words, "--top", 2) == 0
    matched = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for one, other in zip(searched, matched, strict=True):
        names = [[each["gallery"] for each in found["candidates"]] for found in (one, other)]
        assert names[0] == names[1]
        assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-4)
    assert reid("index", data / "gallery", "--out", tmp_path / "i", *words, "--kind", "tree") == 2
    assert "Wanted one of flat, ivf; found tree" in capsys.readouterr().err


def test_runs_ensembles_and_rerankings_are_compared(
    reid_run: Path, actions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert reid("train", actions, *TINY, "seed=1", *CPU, "--out", other) == 0
    capsys.readouterr()
    out = tmp_path / "compared"
    assert reid("compare", actions, reid_run, other, "--out", out, *CPU, "--json") == 0
    found = said_as_json(capsys)
    kinds = [method["kind"] for method in found["methods"]]
    assert kinds[:6] == ["run", "run", *["ensemble"] * 4]
    assert set(kinds[6:]) == {"re-ranking"}
    by_name = {method["name"]: method["test"]["mAP"] for method in found["methods"]}
    assert by_name["tiny"] == json.loads((reid_run / "metrics.json").read_text())["test"]["mAP"]
    assert by_name["features joined"] == pytest.approx(by_name["distances averaged"])
    assert any("are one method" in sentence for sentence in found["same_by_algebra"])
    assert names_in(out) == {"report.html", "table.csv", "metrics.json"}
    assert reid("compare", actions, reid_run, reid_run, "--out", tmp_path / "twice") == 2
    assert "Wanted runs of different names; found tiny, tiny" in capsys.readouterr().err


def test_an_exported_network_gives_the_same_vectors(reid_run: Path, tmp_path: Path) -> None:
    assert reid("export", reid_run, "--out", tmp_path / "reid.onnx") == 0
    session = onnxruntime.InferenceSession(tmp_path / "reid.onnx")
    crops = np.random.default_rng(0).integers(0, 256, (3, 3, 32, 16), dtype=np.uint8)
    (vectors,) = session.run(None, {"crops": crops})
    extractor = load_reidentifier(open_run(reid_run), "cpu", "fp32").extractor
    np.testing.assert_allclose(vectors, extractor(torch.from_numpy(crops)), atol=1e-4)


def test_a_crop_that_cannot_be_read_is_named_and_ranked_last(
    reid_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = soccernet_world(tmp_path / "data", splits=("test",))
    broken = sorted((data / "test" / "gallery").rglob("*.png"))[0]
    broken.write_bytes(b"")
    out = tmp_path / "ranking.json"
    assert reid("rank", data, "--run", reid_run, "--out", out, *CPU) == 5
    assert f"unreadable: {broken}: left out: " in capsys.readouterr().err
    number = int(broken.name.partition("-")[0])
    lists = [ranked for ranked in json.loads(out.read_text()).values() if number in ranked]
    assert lists
    assert {ranked[-1] for ranked in lists} == {number}
    assert reid("score", data / "test" / "bbox_info.json", out) == 0
