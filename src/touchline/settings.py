"""Frozen typed configuration from YAML and `key=value` words; unknown keys are refused.

Later sources win: defaults, then the file, then flags, then dotted words.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from touchline.errors import UsageError


class Settings(BaseModel):
    """A group of configuration values that never changes once made and knows all its keys.

    No number among them is infinite or NaN.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


AnySettings = TypeVar("AnySettings", bound=Settings)


def resolve(
    kind: type[AnySettings],
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    words: Sequence[str] = (),
) -> AnySettings:
    """Build the configuration of a command from all its sources.

    Args:
        kind: the configuration class.
        file: a YAML file, e.g. the `config.yaml` of an earlier run.
        flags: values of command-line flags by dotted key; None means the flag was not given.
        words: dotted `key=value` words; the value is read as YAML, so `a.b=[1, 2]` is a list.

    Raises:
        UsageError: for an unreadable file, a word without `=`, an unknown key (the nearest known
            one is named) or a value of the wrong kind.
    """
    values: dict[str, Any] = read_yaml(file) if file else {}
    for key, value in (flags or {}).items():
        if value is not None:
            _put(values, key, value)
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise UsageError("words of the form key=value", repr(word), "Write e.g. seed=1.")
        _put(values, key, _parse(text, word))
    return _validate(kind, values, str(file) if file else "the command line")


def as_yaml(settings: Settings) -> str:
    """The configuration as YAML, in the order of its class; `resolve` of it gives it back."""
    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def with_origins(settings: Settings, file: Path | None, given: Sequence[str]) -> str:
    """`as_yaml` with a comment behind each value that does not come from the defaults.

    Args:
        settings: the resolved configuration.
        file: the file it was read from, if any.
        given: the dotted keys given as flags or words.
    """
    from_file = set(_leaves(read_yaml(file))) if file else set()
    lines, path = [], list[str]()
    for line in as_yaml(settings).splitlines():
        depth = (len(line) - len(line.lstrip(" -"))) // 2
        path = [*path[:depth], line.strip(" -").partition(":")[0]]
        key = ".".join(path)
        origin = "command line" if key in given else str(file) if key in from_file else ""
        lines.append(f"{line}  # {origin}" if origin else line)
    return "\n".join(lines) + "\n"


def read_yaml(file: Path) -> dict[str, Any]:
    """The keys and values of a YAML file; none of an empty one.

    Raises:
        UsageError: when it cannot be read, or holds something else.
    """
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            "a configuration file", f"{error.strerror}: {file}", "Check the path."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError("a YAML file", f"{error} in {file}", "Mend the file.") from error
    if not isinstance(values, dict | None):
        raise UsageError(
            "keys and values", f"{type(values).__name__} in {file}", "Write lines of `key: value`."
        )
    return values or {}


def _parse(text: str, word: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError("a value that YAML can read", repr(word), "Quote the value.") from error


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *groups, last = key.split(".")
    for group in groups:
        inner = values.setdefault(group, {})
        if not isinstance(inner, dict):
            raise UsageError(f"a group of keys at {group!r}", repr(inner), "Drop one of the two.")
        values = inner
    values[last] = value


def _leaves(values: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def _validate(kind: type[AnySettings], values: dict[str, Any], source: str) -> AnySettings:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, list(_keys(kind)), n=1, cutoff=0.0)
            raise UsageError(
                "a known key", f"{key!r} in {source}", f"The nearest known key is {near[0]!r}."
            ) from error
        if problem["type"] == "missing":
            raise UsageError(f"a value for {key!r}", f"none in {source}", "Give it.") from error
        if not key:  # two settings, each of which may be as it is
            reason = problem["msg"].removeprefix("Value error, ")
            raise UsageError(
                "settings that go together", f"this in {source}: {reason}", "Change one of them."
            ) from error
        raise UsageError(
            f"a fitting value for {key!r} ({problem['msg']})",
            f"{problem.get('input')!r} in {source}", "Change that value.",
        ) from error  # fmt: skip


def _keys(kind: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, item in kind.model_fields.items():
        inner = item.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, f"{above}{name}.")
        else:
            yield f"{above}{name}"
