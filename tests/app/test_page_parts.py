"""The parts of the pages Photos and Runs that need no browser."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app_worlds import AppWorld, jpeg
from touchline.app.photos_page.gallery import tile_of
from touchline.app.photos_page.look import facts_of
from touchline.app.photos_page.sorting import edited
from touchline.app.plain_words import plain
from touchline.app.runs_page.answers import Answer, counted, read_answers, tiles_of
from touchline.app.runs_page.confusion import escaped, matrix_figure
from touchline.app.runs_page.curves import lines_figure, read_epochs
from touchline.archive.catalog.search.found import find_photos
from touchline.archive.sort.plan_table import PlanRow, SortPlan

HOSTILE = "<img src=x onerror=alert(1)> :red[x] $a$ [l](http://e.example) **b** `c` ![i](j) ~s~"


def test_words_of_others_stay_words_in_markdown() -> None:
    html = MarkdownIt("commonmark").render(plain(HOSTILE))
    assert "<img" not in html
    assert "<a" not in html
    assert "<strong>" not in html
    assert html.count("<") == 2  # of the paragraph around it


@given(st.text())
def test_any_text_is_one_plain_paragraph(text: str) -> None:
    html = MarkdownIt("commonmark").render(plain(text))
    assert html.count("<") == (2 if html else 0)


def test_edits_of_a_plan_change_the_cells_that_were_edited_only() -> None:
    rows = tuple(PlanRow("sort", f"/a/{n}.jpg", "kick", f"kick/{n}.jpg") for n in range(3))
    plan = SortPlan(Path("/out"), rows)
    found = edited(plan, {1: {"label": "pass"}, 2: {"destination": None, "source": "/etc/passwd"}})
    assert found.rows[0] == rows[0]
    assert (found.rows[1].label, found.rows[1].destination) == ("pass", "kick/1.jpg")
    assert (found.rows[2].source, found.rows[2].destination) == ("/a/2.jpg", "")
    assert edited(plan, {}) == plan


def test_answers_are_counted_and_shown_where_the_catalog_knows_the_photo(world: AppWorld) -> None:
    number = world.photo("a.jpg", jpeg())
    answers = [
        Answer(str(world.root / "a.jpg"), "kick", "pass", 0.6),
        Answer("/elsewhere/b.jpg", "kick", "pass", 0.9),
    ]
    assert counted(answers) == {("kick", "pass"): 2}
    assert counted([]) == {}
    tiles, missing = tiles_of(world.workspace, answers)
    assert ([tile.id for tile in tiles], missing) == ([number], 1)
    assert (tiles[0].alt, tiles[0].note) == ("kick labelled as pass", "60% sure")


def test_answers_are_read_and_broken_files_have_none(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == []
    (tmp_path / "predictions.parquet").write_bytes(b"no table")
    assert read_answers(tmp_path) == []
    table = pd.DataFrame({"path": ["a"], "truth": ["t"], "label": ["l"], "confidence": [0.5]})
    table.to_parquet(tmp_path / "predictions.parquet")
    assert read_answers(tmp_path) == [Answer("a", "t", "l", 0.5)]


def test_the_matrix_tells_mistakes_by_shape_and_names_as_text() -> None:
    figure = matrix_figure({("<b>", "<b>"): 3, ("<b>", "c"): 1}, ["<b>", "c"])
    (points,) = figure.data
    assert list(points.marker.symbol) == ["square", "diamond"]
    assert list(points.marker.color) == [0.75, 0.25]
    assert [list(pair) for pair in points.customdata] == [["<b>", "<b>"], ["<b>", "c"]]
    assert list(figure.layout.xaxis.ticktext) == ["&lt;b&gt;", "c"]
    assert points.hovertext[0] == "3 of &lt;b&gt; labelled as &lt;b&gt;"
    assert escaped("a") == "a"


def test_curves_leave_gaps_where_there_is_no_number(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    assert read_epochs(file) == {}
    file.write_text("epoch,stage,train_loss,validation_map,empty\n1,a,0.5,,\n2,a,x,0.25,\n")
    curves = read_epochs(file)
    assert list(curves) == ["train_loss", "validation_map"]
    assert curves["train_loss"][0] == 0.5
    assert math.isnan(curves["train_loss"][1])
    assert math.isnan(curves["validation_map"][0])
    figure = lines_figure("Scores", {"a": [1.0], "b": [2.0]})
    assert len({(line.line.dash, line.marker.symbol) for line in figure.data}) == 2
    file.write_bytes(b"\xff\xfe\x00")
    assert read_epochs(file) == {}


@pytest.mark.parametrize("name", ["a.jpg", "<img src=x onerror=alert(1)>.jpg"])
def test_a_tile_says_what_a_photo_is_without_its_picture(world: AppWorld, name: str) -> None:
    world.photo(name, jpeg())
    (found,) = find_photos(world.workspace.catalog, "")
    tile = tile_of(found)
    assert (tile.caption, tile.note, tile.alt) == ("no class yet", name, f"no class yet: {name}")
    assert facts_of(found) == [("file", str(world.root / name))]
