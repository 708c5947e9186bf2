"""What a match is called, and which split it belongs to, by its place among the others."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from touchline.media.folder_contents import VIDEO_ENDINGS
from touchline.spotting.matches import SplitName

SPLIT_SPELLINGS: dict[str, SplitName] = {
    "train": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test",
    "challenge": "challenge",
}  # fmt: skip
"""How files and folders of a split are called, in lower case, and our word for it."""

SPLIT_ORDER: tuple[SplitName, ...] = ("", "train", "valid", "test", "challenge")
"""A match that is found in two splits belongs to the later: what tests must not have taught."""


@lru_cache(maxsize=4096)  # a table names the same match in every row
def match_name(text: str) -> str:
    r"""The name of a match from a path: with `/`, without the ending of a video.

    >>> match_name("league\\2026\\a - b.mp4"), match_name("./england_efl/2019-2020/x/")
    ('league/2026/a - b', 'england_efl/2019-2020/x')
    """
    path = PurePosixPath(text.strip().replace("\\", "/"))
    name = path.as_posix()
    name = name.removesuffix(path.suffix) if path.suffix.lower() in VIDEO_ENDINGS else name
    return "" if name == "." else name


def name_and_split(relative: Path) -> tuple[str, SplitName]:
    """A game's name and split from its folder's path below the data.

    A top folder that is called like a split is one, and no part of the name.

    >>> name_and_split(Path("val/england_efl/x")), name_and_split(Path("england_efl/x"))
    (('england_efl/x', 'valid'), ('england_efl/x', ''))
    """
    first, *rest = relative.parts
    split = SPLIT_SPELLINGS.get(first.casefold(), "") if rest else ""
    return (PurePosixPath(*rest) if split else PurePosixPath(*relative.parts)).as_posix(), split


def strictest(splits: Iterable[SplitName]) -> SplitName:
    """The one of several splits that a match belongs to.

    >>> strictest(["test", "train"])
    'test'
    """
    return max(splits, key=SPLIT_ORDER.index, default="")
