"""What the commands of every task share: settings from words, answers on stdout."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from touchline.cli.words import split_words
from touchline.errors import EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    from touchline.settings import Settings

AnyConfig = TypeVar("AnyConfig", bound="Settings")


def config_of(
    kind: type[AnyConfig], words: list[str] | None, flags: Mapping[str, Any], file: Path | None,
    data: str,
) -> AnyConfig:  # fmt: skip
    """The configuration that words, flags and a file make; the word that is no setting is the data.

    Args:
        kind: the configuration class, with a setting called `data`.
        words: what stands on the command line.
        flags: values of flags by dotted key; None where not given.
        file: of settings, if any.
        data: what the data is, for the error where two are named.

    Raises:
        UsageError: for two such words, or settings that cannot be.
    """
    from touchline.settings import resolve

    paths, overrides = split_words(words or [])
    if len(paths) > 1:
        raise UsageError(data, " and ".join(paths), "Name one of them.")
    return resolve(kind, file, {"data": paths[0] if paths else None, **flags}, overrides)


def config_or_printed(
    kind: type[AnyConfig], words: list[str] | None, flags: Mapping[str, Any], file: Path | None,
    data: str, *, printed: bool,
) -> AnyConfig | None:  # fmt: skip
    """The configuration as `config_of` makes it; None once it is printed, where that was asked.

    Raises:
        UsageError: as `config_of` does.
    """
    from touchline.settings import with_origins

    settings = config_of(kind, words, flags, file, data)
    if not printed:
        return settings
    print(with_origins(settings, file, given_keys(words, flags)), end="")
    return None


def given_keys(words: list[str] | None, flags: Mapping[str, Any]) -> list[str]:
    """The settings that come from the command line, by dotted key."""
    paths, overrides = split_words(words or [])
    given = [name for name, value in flags.items() if value is not None]
    return [*given, *(word.partition("=")[0] for word in overrides), *(["data"] if paths else [])]


def put(result: str | dict[str, Any]) -> None:
    """Text as it is, anything else as one JSON object."""
    import json

    print(result if isinstance(result, str) else json.dumps(result, ensure_ascii=False))


def tell_faults(faults: Iterable[object]) -> None:
    """Name on stderr what could not be read; having named something, end with exit code 5.

    Raises:
        typer.Exit: when there was something.
    """
    lines = [f"unreadable: {fault}" for fault in faults]
    print("".join(f"{line}\n" for line in lines), end="", file=sys.stderr)
    if lines:
        raise typer.Exit(EXIT_PARTIAL)
