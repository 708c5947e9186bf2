"""The page of a run: it opens anywhere, fetches nothing, and escapes what strangers named."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from page_reader import PageReader
from photo_world import HOSTILE_CLASS, HOSTILE_FILE
from touchline.errors import UsageError
from touchline.photos.report import describe, summary, write_report
from touchline.runs import open_run


@pytest.fixture(scope="module")
def page(taught: Path) -> str:
    return (taught / "report.html").read_text(encoding="utf-8")


def test_the_page_is_whole_and_fetches_nothing(page: str) -> None:
    read = PageReader(page)
    assert read.open == []
    assert len(read.values("src", "href", "action")) > 4
    assert all(
        address.startswith(("data:image/", "#")) for address in read.values("src", "href", "action")
    )


def test_names_of_strangers_are_text(page: str) -> None:
    read = PageReader(page)
    assert read.handlers == []
    assert HOSTILE_CLASS in read.text
    assert "<b>" not in page
    assert "<img src=x" not in page


def test_it_says_what_was_learnt_scored_and_left_out(page: str) -> None:
    text = " ".join(PageReader(page).text.split())
    for words in (
        "Learnt from 18 photos of 3 classes; scored on 18", "6 photos a class to learn",
        "Files left out", "broken.jpg", "Accuracy", "Majority baseline",
        "Conformal sets that hold the class", "the one that 90% of the photos held out reach",
    ):  # fmt: skip
        assert words in text


def test_it_can_be_made_again_when_the_photos_have_gone(taught: Path, tmp_path: Path) -> None:
    run = open_run(Path(shutil.copytree(taught, tmp_path / "run")))
    table = pd.read_parquet(run.file("predictions.parquet"))
    table["path"] = "/gone/" + table["name"]
    table.to_parquet(run.file("predictions.parquet"))
    run.file("report.html").unlink()
    assert write_report(run) == run.file("report.html")
    assert "data:image/png" in run.file("report.html").read_text()


def test_the_tables_are_those_of_the_metrics(taught: Path) -> None:
    metrics = summary(open_run(taught))
    matrix = pd.read_csv(taught / "confusion_matrix.csv", index_col=0)
    assert matrix.to_numpy().tolist() == metrics["confusion_matrix"]
    assert list(matrix.index) == list(matrix.columns) == metrics["classes"]
    rows = pd.read_csv(taught / "per_class.csv")
    assert list(rows["class"]) == metrics["classes"]
    assert list(rows["photos"]) == [metrics["per_class"][name]["support"] for name in rows["class"]]


def test_the_terminal_gets_a_line_a_figure(taught: Path) -> None:
    lines = describe(open_run(taught)).splitlines()
    assert lines[0].startswith("Accuracy ")
    assert "(n = 18)" in lines[0]
    assert lines[-1].endswith("report.html")


def test_a_run_older_than_conformal_sets_is_reported_without(taught: Path, tmp_path: Path) -> None:
    run = open_run(Path(shutil.copytree(taught, tmp_path / "run")))
    metrics = run.read_json("metrics.json")
    assert metrics["set_coverage"]["n"] == metrics["set_size"]["n"] == 18
    run.write_json(
        "metrics.json", {name: metrics[name] for name in metrics if not name.startswith("set_")}
    )
    assert "onformal set" not in write_report(run).read_text(encoding="utf-8")


def test_an_unfinished_run_is_refused(taught: Path, tmp_path: Path) -> None:
    run = open_run(Path(shutil.copytree(taught, tmp_path / "run")))
    run.file("metrics.json").unlink()
    with pytest.raises(UsageError, match="Wanted a finished run; found FileNotFoundError"):
        write_report(run)


def test_a_hostile_file_name_is_shown_as_it_is(taught: Path, tmp_path: Path) -> None:
    run = open_run(Path(shutil.copytree(taught, tmp_path / "run")))
    table = pd.read_parquet(run.file("predictions.parquet"))
    table["name"] = HOSTILE_FILE
    table.to_parquet(run.file("predictions.parquet"))
    read = PageReader(write_report(run).read_text(encoding="utf-8"))
    assert read.handlers == []
    assert HOSTILE_FILE in read.values("title")
