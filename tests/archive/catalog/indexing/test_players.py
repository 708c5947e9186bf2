import os
from pathlib import Path

import pytest

from catalog_worlds import Reader, row_at, write
from touchline.archive.catalog.indexing.photo_files import index_photos
from touchline.archive.catalog.indexing.players import add_players
from touchline.archive.catalog.opening import Catalog
from touchline.errors import UsageError


@pytest.fixture
def folder(catalog: Catalog, tmp_path: Path) -> Path:
    """Two photos in the catalog."""
    folder = write(tmp_path / "in", one="1", two="2")
    index_photos(catalog, folder, Reader())
    return folder


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "players.csv").write_bytes(text.encode(encoding))
    return folder / "players.csv"


def named(catalog: Catalog, path: Path) -> tuple[str, str]:
    row = row_at(catalog, path)
    return row.player, row.group


def test_players_and_groups_are_written_to_their_photos(catalog: Catalog, folder: Path) -> None:
    text = f"file,player,group\none.jpg, Ada Ä ,red\n{folder}/two.jpg,Bo,\n"
    added = add_players(catalog, table(folder, text, "utf-8-sig"))
    assert (added.named, added.unchanged, added.skipped) == (2, 0, ())
    assert named(catalog, folder / "one.jpg") == ("Ada Ä", "red")
    assert named(catalog, folder / "two.jpg") == ("Bo", "")
    again = add_players(catalog, folder / "players.csv")
    assert (again.named, again.unchanged) == (0, 2)


def test_without_the_column_groups_stay_and_an_empty_cell_takes_a_name_away(
    catalog: Catalog, folder: Path
) -> None:
    add_players(catalog, table(folder, "file,player,group\none.jpg,Ada,red\n"))
    assert add_players(catalog, table(folder, "file,player\none.jpg,\n")).named == 1
    assert named(catalog, folder / "one.jpg") == ("", "red")


def test_a_table_below_a_link_finds_its_photos(catalog: Catalog, folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    table(folder, "file,player\none.jpg,Ada\n../in/two.jpg,Bo\n")
    assert add_players(catalog, folder.parent / "link/players.csv").named == 2


def test_rows_that_name_no_photo_are_named(catalog: Catalog, folder: Path) -> None:
    text = "file,player\nthree.jpg,Ada\n,Bo\none.jpg,Cy\none.jpg,Di\ntwo.jpg\n"
    added = add_players(catalog, table(folder, text))
    assert [(fault.place, fault.reason) for fault in added.skipped] == [
        ("line 3", "no file name: ''"),
        ("line 5", "one.jpg stands in line 4 already"),
        ("line 2", f"not in the catalog: {folder.resolve() / 'three.jpg'}"),
    ]
    assert (added.named, added.unchanged) == (1, 1)
    assert named(catalog, folder / "one.jpg")[0] == "Cy"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the columns file,player and, if wanted, group; found none in"),
        ("file;player\n", "found file;player in .*Name the columns so in its head"),
        ("path,player\n", "found path,player"),
        ("file,player,group,more\n", "found file,player,group,more"),
    ],
)
def test_other_columns_are_refused(catalog: Catalog, folder: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        add_players(catalog, table(folder, text))


def test_a_table_that_cannot_be_read_is_refused(catalog: Catalog, folder: Path) -> None:
    with pytest.raises(UsageError, match="a table of players; found no such file or directory"):
        add_players(catalog, folder / "nothing.csv")
    with pytest.raises(UsageError, match="a CSV file in UTF-8; found 'utf-8' codec"):
        add_players(catalog, table(folder, "file,player\none.jpg,Ä\n", "latin-1"))
    (folder / "big.csv").write_text("file,player\none.jpg," + "x" * 200_000 + "\n")
    with pytest.raises(UsageError, match="a CSV file in UTF-8; found field larger"):
        add_players(catalog, folder / "big.csv")
    assert named(catalog, folder / "one.jpg") == ("", "")


def test_a_name_that_is_no_text_is_skipped(catalog: Catalog, folder: Path) -> None:
    odd = folder.parent / os.fsdecode(b"\xff")
    odd.mkdir()
    added = add_players(catalog, table(odd, "file,player\none.jpg,Ada\n"))
    assert [fault.reason for fault in added.skipped] == ["no file name: 'one.jpg'"]


def test_a_name_with_a_zero_byte_is_skipped(catalog: Catalog, folder: Path) -> None:
    table = folder / "players.csv"
    table.write_bytes(b"file,player\none.jpg,a\0b\n")
    (fault,) = add_players(catalog, table).skipped
    assert (fault.place, fault.reason) == ("line 2", "a name with a zero byte in it")
