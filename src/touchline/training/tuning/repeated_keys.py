"""YAML in which a key stands twice: the reader takes the last one without a word."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from touchline.errors import UsageError


def refuse_repeated_keys(file: Path) -> None:
    """Refuse a file that says something twice, for one of the two is not what was meant.

    Args:
        file: YAML that has been read without a fault.

    Raises:
        UsageError: a group of it has a key twice; names the key and its lines.
    """
    for group in _groups(yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader), set()):
        names = [key.value for key, _ in group.value if isinstance(key, yaml.ScalarNode)]
        name, times = Counter(names).most_common(1)[0] if names else ("", 0)
        if times > 1:
            lines = [key.start_mark.line + 1 for key, _ in group.value if key.value == name]
            raise UsageError(
                "each name once", f"{name!r} in {_listed(lines)} of {file}", "Keep one."
            )


def _listed(lines: list[int]) -> str:
    once = [str(line) for line in dict.fromkeys(lines)]
    return f"line{'s' * (len(once) > 1)} {' and '.join(once)}"


def _groups(node: yaml.Node | None, seen: set[int]) -> Iterator[yaml.MappingNode]:
    """Every mapping, each once although names may stand for it in several places."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        yield node
        for pair in node.value:
            for inner in pair:
                yield from _groups(inner, seen)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _groups(inner, seen)
