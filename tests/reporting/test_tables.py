import csv
import io
import math

import pytest

from touchline.reporting.confidence import Score, wilson
from touchline.reporting.tables import (
    Table,
    as_csv,
    as_markdown,
    as_terminal_text,
    format_cell,
    format_interval,
    format_score,
    format_value,
)

NOTHING = wilson(0, 0)
RUNS = Table(
    ("run", "accuracy", "time (s)", "weights"),
    (("probe", wilson(90, 100), 74.512, 4_652_008), ("tüne", NOTHING, None, None)),
)


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (wilson(90, 100), "90.0 % [82.6, 94.5] (n = 100)"),
        (wilson(1, 1), "100.0 % [20.7, 100.0] (n = 1)"),
        (NOTHING, "not measured (n = 0)"),
        (Score(0.5, 1, math.nan, math.nan), "50.0 % (n = 1)"),
        (Score(-0.02, 1232, -0.039, 0.001, "points"), "-2.0 points [-3.9, +0.1] (n = 1,232)"),
        (Score(1.2345, 9, 1, 2, "number"), "1.234 [1.000, 2.000] (n = 9)"),
    ],
)
def test_format_score(score, text):
    assert format_score(score) == text
    if not math.isnan(score.low) and not math.isnan(score.value):
        assert text == f"{format_value(score)} {format_interval(score)} (n = {score.n:,})"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), (math.nan, ""), ("a\nb", "a b"), (0, "0"), (1232, "1,232"),
        (74.512, "74.51"), (0.00012345, "0.0001234"), (26182308.0, "2.618e+07"),
        (wilson(1, 2), "50.0 % [9.5, 90.5] (n = 2)"),
    ],
)  # fmt: skip
def test_format_cell(cell, text):
    assert format_cell(cell) == text


def test_terminal_columns_line_up():
    lines = as_terminal_text(RUNS).splitlines()
    assert lines == [
        "run                         accuracy  time (s)    weights",
        "probe  90.0 % [82.6, 94.5] (n = 100)     74.51  4,652,008",
        "tüne            not measured (n = 0)",
    ]


def test_terminal_columns_line_up_under_wide_letters():
    lines = as_terminal_text(Table(("class", "n"), (("柔道", 1), ("golf", 22)))).splitlines()
    assert lines == ["class   n", "柔道    1", "golf   22"]


def test_terminal_text_runs_no_escape_sequence():
    text = as_terminal_text(Table(("a\x1b[2J",), (("b\x1b]0;x\x07\nc",),), caption="c\x1b"))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert text.count("\n") == 3


def test_terminal_text_without_rows_is_its_columns():
    assert as_terminal_text(Table(("a", "b"), ())) == "a  b\n"


def test_markdown():
    assert as_markdown(RUNS).splitlines() == [
        "| run | accuracy | time (s) | weights |",
        "|---|---:|---:|---:|",
        "| probe | 90.0 % [82.6, 94.5] (n = 100) | 74.51 | 4,652,008 |",
        "| tüne | not measured (n = 0) |  |  |",
    ]


def test_markdown_of_hostile_names_stays_one_row():
    text = as_markdown(Table(("a|b",), (("<img src=x>|`[l](u)\n",),), caption="*c*"))
    assert text.splitlines() == [
        r"\*c\*", "", r"| a\|b |", "|---|", r"| \<img src=x>\|\`\[l\](u)  |",
    ]  # fmt: skip


def test_csv_gives_every_number_in_full():
    rows = list(csv.DictReader(io.StringIO(as_csv(RUNS))))
    score = wilson(90, 100)
    assert list(rows[0]) == [
        "run", "accuracy", "accuracy_n", "accuracy_low", "accuracy_high", "time (s)", "weights",
    ]  # fmt: skip
    assert float(rows[0]["accuracy_low"]) == score.low
    assert float(rows[0]["accuracy_high"]) == score.high
    assert rows[0]["time (s)"] == "74.512"
    assert rows[1] == {
        "run": "tüne", "accuracy": "", "accuracy_n": "0", "accuracy_low": "0.0",
        "accuracy_high": "1.0", "time (s)": "", "weights": "",
    }  # fmt: skip


def test_csv_of_a_score_column_with_gaps():
    table = Table(("f1", "p"), ((wilson(1, 2), 0.5), (None, math.nan)))
    assert list(csv.reader(io.StringIO(as_csv(table))))[2] == ["", "", "", "", ""]


def test_csv_keeps_names_but_can_always_be_written():
    text = as_csv(Table(("name",), (('a,"b"\nc',), ("caf\udce9",))))
    assert [row[0] for row in csv.reader(io.StringIO(text))] == ["name", 'a,"b"\nc', "caf?"]


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        Table(("a",), ((1, 2),))


def test_columns_of_numbers_are_known():
    table = Table(("a", "b", "c", "d"), ((1, "x", None, wilson(1, 2)), (None, 2, None, 3.0)))
    assert table.numeric == (True, False, False, True)
