import csv
import io
import json
from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.match_files import (
    COLUMNS,
    json_lines_writer,
    recorded,
    write_matches,
)

QUERY, LONELY = Crop(Path("q/1.png"), 0, "7"), Crop(Path("q/2.png"), 1)
RANKED = (
    Candidate(Crop(Path("g/1, 2.png"), 0, "8"), 0.25),
    Candidate(Crop(Path("g/3.png"), 1, "7"), 0.5),
)
MATCHES = [Match(QUERY, RANKED, 0.75), Match(LONELY, (), 0.0)]


def rows(path):
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        return list(csv.reader(stream))


def test_a_row_a_query_and_rank(tmp_path):
    path = write_matches(tmp_path / "new" / "m.csv", MATCHES, known=True)
    assert rows(path) == [
        list(COLUMNS),
        ["q/1.png", "1", "g/1, 2.png", "0.250000", "0.750000", "7", "8", "0"],
        ["q/1.png", "2", "g/3.png", "0.500000", "0.750000", "7", "7", "1"],
        ["q/2.png", "", "", "", "0.000000", "", "", ""],
    ]


def test_without_known_identities_the_truth_is_empty(tmp_path):
    path = write_matches(tmp_path / "m.CSV", MATCHES, known=False)
    assert [row[5:] for row in rows(path)[1:]] == [["", "", ""]] * 3


def test_a_query_without_a_name_is_neither_right_nor_wrong(tmp_path):
    path = write_matches(tmp_path / "m.csv", [Match(LONELY, RANKED, 0.5)], known=True)
    assert [row[5:] for row in rows(path)[1:]] == [["", "8", ""], ["", "7", ""]]


def test_json_lines_hold_a_query_each():
    stream = io.StringIO()
    write = json_lines_writer(stream, True)
    for each in MATCHES:
        write(each)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["query"] == "q/1.png"
    assert first["candidates"][1] == {
        "gallery": "g/3.png", "distance": 0.5, "gallery_identity": "7", "right": True,
    }  # fmt: skip
    assert second == {
        "query": "q/2.png", "confidence": 0.0, "query_identity": "", "candidates": [],
    }  # fmt: skip


def test_json_lines_without_truth_speak_of_none(tmp_path):
    path = write_matches(tmp_path / "m.jsonl", MATCHES, known=False)
    first = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert first.keys() == {"query", "confidence", "candidates"}
    assert first["candidates"][0].keys() == {"gallery", "distance"}


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl"])
def test_names_that_are_no_utf8_come_back(tmp_path, name):
    odd = Match(Crop(Path("caf\udce9\n.png"), 0), RANKED, 0.5)
    path = write_matches(tmp_path / name, [odd], known=False)
    back = rows(path)[1][0] if name.endswith("csv") else json.loads(path.read_text())["query"]
    assert back == "caf\udce9\n.png"


def test_matches_are_handed_on_one_by_one_and_the_file_comes_last(tmp_path):
    path = tmp_path / "m.csv"
    passing = recorded(path, iter(MATCHES), known=True)
    assert next(passing) == MATCHES[0]
    assert not path.exists()
    assert list(passing) == MATCHES[1:]
    assert [each.name for each in tmp_path.iterdir()] == ["m.csv"]


def test_work_that_fails_half_way_leaves_the_old_file(tmp_path):
    path = write_matches(tmp_path / "m.csv", MATCHES, known=True)
    before = path.read_bytes()

    def failing():
        yield MATCHES[0]
        raise RuntimeError("the network is gone")

    with pytest.raises(RuntimeError, match="the network is gone"):
        write_matches(path, failing(), known=True)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_who_stops_early_leaves_nothing(tmp_path):
    passing = recorded(tmp_path / "m.csv", iter(MATCHES), known=True)
    next(passing)
    passing.close()
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused_before_the_work(tmp_path):
    with pytest.raises(UsageError, match=r"ending in one of \.csv, \.jsonl; found .*m\.txt"):
        recorded(tmp_path / "m.txt", iter(()), known=True)
