"""SoccerNet's `bbox_info.json`: the official list of the crops of a split.

Of train it is one object of entries by their `bbox_idx`; of the other splits two such objects,
`query` and `gallery`. Each entry has the fields of a file name, and the folder of the file.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reid.reading.soccernet_names import Box, whole

ListName = Literal["train", "query", "gallery"]
FIELDS = (
    "bbox_idx", "action_idx", "height", "width", "person_uid", "frame_idx", "clazz", "id", "UAI",
)  # fmt: skip
"""In the order of `Box`."""
_NUMBERS, _NAMES = FIELDS[:6], FIELDS[6:]


class Entry(NamedTuple):
    """A box, and the folder of its picture below the folder of its list."""

    box: Box
    folder: str


@dataclass(frozen=True)
class BoxList:
    """One list of a `bbox_info.json`.

    Attributes:
        entries: in the order of their numbers.
        lost: the entries that could not be read, each with the reason.
    """

    entries: tuple[Entry, ...]
    lost: tuple[Fault, ...]


def read_bbox_info(path: Path) -> dict[ListName, BoxList]:
    """The lists of a `bbox_info.json`: either `train`, or `query` and `gallery`.

    Raises:
        UsageError: it cannot be read, is no JSON, or holds something else.
    """
    content = _json_of(path)
    pair = isinstance(content, dict) and ("query" in content or "gallery" in content)
    lists = content if pair else {"train": content}
    names: tuple[ListName, ...] = ("query", "gallery") if pair else ("train",)
    for name in names:
        if not isinstance(lists.get(name), dict):
            raise UsageError(
                "entries by their bbox_idx (of test and valid: under query and gallery)",
                f"{type(lists.get(name)).__name__} for {name} in {path}",
                "Fetch the split's bbox_info.json again.",
            )  # fmt: skip
    return {name: _read_list(path, name, lists[name]) for name in names}


def _read_list(path: Path, name: ListName, content: dict[str, Any]) -> BoxList:
    entries, lost = [], []
    for key, value in content.items():
        try:
            entries.append(_entry_of(key, value))
        except ValueError as error:
            lost.append(Fault(path, f"{name} {key}", f"{error}; left out"))
    return BoxList(tuple(sorted(entries, key=lambda entry: entry.box.number)), tuple(lost))


def _entry_of(key: str, value: object) -> Entry:
    if not isinstance(value, dict):
        raise ValueError(f"is {type(value).__name__}, not an object of fields")
    try:
        numbers = [whole(value[field], field) for field in _NUMBERS]
        names = [str(value[field]) for field in _NAMES]
        folder = _folder_of(str(value["relative_path"]))
    except KeyError as error:
        raise ValueError(f"has no {error.args[0]}") from error
    if str(numbers[0]) != key:
        raise ValueError(f"its bbox_idx is {numbers[0]}")
    if 0 in numbers[2:4]:
        raise ValueError(f"height {numbers[2]} or width {numbers[3]} is no size")
    return Entry(Box(*numbers, *names), folder)  # type: ignore[arg-type]


@lru_cache(maxsize=1024)  # the crops of an action lie in one folder, one after the other
def _folder_of(text: str) -> str:
    """A path below the list's folder, in its plainest form.

    Raises:
        ValueError: it leads out of that folder.
    """
    folder = PurePosixPath(text)
    if folder.is_absolute() or ".." in folder.parts:
        raise ValueError(f"relative_path {text!r} leads out of the data")
    return "" if text in ("", ".") else str(folder)


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes(), object_pairs_hook=_without_repeats)
    except OSError as error:
        raise UsageError(
            "a bbox_info.json that can be read", f"{path}: {error.strerror}", "Check the path."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            "a bbox_info.json", f"{path}, which is no valid JSON ({error})",
            "Fetch it again; or take it away: the file names say the same.",
        ) from error  # fmt: skip


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different; the standard reader would keep the last of two."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in found if keys.count(key) > 1)
        raise ValueError(f"{repeated!r} stands there twice")
    return found
