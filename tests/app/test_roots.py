from pathlib import Path

import pytest

from touchline.app.folders import choosable, shown_as
from touchline.app.roots import Roots
from touchline.errors import UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "inner").mkdir(parents=True)
    (tmp_path / "root-beside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "root"


def test_what_lies_beneath_is_inside(root: Path) -> None:
    roots = Roots((root,))
    assert roots.inside(root) == root.resolve()
    assert roots.inside(root / "inner" / "new.jpg") == root.resolve() / "inner" / "new.jpg"
    assert roots.inside(root / "inner" / ".." / "a") == root.resolve() / "a"


@pytest.mark.parametrize("path", ["../secret.txt", "inner/../../secret.txt", "/etc/passwd",
                                  "../root-beside/a.jpg", ".."])  # fmt: skip
def test_what_leads_outside_is_refused(root: Path, path: str) -> None:
    with pytest.raises(UsageError, match="which leads outside"):
        Roots((root,)).inside(root / path)


def test_links_are_followed_before_they_are_judged(root: Path) -> None:
    (root / "out.txt").symlink_to(root.parent / "secret.txt")
    (root / "folder").symlink_to(root.parent)
    (root / "in.txt").symlink_to(root / "inner")
    roots = Roots((root,))
    for name in ("out.txt", "folder/secret.txt", "folder/not-there"):
        with pytest.raises(UsageError, match="which leads outside"):
            roots.inside(root / name)
    assert roots.inside(root / "in.txt") == root.resolve() / "inner"


def test_a_root_may_itself_be_a_link(root: Path) -> None:
    (root.parent / "alias").symlink_to(root)
    assert Roots((root.parent / "alias",)).inside(root / "inner") == root.resolve() / "inner"


def test_a_loop_of_links_and_a_zero_byte_lead_nowhere(root: Path) -> None:
    (root / "loop").symlink_to(root / "loop")
    for name in ("loop/a", "a\0b"):
        with pytest.raises(UsageError, match="which leads"):
            Roots((root,)).inside(root / name)


def test_without_roots_nothing_is_inside(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="which leads outside"):
        Roots(()).inside(tmp_path)


def test_folders_to_choose_from_are_near_ones_first_and_no_links(root: Path) -> None:
    for name in ("b/deep", "a", ".hidden", "inner"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "link").symlink_to(root.parent)
    (root / "file.jpg").touch()
    found = [shown_as(folder, Roots((root,))) for folder in choosable(Roots((root,)))]
    assert found == ["root", "root/a", "root/b", "root/inner", "root/b/deep"]
    assert len(choosable(Roots((root,)), most=2)) == 2
    assert choosable(Roots((root / "not-there",))) == [root / "not-there"]
