import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.sort.plan_table import COLUMNS, PlanRow, SortPlan, read_plan, write_plan
from touchline.errors import EnvironmentMissingError, UsageError

ROW = PlanRow("sort", "/in/1.jpg", "Kick-l", "Kick-l/1.jpg", sha256="ab" * 32)
CELL = st.text(
    st.characters(exclude_characters="\0", codec="utf-8") | st.sampled_from('\udcff,";\n')
)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL.map("/".__add__), CELL, CELL), max_size=5))
def test_any_cells_survive(tmp_path_factory, cells):
    rows = [replace(ROW, source=s, label=label, reason=r, row=number)
            for number, (s, label, r) in enumerate(cells, start=2)]  # fmt: skip
    path = tmp_path_factory.mktemp("plan") / "plan.csv"
    root = path.parent / "o, ut"
    write_plan(SortPlan(root, tuple(rows)), path)
    back = read_plan(path)
    assert list(back.rows) == rows
    assert back.root == root or not rows


def test_the_columns_to_edit_come_first_and_a_spreadsheet_finds_its_mark(tmp_path):
    write_plan(SortPlan(tmp_path, (ROW,)), tmp_path / "plan.csv")
    content = (tmp_path / "plan.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfaction,source,label,destination,")
    assert COLUMNS[:4] == ("action", "source", "label", "destination")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_plan_that_a_spreadsheet_saved_again(tmp_path, delimiter):
    write_plan(SortPlan(tmp_path / "out", (ROW, ROW)), tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.reader(stream))
    with (tmp_path / "saved.csv").open("w", newline="") as stream:  # no mark, other line ends
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows([table[0], table[1], [""] * len(table[0]), [], table[2]])
    plan = read_plan(tmp_path / "saved.csv")
    assert plan.root == tmp_path / "out"
    assert [row.row for row in plan.rows] == [2, 5]  # as the spreadsheet numbers them
    assert replace(plan.rows[1], row=0) == ROW


@pytest.mark.parametrize("root", ["", "out"])
def test_a_root_that_an_edit_broke_is_refused(tmp_path, root):
    write_plan(SortPlan(tmp_path / "out", (ROW,)), tmp_path / "plan.csv")
    text = (tmp_path / "plan.csv").read_text().replace(str(tmp_path / "out"), root)
    (tmp_path / "plan.csv").write_text(text)
    with pytest.raises(UsageError, match=rf"an absolute folder; found '{root}' \(row 2\)"):
        read_plan(tmp_path / "plan.csv")


def test_a_plan_without_rows_sorts_nothing(tmp_path):
    write_plan(SortPlan(tmp_path, ()), tmp_path / "plan.csv")
    assert read_plan(tmp_path / "plan.csv").rows == ()


def test_an_existing_plan_is_never_overwritten(tmp_path):
    (tmp_path / "plan.csv").write_text("a person's edits")
    with pytest.raises(UsageError, match="exists and may hold edits"):
        write_plan(SortPlan(tmp_path, ()), tmp_path / "plan.csv")
    assert (tmp_path / "plan.csv").read_text() == "a person's edits"


def test_a_plan_that_cannot_be_written_is_the_environments_fault(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentMissingError, match=r"a plan at .*Choose an --out"):
        write_plan(SortPlan(tmp_path, ()), tmp_path / "file" / "plan.csv")


def test_a_missing_plan_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"nothing at .*plan\.csv\. Make one"):
        read_plan(tmp_path / "plan.csv")


def test_a_file_that_is_no_table_is_named(tmp_path):
    (tmp_path / "plan.csv").write_bytes(b'"' + b"x" * 200_000)
    with pytest.raises(UsageError, match="a CSV file; found field larger"):
        read_plan(tmp_path / "plan.csv")


def test_missing_columns_are_named(tmp_path):
    (tmp_path / "plan.csv").write_text("action,source,label,destination\n")
    with pytest.raises(UsageError, match="none called predicted, planned, sha256, root"):
        read_plan(tmp_path / "plan.csv")


def test_rows_of_two_plans_are_refused(tmp_path):
    for name in ("a", "b"):
        write_plan(SortPlan(tmp_path / name, (ROW,)), tmp_path / f"{name}.csv")
    lines = (tmp_path / "b.csv").read_text().splitlines(keepends=True)
    with (tmp_path / "a.csv").open("a") as stream:
        stream.write(lines[1])
    with pytest.raises(UsageError, match=r"/a' \(row 2\) and '.*/b' \(row 3\)"):
        read_plan(tmp_path / "a.csv")
