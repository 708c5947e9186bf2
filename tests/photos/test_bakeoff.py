"""The bake-off: every backbone on the same photos, by the same probe as `train` teaches."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from photo_world import VIEWS, teach
from studies_of_photos import tiny_config
from touchline.cli import main
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.photos.bakeoff import BakeOff, bake_off
from touchline.photos.bakeoff_report import (
    bakeoff_table,
    check_page,
    describe_bakeoff,
    write_bakeoff,
)
from touchline.photos.compare import compare_runs
from touchline.photos.config import EvaluationSettings
from touchline.photos.contenders import Contender, contenders
from touchline.photos.records import groups_of_run, scored_run
from touchline.runs import Run

THREE = "test_resnet@random,test_vit@random,test_efficientnet@missing.pth"
"""Two that can be had everywhere, and one whose weights are not there."""


@pytest.fixture(scope="module")
def found(world: Path, tmp_path_factory: pytest.TempPathFactory) -> BakeOff:
    cache = tmp_path_factory.mktemp("bakeoff")
    return bake_off(tiny_config(world, cache), contenders(THREE))


def test_a_row_says_what_train_and_compare_say(
    found: BakeOff, world: Path, taught: Path, tmp_path: Path
) -> None:
    vit = teach(world, tmp_path / "vit", "--shots", "6", "--backbone", "test_vit")
    runs = {"test_resnet@random": Run(taught), "test_vit@random": Run(vit)}
    assert {row.name for row in found.rows} == runs.keys()
    for row in found.rows:
        metrics = runs[row.name].read_json("metrics.json")
        assert row.accuracy.as_dict() == metrics["accuracy"]
        assert row.macro_f1.as_dict() == metrics["macro_f1"]
        assert row.parameters == metrics["cost"]["parameters"]
        assert row.gflops == metrics["cost"]["gflops_per_photo"]
        assert min(row.feature_seconds, row.teach_seconds) > 0
    best, other = found.rows
    assert best.accuracy.value >= other.accuracy.value
    assert (best.behind, best.p_value, best.verdict) == (None, None, "")
    compared = compare_runs([scored_run(runs[row.name]) for row in found.rows],
                            groups=groups_of_run(Run(taught)))  # fmt: skip
    assert other.behind is not None
    assert other.behind.value == compared.pairs[0].difference.value
    assert other.p_value == compared.pairs[0].p_value


def test_what_cannot_be_had_is_named_and_the_others_go_on(found: BakeOff) -> None:
    ((name, reason),) = found.left_out
    assert name == "test_efficientnet@missing.pth"
    assert "Wanted a file of weights; found nothing at missing.pth" in reason
    assert len(found.rows) == 2


def test_the_page_the_picture_and_the_table(found: BakeOff, tmp_path: Path) -> None:
    page = write_bakeoff(found, tmp_path / "bakeoff.html")
    assert {path.name for path in tmp_path.iterdir()} == {
        "bakeoff.html", "bakeoff.csv", "bakeoff.png",
    }  # fmt: skip
    text = page.read_text(encoding="utf-8")
    for word in ("test_vit@random", "Left out", "missing.pth", "6 photos a class to learn"):
        assert word in text
    rows = list(csv.DictReader((tmp_path / "bakeoff.csv").read_text().splitlines()))
    assert [row["backbone"] for row in rows] == [row.name for row in found.rows]
    assert [float(row["accuracy"]) for row in rows] == [row.accuracy.value for row in found.rows]
    assert rows[0]["behind the best"] == ""
    with pytest.raises(UsageError, match=r"ends with \.html; found .*b\.csv\. Name it .*b\.html"):
        write_bakeoff(found, tmp_path / "b.csv")


def test_the_terminal_shows_each_backbone_on_a_line(found: BakeOff) -> None:
    about, columns, best, other = describe_bakeoff(found).splitlines()
    assert about.startswith("Learnt from 18 photos, scored on 18: 6 photos a class")
    assert columns.split()[0] == "backbone"
    assert best.startswith(found.rows[0].name)
    assert "points" in other
    assert "points" not in best
    assert len(bakeoff_table(found).columns) == 10


def test_cross_validation_scores_every_photo_each_time(world: Path, tmp_path: Path) -> None:
    evaluation = EvaluationSettings(folds=2, repeats=2)
    found = bake_off(
        tiny_config(world, tmp_path, evaluation=evaluation), contenders("test_resnet@random")
    )
    (row,) = found.rows
    assert row.accuracy.n == 2 * 36
    assert found.learnt_from == 36
    assert row.behind is None


def test_a_backbone_twice_differs_from_itself_by_nothing(world: Path, tmp_path: Path) -> None:
    named = [Contender("test_resnet@random"), Contender("test_resnet.r160_in1k@random")]
    first, second = bake_off(tiny_config(world, tmp_path), named).rows
    assert first.accuracy == second.accuracy
    assert second.behind is not None
    assert (second.behind.value, second.p_value) == (0.0, 1.0)
    assert second.verdict == "not distinguishable"
    assert [first.name, second.name] == [each.word for each in named]  # ties keep their order


def test_none_to_be_had_is_an_error_of_the_environment(world: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match=r"at least one backbone .*test_vit@a\.pth"):
        bake_off(tiny_config(world, tmp_path), contenders("test_vit@a.pth"))


def test_names_are_checked_before_any_work() -> None:
    assert [each.settings.weights for each in contenders(" tf_efficientnet_lite0, resnet18 ")] == [
        "packaged", "hub",
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"found 'resnet_18'.*Names near it: .*resnet18"):
        contenders("resnet18@random,resnet_18@random")
    with pytest.raises(UsageError, match="once; found 'resnet18' and 'resnet18@hub', "):
        contenders("resnet18,resnet34,resnet18@hub")
    with pytest.raises(UsageError, match=r"a file of weights; found the folder .* for resnet18"):
        contenders(f"resnet34,resnet18@{Path(__file__).parent}")
    with pytest.raises(UsageError, match="backbones to compare; found none"):
        contenders(" ,")


def test_a_page_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "a.html").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match=r"a page in a folder; found a folder at .*a\.html"):
        check_page(tmp_path / "a.html")
    with pytest.raises(UsageError, match=r"a page in a folder; found a file at .*file\. Name"):
        check_page(tmp_path / "file" / "new" / "b.html")
    check_page(tmp_path / "new" / "b.html")


def test_the_command(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    common = [str(world), VIEWS, "--device", "cpu", "--precision", "fp32", "--shots", "6"]
    page = tmp_path / "b.html"
    words = ["photos", "bakeoff", *common, "--backbones", THREE, "--json", "--out", str(page)]
    assert main(words) == 5
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert [row["name"] for row in answer["backbones"]] == [
        row["name"] for row in sorted(answer["backbones"], key=lambda r: -r["accuracy"]["value"])
    ]
    assert answer["left_out"][0]["name"] == "test_efficientnet@missing.pth"
    assert "left out: test_efficientnet@missing.pth: Wanted a file of weights" in err
    assert page.is_file()
    assert not np.isnan(answer["backbones"][1]["behind"]["low"])


def test_one_class_is_refused_in_a_dry_run_as_in_the_bake_off(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = tmp_path / "photos"
    name = min(path.name for path in world.iterdir() if path.is_dir())
    shutil.copytree(world / name, one / name)
    command = ["photos", "bakeoff", str(one), "--backbones", "test_resnet@random", "--shots", "2"]
    told = []
    for words in (["--dry-run"], []):
        assert main([*command, *words]) == 2
        told.append(capsys.readouterr().err.splitlines()[-1])
    assert told[0] == told[1]
    assert "Wanted at least two classes; found only" in told[0]


def test_the_command_refuses_and_dry_runs_without_work(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], own_cache: Path
) -> None:
    assert main(["photos", "bakeoff", str(world), "--backbones", "resnet_18"]) == 2
    assert "resnet18" in capsys.readouterr().err
    wrong = ["--backbones", "resnet18", "--out", str(tmp_path / "b.csv")]
    assert main(["photos", "bakeoff", str(world), *wrong]) == 2
    assert main(["photos", "bakeoff", str(world), "--backbones", "resnet18", "--dry-run"]) == 0
    assert "would be compared: resnet18" in capsys.readouterr().out
    assert main(["photos", "bakeoff", str(world), "--backbones", "a", "--print-config"]) == 0
    assert "evaluation:" in capsys.readouterr().out
    assert not own_cache.exists()
