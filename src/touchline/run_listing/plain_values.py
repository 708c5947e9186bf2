"""What a file of a run holds, as values that JSON can hold too."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml


class _WithoutAliases(yaml.SafeLoader):
    """A reader that refuses `*name`: what a run writes has none, and one can hold itself."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def read_plain(path: Path) -> dict[str, Any]:
    """The mapping in a `.yaml` or `.json` file; an empty one for anything else, or a broken file.

    Numbers that are not finite become None, and what JSON does not know, such as a date, text.
    """
    read: Callable[[str], Any] = json.loads if path.suffix == ".json" else _read_yaml
    try:
        values = plain(read(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}


def plain(value: Any) -> Any:
    """The value as JSON can hold it.

    >>> plain({1: [0.5, math.nan], "when": {"a"}})
    {'1': [0.5, None], 'when': "{'a'}"}
    """
    match value:
        case float():
            return value if math.isfinite(value) else None
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
    return str(value)


def _read_yaml(text: str) -> Any:
    return yaml.load(text, _WithoutAliases)
