"""Values as YAML on one line, as people write them behind a command."""

import shlex
from collections.abc import Iterable
from typing import Any

import yaml


def in_one_line(value: Any) -> str:
    """The value as YAML on one line, which reads back as the same value.

    >>> in_one_line([{"framing": "crop", "size": 256}]), in_one_line(0.00001)
    ('[{framing: crop, size: 256}]', '1.0e-05')
    """
    text = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    return text.removesuffix("\n").removesuffix("\n...")


def as_command_words(words: Iterable[str]) -> str:
    """`key=value` words as a shell takes them, to be pasted behind a command.

    >>> as_command_words(["seed=1", "views=[{size: 1}]"])
    "seed=1 'views=[{size: 1}]'"
    """
    return shlex.join(words)
