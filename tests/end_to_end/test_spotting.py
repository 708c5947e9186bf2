"""`touchline spotting` from annotated matches to a timeline, through the command line."""

import json
import shutil
from pathlib import Path
from typing import Any

import onnxruntime
import pandas as pd
import pytest
import yaml

from match_videos import draw_game, draw_matches
from match_world import write_labels
from taught_spotter import TINY
from touchline.cli import main

RUN = {
    "calibration.json", "config.yaml", "labels.json", "manifest.json", "metrics.json",
    "per_class.csv", "predictions.parquet", "preprocess.json", "report.html", "results.csv",
    "split.csv", "weights/best.safetensors", "weights/last-train.ckpt",
}  # fmt: skip
PREDICTION = {"events.csv", "prediction.json", "results_spotting.json", "timeline.html"}
CPU = ("--device", "cpu", "--precision", "fp32")
QUICK = (*TINY, "clips.per_epoch=8", "clips.steps=12", "training.epochs=2")


@pytest.fixture
def video(matches: Path) -> Path:
    return matches / "game d" / "224p.mp4"


@pytest.fixture(scope="module")
def found(spotter_run: Path, matches: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Predictions of the test match, in a tree like that of the matches."""
    out = tmp_path_factory.mktemp("found")
    words = ["spotting", "predict", str(spotter_run), str(matches / "game d" / "224p.mp4")]
    assert main([*words, *CPU, "--out", str(out / "game d")]) == 0
    return out


def spotting(*words: object) -> int:
    return main(["spotting", *map(str, words)])


def names_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def said_as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one object on stdout."""
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_a_run_holds_its_files(spotter_run: Path) -> None:
    found = names_in(spotter_run)
    assert found >= RUN
    assert {name.partition("/")[0] for name in found - RUN} == {
        ".training.lock",
        "plots",
        "tensorboard",
    }
    page = (spotter_run / "report.html").read_text()
    assert "mAP@1, official" in page
    assert "game d" in page


def test_the_config_of_a_run_repeats_it_and_json_says_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = draw_matches(tmp_path / "data", seconds=4.0)
    runs = [tmp_path / "first", tmp_path / "second"]
    assert spotting("train", data, *QUICK, *CPU, "--seed", 3, "--json", "--out", runs[0]) == 0
    first = said_as_json(capsys)
    config = runs[0] / "config.yaml"
    assert spotting("train", "--config", config, "--json", "--out", runs[1]) == 0
    second = said_as_json(capsys)
    assert (first.pop("run"), second.pop("run")) == (str(runs[0]), str(runs[1]))
    assert first == second == json.loads((runs[1] / "metrics.json").read_text())
    weights = "weights/best.safetensors"
    assert (runs[0] / weights).read_bytes() == (runs[1] / weights).read_bytes()


def test_interrupted_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from touchline.spotting import learning

    data = draw_matches(tmp_path / "data", seconds=4.0)
    score, calls = learning.map_at_one, []

    def interrupting(*arguments: Any) -> float:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return score(*arguments)

    monkeypatch.setattr(learning, "map_at_one", interrupting)
    run = tmp_path / "run"
    assert spotting("train", data, *QUICK, *CPU, "--out", run) == 130
    assert f"go on with `--resume {run}`" in capsys.readouterr().err
    assert spotting("predict", run, data / "game d" / "224p.mp4") == 2
    assert f"Finish it with `--resume {run}`" in capsys.readouterr().err
    assert spotting("train", data, "--resume", run) == 2
    assert "--resume alone" in capsys.readouterr().err
    assert spotting("train", "--resume", run) == 0
    assert capsys.readouterr().out.startswith("Test matches\n")
    assert len((run / "results.csv").read_text().splitlines()) == 3
    assert names_in(run) >= RUN


def test_a_dry_run_writes_nothing(
    matches: Path, spotter_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], video: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    commands = [
        (("train", matches, *TINY), "train: 2 videos, 14 events, 0.4 min\n"),
        (("evaluate", spotter_run, matches), "1 annotated videos would be scored\n"),
        (("predict", spotter_run, video, video), "2 videos would be worked through\n"),
        (("prepare", matches, video, "--out", "copies"), "5 videos would be copied to copies\n"),
        (("export", spotter_run, "--out", "x.onnx"), "x.onnx would be written\n"),
    ]
    for words, said in commands:
        assert spotting(*words, "--dry-run") == 0
        assert capsys.readouterr().out.startswith(said)
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_refuses_what_the_run_would_refuse(
    matches: Path, tmp_path: Path, video: Path, spotter_run: Path
) -> None:
    assert spotting("train", tmp_path, "--dry-run") == 2
    assert spotting("evaluate", spotter_run, matches / "game a", "--dry-run") == 2
    assert spotting("predict", tmp_path, video, "--dry-run") == 2
    assert spotting("export", tmp_path, "--out", tmp_path / "x", "--dry-run") == 2


def test_the_printed_config_is_taken_back(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spotting("train", matches, *TINY, "head.team=none", "--seed", 5, "--print-config") == 0
    printed = capsys.readouterr().out
    assert "seed: 5  # command line\n" in printed
    values = yaml.safe_load(printed)
    assert (values["clips"]["steps"], values["head"]["team"]) == (25, "none")
    (tmp_path / "c.yaml").write_text(printed)
    assert spotting("train", "--config", tmp_path / "c.yaml", "--print-config") == 0
    assert yaml.safe_load(capsys.readouterr().out) == values


def test_evaluate_scores_what_the_run_has_not_seen(
    matches: Path, spotter_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scored"
    words = ("evaluate", spotter_run, matches, *CPU, "--json", "--out", out)
    assert spotting(*words, "--min-map", 1.01) == 4
    captured = capsys.readouterr()
    assert "a mAP@1 of at least 1.01; found 0." in captured.err
    summary = json.loads(captured.out)
    assert summary["left_out"] == ["game a", "game b", "game c"]
    of_training = json.loads((spotter_run / "metrics.json").read_text())
    assert summary["test"] == of_training["test"]
    assert (out / "report.html").is_file()


def test_one_video_into_a_folder(found: Path, spotter_run: Path, video: Path) -> None:
    folder = found / "game d"
    assert names_in(folder) == PREDICTION
    results = json.loads((folder / "results_spotting.json").read_text())
    table = pd.read_csv(folder / "events.csv", keep_default_na=False)
    assert list(table.columns) == ["video", "seconds", "label", "confidence", "team"]
    assert set(table["video"]) == {str(video)}
    assert 0 < len(table) <= len(results["predictions"])
    scored = pd.read_parquet(spotter_run / "predictions.parquet")
    of_run = scored[(scored["split"] == "test") & ~scored["true"]]
    assert [item["position"] for item in results["predictions"]] == [
        round(1000 * seconds) for seconds in of_run["seconds"]
    ]
    assert [item["confidence"] for item in results["predictions"]] == pytest.approx(
        list(of_run["confidence"]), abs=1e-6
    )


def test_done_before_it_is_not_done_again(
    found: Path, spotter_run: Path, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (found / "game d" / "results_spotting.json").stat().st_mtime_ns
    words = ("predict", spotter_run, video, *CPU, "--out", found / "game d", "--json")
    assert spotting(*words) == 0
    captured = capsys.readouterr()
    assert "done before" in captured.err
    assert json.loads(captured.out)["folders"] == [str(found / "game d")]
    assert (found / "game d" / "results_spotting.json").stat().st_mtime_ns == before


def test_a_broken_video_among_good_ones_ends_with_5(
    matches: Path, spotter_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    videos = [matches / "game c" / "224p.mp4", broken, matches / "game d" / "224p.mp4"]
    out = tmp_path / "out"
    assert spotting("predict", spotter_run, *videos, *CPU, "--out", out, "--json") == 5
    captured = capsys.readouterr()
    assert f"trouble with {broken}: {broken}, which is no video" in captured.err
    tally = json.loads(captured.out)
    assert tally["folders"] == [str(out / "game c-224p"), str(out / "game d-224p")]
    assert [name for name, _ in tally["problems"]] == [str(broken)]
    assert names_in(out / "game c-224p") == names_in(out / "game d-224p") == PREDICTION


def test_without_out_stdout_holds_events_and_nothing_else(
    spotter_run: Path, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], found: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    said = []
    for words in ((), ("--all",), ("--stream", "--all")):
        assert spotting("predict", spotter_run, video, *CPU, *words) == 0
        lines = capsys.readouterr().out.splitlines()
        said.append([json.loads(line) for line in lines])
    table = pd.read_csv(found / "game d" / "events.csv")
    assert [event["confidence"] for event in said[0]] == list(table["confidence"])
    assert said[1] == said[2]
    assert len(said[1]) >= len(said[0]) > 0
    assert list(tmp_path.iterdir()) == []


def test_the_annotated_video_is_made_on_request(
    spotter_run: Path, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spotting("predict", spotter_run, video, *CPU, "--annotate") == 2
    assert "Wanted --out with --annotate" in capsys.readouterr().err
    assert spotting("predict", spotter_run, video, *CPU, "--annotate", "--out", tmp_path) == 0
    assert names_in(tmp_path) == {*PREDICTION, "annotated.mp4"}


@pytest.mark.parametrize("beside", [("--out", "x"), ("--annotate",), ("other.mp4",)])
def test_a_live_source_stands_alone(
    beside: tuple[str, ...], spotter_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spotting("predict", spotter_run, "-", "--stream", *beside) == 2
    assert "Wanted one live source without --out and --annotate" in capsys.readouterr().err


def test_what_was_written_is_scored_file_by_file_and_as_trees(
    found: Path, matches: Path, spotter_run: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    files = (matches / "game d" / "Labels-ball.json", found / "game d" / "results_spotting.json")
    assert spotting("score", *files, "--json") == 0
    of_files = said_as_json(capsys)
    truth = tmp_path / "truth"
    (truth / "game d").mkdir(parents=True)
    shutil.copy(files[0], truth / "game d" / "Labels-ball.json")
    (truth / "class.txt").write_text("PASS\nSHOT\n")
    assert spotting("score", truth, found, "--json") == 0
    of_trees = said_as_json(capsys)
    assert of_files["official"]["at1"]["a_mAP"] == of_trees["official"]["at1"]["a_mAP"]
    of_run = json.loads((spotter_run / "metrics.json").read_text())["test"]
    for name in ("at1", "at5", "tight", "loose"):
        ours, theirs = of_trees["official"][name], of_run["official"][name]
        assert ours["a_mAP"] == pytest.approx(theirs["a_mAP"], abs=1e-9)
    assert of_trees["exact"]["mAP2"]["value"] == of_run["exact"]["mAP2"]["value"]
    assert spotting("score", truth, found, "--min-map", 1.01) == 4
    captured = capsys.readouterr()
    assert "official at1" in captured.out
    assert spotting("score", matches, found) == 2
    assert "predictions of 'game a'" in capsys.readouterr().err
    assert spotting("score", matches, found, "--allow-missing") == 0


def test_explore_counts_and_draws_a_page(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spotting("explore", matches, "--json") == 0
    assert json.dumps(said_as_json(capsys)).count("PASS")
    assert spotting("explore", matches, "--out", tmp_path / "page") == 0
    assert "SHOT" in capsys.readouterr().out
    assert names_in(tmp_path)


def test_prepare_makes_copies_that_training_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, copies = draw_matches(tmp_path / "data", seconds=4.0), tmp_path / "copies"
    size = ("--height", 48, "--width", 64)
    assert spotting("prepare", data, "--out", copies, *size, "--json") == 0
    facts = said_as_json(capsys)
    assert len(facts["proxies"]) == 4
    assert facts["clips_per_second"]["proxy"] > 0
    words = (data, *QUICK, *CPU, f"proxies={copies}", "training.epochs=1")
    assert spotting("train", *words, "--out", tmp_path / "run") == 0
    assert "no copy of" not in capsys.readouterr().err


def test_prepare_names_what_it_cannot_read_and_refuses_what_cannot_be(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    small = ("--height", 16, "--width", 16, "--rate", 1)
    videos = (broken, matches / "game a" / "224p.mp4")
    assert spotting("prepare", *videos, "--out", tmp_path / "copies", *small) == 5
    assert f"left out: {broken}: " in capsys.readouterr().out
    for wrong in (("--height", 0), ("--width", 4000), ("--rate", 0)):
        assert spotting("prepare", matches, "--out", tmp_path / "copies", *wrong) == 2
        assert f"a fitting value for '{wrong[0][2:]}'" in capsys.readouterr().err


def test_export_writes_a_file_that_runs(
    spotter_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spotter.onnx"
    assert spotting("export", spotter_run, "--out", path, "--steps", 12, "--json") == 0
    assert said_as_json(capsys) == {"onnx": str(path)}
    (frames,) = onnxruntime.InferenceSession(str(path)).get_inputs()
    assert frames.shape[1:] == [12, 3, 48, 64]
    assert spotting("export", spotter_run, "--out", path, "--steps", 0) == 2


def test_a_match_annotated_as_a_table_teaches_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No SoccerNet at all: three videos and a CSV."""
    rows = ["video,seconds,label"]
    for number in range(3):
        folder = draw_game(tmp_path / f"day {number}", seed=number, seconds=4.0)
        items = json.loads((folder / "Labels-ball.json").read_text())["annotations"]
        rows += [f"{folder / '224p.mp4'},{int(i['position']) / 1000},{i['label']}" for i in items]
    table = tmp_path / "mine.csv"
    table.write_text("\n".join(rows) + "\n")
    words = (table, *QUICK, *CPU, "training.epochs=1", "--out", tmp_path / "run")
    assert spotting("train", *words) == 0
    assert "Test matches" in capsys.readouterr().out
    labels = json.loads((tmp_path / "run" / "labels.json").read_text())
    assert labels == {"classes": ["PASS", "SHOT"], "second": [], "team": False}


def test_faults_in_the_annotations_are_said_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = draw_matches(tmp_path / "data", seconds=4.0)
    (data / "game a" / "224p.mp4").write_bytes(b"")
    labels = data / "game b" / "Labels-ball.json"
    items = json.loads(labels.read_text())["annotations"]
    write_labels(labels, [*items, {"label": "PASS"}, "nothing"])
    assert spotting("train", data, *TINY, "--dry-run") == 0
    assert "train: 1 videos" in capsys.readouterr().out
    words = (data, *QUICK, *CPU, "training.epochs=1", "--out", tmp_path / "run")
    assert spotting("train", *words) == 0
    err = capsys.readouterr().err
    assert f"left out or mended: {data / 'game a' / '224p.mp4'}: left out: " in err
    assert f"{labels}, annotation {len(items) + 1}: " in err
    assert "Left out or mended" in (tmp_path / "run" / "report.html").read_text()
