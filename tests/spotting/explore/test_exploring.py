"""The exploration as a command: a page, a list of faults, and words for the terminal."""

import csv
import json
from pathlib import Path

import pytest

from match_world import (
    LEAGUE,
    annotation,
    draw_release_of_2023,
    draw_release_of_2025,
    shared_data,
    write_game,
)
from touchline.errors import UsageError
from touchline.spotting.explore import page
from touchline.spotting.explore.exploring import FAULTS, PAGE, explore


def page_in(folder: Path) -> str:
    return (folder / PAGE).read_text(encoding="utf-8")


def test_an_exploration_counts_and_draws(tmp_path: Path) -> None:
    found = explore(draw_release_of_2025(tmp_path / "data"), tmp_path / "out")
    text = found.describe()
    assert "train            1          1       4  PASS" in text
    assert "From one event to the next: median 2.0 s" in text
    html = page_in(tmp_path / "out")
    assert html.count("data:image/png") == 4  # no two events come together
    assert "4 matches, 12 events of 4 classes" in html
    assert "Nothing: every annotation could be read as it stands." in html
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "explore.html", "faults.csv"
    ]  # fmt: skip


def test_two_halves_have_a_chart_each(tmp_path: Path) -> None:
    explore(draw_release_of_2023(tmp_path / "data"), tmp_path / "out")
    html = page_in(tmp_path / "out")
    assert "Video of half 1" in html
    assert "Video of half 2" in html


def test_what_is_broken_is_listed_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "FAULTS_SHOWN", 5)
    broken = [annotation(n, "PASS", team=f"<b>{n}") for n in range(1, 13)]
    write_game(tmp_path / "data" / LEAGUE / "game a", broken)
    found = explore(tmp_path / "data", tmp_path / "out")
    text = found.describe()
    assert text.count("broken: ") == 10
    assert "annotation 1: team '<b>1' is neither left nor right; kept without a team" in text
    assert "and 2 more, all in" in text
    with (tmp_path / "out" / FAULTS).open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 12
    html = page_in(tmp_path / "out")
    assert "&lt;b&gt;5" in html
    assert "<b>" not in html
    assert "And 7 more, all in faults.csv." in html


def test_for_machines(tmp_path: Path) -> None:
    data = draw_release_of_2025(tmp_path / "data")
    write_game(data / LEAGUE / "game b", [annotation(1, "PASS"), annotation(1.5, "OUT")])
    found = json.loads(json.dumps(explore(data, tmp_path / "out").as_dict(), allow_nan=False))
    assert found["classes"]["PASS"]["by_split"] == {
        "train": 1, "valid": 1, "test": 1, "challenge": 0
    }  # fmt: skip
    assert found["splits"][3]["majority_share"]["value"] is None
    assert found["together"] == [["PASS", "OUT", 1]]
    assert found["minutes"]["1"]["OUT"] == [3]
    assert found["crowded"]["n"] == 10
    assert found["faults"] == []


def test_matches_without_an_event_are_explored_too(tmp_path: Path) -> None:
    write_game(tmp_path / "data" / "game a", [])
    found = explore(tmp_path / "data", tmp_path / "out")
    assert "No event is followed by another." in found.describe()
    assert "1 matches, 0 events of 0 classes" in (tmp_path / "out" / PAGE).read_text(
        encoding="utf-8"
    )


def test_nothing_is_written_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [annotation(n, "PASS", team="up") for n in range(1, 13)]
    data = write_game(tmp_path / "data", broken)
    monkeypatch.chdir(write_game(tmp_path / "here", None, ()))
    found = explore(data)
    assert found.describe().endswith("and 2 more, listed with --out")
    assert found.as_dict()["page"] is None
    assert list((tmp_path / "here").iterdir()) == []


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    data = draw_release_of_2025(tmp_path / "data")
    with pytest.raises(UsageError, match="folder"):
        explore(data, data)


def test_real_annotations() -> None:
    found = explore(shared_data("soccernet-ball")).statistics
    assert {each.label: each.events for each in found.classes}["PASS"] == 722
    assert found.splits[0].majority_share.value == pytest.approx(722 / 1844)
    assert found.minutes[1].shape == (12, 102)
    assert found.minutes[1].sum() == 1844
    assert found.gaps.n == 1843
