"""Predictions come back as they were written, and broken ones are refused by name."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.spotting.annotations.names import match_name
from touchline.spotting.annotations.prediction_tables import as_json_line, write_csv, write_jsonl
from touchline.spotting.annotations.predictions import read_predictions
from touchline.spotting.annotations.results_file import write_results
from touchline.spotting.events import Event

WORDS = st.text(max_size=12).map(str.strip).filter(bool)
NAMES = st.text(max_size=12).filter(lambda text: text and match_name(text) == text)
EVENTS = st.builds(
    Event,
    st.floats(0, 1e5), WORDS, st.floats(0, 1),
    team=st.sampled_from(["left", "right", ""]), half=st.sampled_from([1, 2]),
)  # fmt: skip
GAMES = st.dictionaries(NAMES, st.lists(EVENTS, max_size=5).map(tuple), max_size=4)
WRITTEN = settings(max_examples=40, deadline=None)
"""Every example is written to the disk and waited for."""

PASS = Event(61.04, "PASS", 0.75, team="left")


@WRITTEN
@given(NAMES, st.lists(EVENTS, max_size=5))
def test_results_come_back_to_the_millisecond(name: str, events: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "game" / "results_spotting.json"
        write_results(path, name, events)
        found = read_predictions(path)
    assert list(found) == [name]
    assert len(found[name]) == len(events)
    for back, event in zip(found[name], events, strict=True):
        assert abs(back.seconds - event.seconds) <= 0.0005 + 1e-9
        assert back == Event(
            back.seconds, event.label, event.confidence, event.team, event.half, True
        )  # fmt: skip


@pytest.mark.parametrize(("write", "ending"), [(write_csv, ".csv"), (write_jsonl, ".jsonl")])
def test_tables_come_back_exactly(write: Callable[..., None], ending: str) -> None:
    @WRITTEN
    @given(GAMES)
    def check(games: dict[str, tuple[Event, ...]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"predictions{ending}"
            write(path, games)
            assert read_predictions(path) == games

    check()


def test_results_are_as_the_official_scorer_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "results_spotting.json"
    second = Event(6102.9996, "OUT", 1.0, half=2)
    write_results(path, "league/game", [second, PASS])
    assert json.loads(path.read_text()) == {
        "UrlLocal": "league/game",
        "predictions": [
            {
                "gameTime": "2 - 101:43", "label": "OUT", "position": 6103000, "half": 2,
                "confidence": 1.0,
            },
            {
                "gameTime": "1 - 01:01", "label": "PASS", "position": 61040, "half": 1,
                "confidence": 0.75, "team": "left",
            },
        ],
    }  # fmt: skip


def test_the_columns_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    write_csv(path, {"a, b": [PASS], "none": []})
    assert path.read_text().split() == [
        "video,seconds,label,confidence,team", '"a,', 'b",61.04,PASS,0.75,left', "none,,,,",
    ]  # fmt: skip
    write_csv(path, {"a": [Event(1.0, "OUT", half=2)]})
    assert path.read_text().split() == [
        "video,seconds,label,confidence,team,half", "a,1.0,OUT,1.0,,2"
    ]  # fmt: skip


def test_a_line_for_a_stream_is_that_of_the_file(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "p.jsonl", {"a": [PASS]})
    assert (tmp_path / "p.jsonl").read_text() == as_json_line("a", PASS) + "\n"


def item(**fields: Any) -> dict[str, Any]:
    whole = {"gameTime": "1 - 00:01", "label": "PASS", "position": 1000, "confidence": 0.5}
    return {name: value for name, value in (whole | fields).items() if value is not None}


def write_items(path: Path, items: list[Any], **fields: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"predictions": items} | fields))
    return path


def test_numbers_may_be_text_and_the_half_is_found_where_it_is(tmp_path: Path) -> None:
    items = [
        item(position="1500", half="2", confidence="0.25"), item(gameTime="2 - 00:01"),
        item(gameTime=None),
    ]  # fmt: skip
    found = read_predictions(write_items(tmp_path / "game" / "results_spotting.json", items))
    assert found == {
        "game": (
            Event(1.5, "PASS", 0.25, half=2), Event(1.0, "PASS", 0.5, half=2),
            Event(1.0, "PASS", 0.5),
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (item(confidence=1.5), "confidence 1.5 is outside 0 to 1"),
        (item(confidence="-0.1"), "confidence -0.1 is outside 0 to 1"),
        (item(confidence=float("nan")), "confidence nan is not a finite number"),
        (item(confidence=float("inf")), "confidence inf is not a finite number"),
        (item(confidence=None), "has no confidence"),
        (item(position=None), "has no position"),
        (item(position=-1), "position -1 lies before the start of the video"),
        (item(label=None), "has no label"),
        (item(half=3), "half 3 is neither 1 nor 2"),
        (item(team="up"), "team 'up' is neither left nor right"),
        ("PASS", "is str, not an object with fields"),
    ],
)
def test_a_broken_prediction_is_refused(tmp_path: Path, broken: Any, reason: str) -> None:
    path = write_items(tmp_path / "results_spotting.json", [item(), broken])
    with pytest.raises(UsageError, match=rf"prediction 2 in .*results_spotting\.json: {reason}"):
        read_predictions(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,1,PASS,1.5", "line 3 of .*: confidence 1.5 is outside 0 to 1"),
        ("a,1,PASS,nan", "line 3 of .*: confidence 'nan' is not a finite number"),
        ("a,1,PASS,", "line 3 of .*: has no confidence"),
        ("a,,PASS,1", "line 3 of .*: has no seconds"),
        (",1,PASS,1", "line 3 of .*: names no video"),
        ("a,1,PASS,1,x", "line 3 of .*: has more cells"),
    ],
)
def test_a_broken_row_is_refused(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"video,seconds,label,confidence\na,1,PASS,0.5\n{row}\n")
    with pytest.raises(UsageError, match=reason):
        read_predictions(path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"video": "a", "seconds": 1, "label": "PASS", "confidence": 2}', "line 2 of .*outside"),
        ("[1]", "list in line 2 of"),
        ("{", "Expecting .* in line 2 of"),
    ],
)
def test_a_broken_line_is_refused(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(f'{{"video": "a"}}\n{line}\n')
    with pytest.raises(UsageError, match=reason):
        read_predictions(path)


def test_a_tree_of_games(tmp_path: Path) -> None:
    for game in ("league/b", "test/league/a"):
        write_items(tmp_path / game / "results_spotting.json", [item()], UrlLocal="elsewhere")
    assert list(read_predictions(tmp_path)) == ["league/b", "league/a"]


def test_a_folder_of_one_game_is_called_as_its_file(tmp_path: Path) -> None:
    write_items(tmp_path / "results_spotting.json", [item()], UrlLocal="league/game/")
    assert list(read_predictions(tmp_path)) == ["league/game"]


def test_the_same_game_twice_is_refused(tmp_path: Path) -> None:
    for game in ("test/a", "valid/a"):
        write_items(tmp_path / game / "results_spotting.json", [item()])
    with pytest.raises(UsageError, match="found two of a"):
        read_predictions(tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("p.txt", "", "found the file"),
        ("p.json", "{", "which is not valid JSON"),
        ("p.json", '{"annotations": []}', "an object with a list called predictions"),
        ("p.csv", "a,b\n", "a table with the columns"),
    ],
)
def test_what_is_no_file_of_predictions_is_refused(
    tmp_path: Path, file: str, content: str, message: str
) -> None:
    (tmp_path / file).write_text(content)
    with pytest.raises(UsageError, match=message):
        read_predictions(tmp_path / file)


def test_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"found no results_spotting\.json in or below"):
        read_predictions(tmp_path)
    with pytest.raises(UsageError, match="found nothing at"):
        read_predictions(tmp_path / "absent")


def test_names_that_are_no_utf8_come_back(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    write_results(tmp_path / "r.json", name, [PASS])
    write_csv(tmp_path / "r.csv", {name: (PASS,)})
    write_jsonl(tmp_path / "r.jsonl", {name: (PASS,)})
    for ending in ("json", "csv", "jsonl"):
        assert list(read_predictions(tmp_path / f"r.{ending}")) == [name]
