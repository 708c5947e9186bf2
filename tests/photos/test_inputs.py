"""What a person names to be labelled, file by file."""

from pathlib import Path

import pytest

from photo_sets_on_disk import put
from touchline.errors import UsageError
from touchline.photos.inputs import list_inputs


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put(
        tmp_path, "b.jpg", "a.JPG", "notes.txt", "a.xmp", "Thumbs.db", ".hidden.jpg",
        "sub/d.png", "sub/c.jpg", "sub/deep/e.jpg", ".git/f.jpg", "@eaDir/g.jpg",
        "__MACOSX/h.jpg", "odd[1].jpg", "sub/@eaDir/thumb.jpg", "sub/@club/i.jpg",
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["."], ["a.JPG", "b.jpg", "notes.txt", "odd[1].jpg", "sub/c.jpg", "sub/d.png",
                 "sub/@club/i.jpg", "sub/deep/e.jpg"]),
        (["sub/deep", "sub/@club", "b.jpg"], ["sub/deep/e.jpg", "sub/@club/i.jpg", "b.jpg"]),
        (["*.jpg"], ["b.jpg", "odd[1].jpg"]),
        (["s*"], ["sub/c.jpg", "sub/d.png", "sub/@club/i.jpg", "sub/deep/e.jpg"]),
        (["**/*.jpg"], ["b.jpg", "odd[1].jpg", "sub/@club/i.jpg", "sub/c.jpg", "sub/deep/e.jpg"]),
        (["odd[1].jpg"], ["odd[1].jpg"]),
        (["a.xmp", ".hidden.jpg"], ["a.xmp", ".hidden.jpg"]),
        (["missing.jpg"], ["missing.jpg"]),
        (["b.jpg", "b.jpg"], ["b.jpg", "b.jpg"]),
        (["x" * 300 + ".jpg"], ["x" * 300 + ".jpg"]),
        ([], []),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("tree")
def test_files_folders_and_patterns(words: list[str], expected: list[str]) -> None:
    assert [path.as_posix() for path in list_inputs(words, ())] == expected


@pytest.mark.usefixtures("tree")
def test_a_list_is_read_line_by_line_and_as_it_stands() -> None:
    lines = ["b.jpg\n", "\n", "  \n", " spaced .jpg\r\n", "*.jpg\n", "sub"]
    found = [str(path) for path in list_inputs(["-"], lines)]
    assert found == ["b.jpg", " spaced .jpg", "*.jpg", "sub"]


def test_a_link_to_a_folder_is_not_followed(tree: Path) -> None:
    (tree / "sub" / "loop").symlink_to(tree)
    assert len(list(list_inputs(["sub"], ()))) == 4


@pytest.mark.parametrize("word", ["empty", "*.tif"])
def test_what_gives_nothing_is_refused(word: str, tree: Path) -> None:
    (tree / "empty").mkdir()
    put(tree, "empty/only.xmp")
    with pytest.raises(UsageError, match=r"Wanted photos to label; found none in (empty|\*\.tif)"):
        list(list_inputs([word], ()))


@pytest.mark.usefixtures("tree")
def test_files_come_lazily() -> None:
    first = next(list_inputs(["b.jpg", "nothing*"], ()))
    assert first == Path("b.jpg")
