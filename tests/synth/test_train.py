"""`touchline synth train` and `score`, from the command line to the report."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import yaml

from photo_world import HOSTILE_CLASS, HOSTILE_FILE
from synthetic_worlds import draw_patches
from taught_generator import TINY, teach_generator
from touchline.cli import main
from touchline.photos.synthetic.made import seen_from_rows
from touchline.run_listing.made_by_runs import foreign_files
from touchline.run_listing.records import read_record
from touchline.runs import open_run
from touchline.synth import train as module
from touchline.synth.limits.process_memory import LINUX
from touchline.synth.run_files import load_generator
from touchline.synth.snapshots import open_snapshots
from touchline.training.tracking.at_work import at_work

pytestmark = pytest.mark.usefixtures("quickly")


def test_a_run_holds_scores_copies_samples_and_a_report(generator_run: Path) -> None:
    metrics = json.loads((generator_run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["photos"]["samples"] == 16
    assert metrics["reference"] == "the photos the generator learnt from"
    assert metrics["kid"] == metrics["samples"]["kid"]
    with (generator_run / "copies.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 16
    assert {row["label"] for row in rows} <= {"blue", "green", HOSTILE_CLASS}
    assert all(Path(row["nearest"]).is_file() for row in rows)
    page = (generator_run / "report.html").read_text(encoding="utf-8")
    assert "KID" in page
    assert HOSTILE_CLASS not in page
    assert HOSTILE_FILE not in page
    assert (generator_run / "plots" / "samples.jpg").is_file()


def test_the_run_is_known_for_one_of_synth_and_holds_nothing_foreign(generator_run: Path) -> None:
    record = read_record(generator_run)
    assert (record.task, record.state) == ("synth", "finished")
    assert record.score is not None
    assert record.score[0] == "kid"
    assert foreign_files(generator_run) == []


def test_it_remembers_what_it_has_seen(generator_run: Path) -> None:
    rows = json.loads((generator_run / "seen.json").read_text(encoding="utf-8"))
    manifest = json.loads((generator_run / "manifest.json").read_text(encoding="utf-8"))
    assert len(seen_from_rows(rows)) == manifest["seen"] == manifest["photos"] == 36
    assert [Path(path).name for path, _ in manifest["rejected"]] == ["broken.jpg"]


def test_with_a_split_it_is_scored_by_what_it_has_not_seen(world: Path, tmp_path: Path) -> None:
    split = tmp_path / "split.csv"
    assert main(["photos", "split", str(world), "--shots", "6", "--out", str(split)]) == 0
    run = teach_generator(world, tmp_path / "run", "--split", str(split), "training.images=4")
    metrics = open_run(run).read_json("metrics.json")
    assert metrics["photos"] == {"samples": 16, "training": 18, "reference": 18, "judge": 36}
    assert metrics["reference"] == "photos the generator never saw"


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["synth", "train", str(world), *TINY, "--out", str(out), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("36 photos of 3 classes to learn from\n")
    assert "1.0 GB" in told
    assert not out.exists()


def test_what_does_not_fit_is_refused_before_anything_is_written(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    words = ["synth", "train", str(world), *TINY, "--out", str(out), "--time", "1s"]
    assert main([*words, "training.images=100000"]) == 2
    assert "Wanted a training within 1 s" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--memory", "much"], "an amount such as 8GB or 500MB"),
        (["--memory", "9" * 400 + "GB"], "an amount such as 8GB or 500MB"),
        (["limits.disk=99999999999999999999"], "less than or equal to 4611686018427387904"),
        (["--seed", "99999999999999999999"], "less than 4294967296"),
        (["diffusion.channels=[64, 0]"], "Input should be greater than 0"),
        (["diffusion.guidance=.inf"], "Input should be a finite number"),
        (["--time", "soon"], "a time such as 2h or 90min"),
        (["--size", "100"], "64, 128, 256 or 512"),
        (["--generator", "gan"], "'stylegan', 'diffusion' or 'lora'"),
        (["stylegan.chanel_base=1"], "The nearest known key is 'stylegan.channel_base'"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["synth", "train", str(world), "--out", str(tmp_path / "run"), *words]) == 2
    assert message in capsys.readouterr().err


def test_resume_goes_on_with_a_run_and_takes_nothing_beside(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = teach_generator(world, tmp_path / "run", "training.images=8")
    config = (run / "config.yaml").read_text(encoding="utf-8")
    (run / "config.yaml").write_text(config.replace("images: 8", "images: 12"), encoding="utf-8")
    assert main(["synth", "train", "--resume", str(run)]) == 0
    assert open_snapshots(run, 2, None).load_state().images == 12
    capsys.readouterr()
    assert main(["synth", "train", str(world), "--resume", str(run)]) == 2
    assert "Wanted --resume alone" in capsys.readouterr().err


def test_scoring_again_compares_with_other_photos(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = draw_patches(tmp_path / "others", count=6)
    words = ["synth", "score", str(generator_run), "--samples", "20"]
    assert main([*words, "--dry-run"]) == 0
    assert capsys.readouterr().out == "20 photos of 3 classes would be made and scored\n"
    out = tmp_path / "scored"
    assert main([*words, "--data", str(others), "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["photos"] == {"samples": 20, "training": 36, "reference": 18, "judge": 54}
    assert read_record(out).state == f"evaluation of {generator_run}"


def test_photos_that_the_generator_has_seen_do_not_score_it(
    generator_run: Path, world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["synth", "score", str(generator_run), "--out", str(tmp_path / "scored")]
    assert main([*words, "--data", str(world)]) == 2
    assert "that the generator that is scored has not learnt from" in capsys.readouterr().err
    others = draw_patches(tmp_path / "others", count=6)
    (others / "blue").rename(others / "pink")
    assert main([*words, "--data", str(others)]) == 2
    assert "photos of the generator's classes (blue, green, red" in capsys.readouterr().err
    assert main([*words, "--samples", "3"]) == 2
    assert "at least 16 photos to score; found 3" in capsys.readouterr().err


def test_a_run_without_weights_or_with_a_spoilt_list_is_refused(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("config.yaml", "labels.json"):
        (run / name).write_bytes((generator_run / name).read_bytes())
    words = ["synth", "sample", str(run), "--out", str(tmp_path / "made")]
    assert main(words) == 2
    assert "Wanted a generator that has learnt; found no weights" in capsys.readouterr().err
    (run / "weights").mkdir()
    weights = (generator_run / "weights" / "best.safetensors").read_bytes()
    (run / "weights" / "best.safetensors").write_bytes(weights)
    (run / "seen.json").write_text('[{"sha256": "x"}]', encoding="utf-8")
    assert main(words) == 2
    assert "the photos that the generator has seen" in capsys.readouterr().err


def test_a_generator_is_loaded_at_its_best_snapshot(generator_run: Path) -> None:
    best = open_snapshots(generator_run, 2, None).best()
    assert best is not None
    assert load_generator(open_run(generator_run)).weights_sha256
    assert best.score == min(
        each.score for each in (*open_snapshots(generator_run, 2, None).kept(), best)
    )


def test_a_run_never_goes_on_with_other_photos_and_keeps_its_list(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(generator_run, run)
    seen = (run / "seen.json").read_bytes()
    _look_elsewhere(run, draw_patches(tmp_path / "others", count=6))
    assert main(["synth", "train", "--resume", str(run)]) == 2
    assert "has learnt from; found other photos or classes" in capsys.readouterr().err
    assert (run / "seen.json").read_bytes() == seen
    (run / "seen.json").write_text('[{"sha256": "x"}]', encoding="utf-8")
    assert main(["synth", "train", "--resume", str(run)]) == 2
    assert "the photos that the generator has seen" in capsys.readouterr().err


def test_a_run_never_goes_on_with_the_same_photos_in_other_classes(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, photos = tmp_path / "run", tmp_path / "photos"
    shutil.copytree(generator_run, run)
    shutil.copytree(_data_of(run), photos)
    _look_elsewhere(run, photos)
    assert main(["synth", "train", "--resume", str(run)]) == 0
    first = min((photos / "blue").iterdir())
    first.rename(photos / "green" / f"moved-{first.name}")
    capsys.readouterr()
    assert main(["synth", "train", "--resume", str(run)]) == 2
    assert "has learnt from; found other photos or classes" in capsys.readouterr().err


def test_a_run_that_another_process_trains_is_not_touched(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(generator_run, run)
    before = (run / "config.yaml").stat().st_mtime_ns
    with at_work(run):
        assert main(["synth", "train", "--resume", str(run)]) == 2
    assert "one that is being trained in" in capsys.readouterr().err
    assert (run / "config.yaml").stat().st_mtime_ns == before


def test_a_dry_run_refuses_what_the_work_would(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["synth", "score", str(generator_run), "--samples", "3", "--dry-run"]) == 2
    assert "at least 16 photos to score; found 3" in capsys.readouterr().err
    words = ["synth", "sample", str(generator_run), "--out", str(tmp_path / "made"), "--dry-run"]
    assert main([*words, "--class", "pink"]) == 2
    assert "classes of the generator (blue, green, red" in capsys.readouterr().err
    assert main([*words, "--per-class", "-3"]) == 2
    assert "at least 1 photo of a class" in capsys.readouterr().err


def test_more_than_memory_holds_is_not_scored(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scored"
    words = ["synth", "score", str(generator_run), "--out", str(out)]
    assert main([*words, "--samples", str(10**12)]) == 3
    assert "of memory for 1000000000000 photos to score" in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_taken_is_refused_before_the_rehearsal(
    generator_run: Path, world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    for out, found in ((generator_run, "files in"), (tmp_path / "file", "the file")):
        assert main(["synth", "train", str(world), *TINY, "--out", str(out)]) == 2
        said = capsys.readouterr().err
        assert f"a new or empty folder for the run; found {found}" in said
        assert "Rehearsing" not in said


@pytest.mark.skipif(not LINUX, reason="there is a wall for memory on Linux only")
def test_the_scores_at_the_end_stay_within_the_memory_too(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, limit = tmp_path / "run", 8_000_000_000
    words = ["synth", "train", str(world), *TINY, "--memory", f"{limit}", f"cache={tmp_path}"]
    with monkeypatch.context() as greedy:
        greedy.setattr(module, "write_scores", lambda *_: bytearray(limit))
        assert main([*words, "--out", str(run)]) == 3
    told = capsys.readouterr().err
    assert "a training within 8.0 GB of memory" in told
    assert "everything up to image 16 is kept" in told
    assert not (run / "metrics.json").exists()
    assert main(["synth", "train", "--resume", str(run)]) == 0
    assert (run / "metrics.json").is_file()


def _data_of(run: Path) -> Path:
    """The folder of photos that a run learnt from."""
    return Path(yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))["data"])


def _look_elsewhere(run: Path, photos: Path) -> None:
    """Have a run look for its photos in another folder."""
    settings = yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))
    settings["data"] = str(photos)
    (run / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
