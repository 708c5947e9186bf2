"""Files that say which matches a split has: `train.json`, SoccerNet's own lists, and their like."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.faults import Fault
from touchline.spotting.annotations.json_files import read_json
from touchline.spotting.annotations.names import SPLIT_SPELLINGS, match_name
from touchline.spotting.matches import SplitName

_STEM = re.compile(r"(?:ball|soccernetgames)?(?P<split>[a-z]+)")


@dataclass(frozen=True)
class SplitFile:
    """One split file.

    Attributes:
        path: where it lies.
        split: the split it is for.
        names: of its matches, in its order.
        faults: rows that name no match.
    """

    path: Path
    split: SplitName
    names: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def split_of_file(path: Path) -> SplitName:
    """The split that a file's name tells; empty where it tells none.

    >>> split_of_file(Path("val.json")), split_of_file(Path("BallTest.json"))
    ('valid', 'test')
    """
    found = _STEM.fullmatch(path.stem.casefold())
    return SPLIT_SPELLINGS.get(found["split"], "") if found else ""


def split_files_in(folder: Path) -> list[Path]:
    """The JSON files of the folder that are named like splits, in order: train, valid, test."""
    found = [path for path in folder.glob("*.json") if split_of_file(path) and path.is_file()]
    splits = list(SPLIT_SPELLINGS.values())
    return sorted(found, key=lambda path: (splits.index(split_of_file(path)), path.name))


def read_split_file(path: Path) -> SplitFile:
    """The matches a split file names; a file that cannot be read names none, and is a fault.

    Rows are objects with `video`, or plain names; or the file is nested as SoccerNet's own,
    `{league: {season: [game]}}`.
    """
    split = split_of_file(path)
    try:
        content = read_json(path)
    except ValueError as error:
        return SplitFile(path, split, (), (Fault(path, "", f"{error}; not used"),))
    if isinstance(content, dict):
        content = list(_flattened("", content))
    if not isinstance(content, list):
        return SplitFile(path, split, (), (Fault(path, "", "lists no matches; not used"),))
    names: list[str] = []
    faults: list[Fault] = []
    for number, row in enumerate(content, start=1):
        name = _name(row)
        if name:
            names.append(name)
        else:
            faults.append(Fault(path, f"row {number}", "names no video; left out"))
    return SplitFile(path, split, tuple(dict.fromkeys(names)), tuple(faults))


def _name(row: Any) -> str:
    named = row.get("video") if isinstance(row, dict) else row
    return match_name(named) if isinstance(named, str) else ""


def _flattened(prefix: str, content: Any) -> Iterable[Any]:
    """The games of a nested listing, by their paths; what is not text stays as it is."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield from _flattened(f"{prefix}{name}/", inner)
    elif isinstance(content, list):
        for item in content:
            yield from _flattened(prefix, item)
    else:
        yield f"{prefix}{content}" if isinstance(content, str) else content
