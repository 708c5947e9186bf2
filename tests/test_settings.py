"""Configuration: where values come from, and what is refused."""

from pathlib import Path

import pytest
from pydantic import Field

from touchline.errors import UsageError
from touchline.settings import Settings, as_yaml, resolve, with_origins


class Inner(Settings):
    rate: float = Field(default=0.1, gt=0)
    names: tuple[str, ...] = ()


class Outer(Settings):
    seed: int = 0
    name: str = "a"
    inner: Inner = Inner()


def test_later_sources_win(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("seed: 1\nname: b\ninner: {rate: 2}\n")
    found = resolve(Outer, file, {"seed": 5, "name": None}, ["inner.rate=3", "inner.names=[x, y]"])
    assert found == Outer(seed=5, name="b", inner=Inner(rate=3.0, names=("x", "y")))


def test_yaml_of_a_configuration_gives_it_back(tmp_path: Path) -> None:
    settings = Outer(seed=3, inner=Inner(rate=0.5, names=("ä", "b")))
    file = tmp_path / "c.yaml"
    file.write_text(as_yaml(settings), encoding="utf-8")
    assert resolve(Outer, file) == settings


def test_origins_name_the_file_and_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("name: b\ninner: {rate: 2}\n")
    text = with_origins(resolve(Outer, file, {"seed": 4}), file, ["seed"])
    assert "seed: 4  # command line" in text
    assert f"name: b  # {file}" in text
    assert f"  rate: 2.0  # {file}" in text
    assert "  names: []\n" in text


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Outer().seed = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sed=1"], "Wanted a known key; found 'sed' in the command line. .* is 'seed'"),
        (["inner.rat=1"], "found 'inner.rat' .* is 'inner.rate'"),
        (["seed=x"], "Wanted a fitting value for 'seed' .*; found 'x'"),
        (["inner.rate=0"], "Wanted a fitting value for 'inner.rate' .*greater than 0"),
        (["seed"], "Wanted words of the form key=value; found 'seed'"),
        (["seed=[1"], "Wanted a value that YAML can read; found 'seed="),
        (["seed=1", "seed.deep=2"], "Wanted a group of keys at 'seed'; found 1"),
    ],
)
def test_refusals_of_words(words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        resolve(Outer, words=words)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "Wanted a configuration file; found No such file"),
        ("a: [", "Wanted a YAML file; found"),
        ("- 1", "Wanted keys and values; found list"),
    ],
)
def test_refusals_of_files(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "c.yaml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError, match=message):
        resolve(Outer, file)


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("")
    assert resolve(Outer, tmp_path / "c.yaml") == Outer()
