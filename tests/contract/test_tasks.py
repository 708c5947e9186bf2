"""What every task promises, checked over the table of tasks."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from pydantic import BaseModel

from touchline.cli import main
from touchline.runs import open_run
from touchline.settings import Settings
from touchline.tasks import TASKS

EVERY_TASK = pytest.mark.parametrize("name", TASKS)
PARTS = ("config", "train", "evaluate", "predict", "report")


def settings_within(kind: object) -> Iterator[type[BaseModel]]:
    """The settings in a field's type, also those inside tuples and unions."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in get_args(kind):
        yield from settings_within(inner)


def undescribed(kind: type[BaseModel], above: str = "") -> Iterator[str]:
    """Fields without a docstring; a group may be described by the docstring of its class."""
    for name, field in kind.model_fields.items():
        groups = list(settings_within(field.annotation))
        if not (field.description or (groups and groups[0].__doc__)):
            yield f"{above}{name}"
        for group in groups:
            yield from undescribed(group, f"{above}{name}.")


@EVERY_TASK
def test_the_five_names_load(name: str) -> None:
    loaded = {part: TASKS[name].load(part) for part in PARTS}
    assert issubclass(loaded.pop("config"), Settings)
    assert all(callable(function) for function in loaded.values())


@EVERY_TASK
def test_every_setting_is_described(name: str) -> None:
    config = TASKS[name].load("config")
    assert list(undescribed(config)) == []
    assert config.__doc__


def test_the_check_sees_a_setting_without_description() -> None:
    class Inner(Settings):
        """A group."""

        rate: int = 1

    class Outer(Settings):
        groups: tuple[Inner, ...] = ()

    assert list(undescribed(Outer)) == ["groups.rate"]


@EVERY_TASK
def test_an_unknown_key_is_refused_with_the_nearest(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "train", str(tmp_path), "sed=1"]) == 2
    assert "found 'sed' in the command line. The nearest known key is 'seed'" in _error(capsys)


@EVERY_TASK
def test_empty_input_is_refused_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    out = tmp_path / "run"
    assert main([name, "train", str(tmp_path / "data"), "--out", str(out)]) == 2
    assert _error(capsys).startswith("touchline: Wanted ")
    assert not out.exists()


@EVERY_TASK
def test_no_data_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "train"]) == 2
    assert "Wanted a value for 'data'; found none in the command line" in _error(capsys)


def test_photos_are_labelled_alike_before_and_after_reloading(taught: Path, tmp_path: Path) -> None:
    """The labels in the run's own records are those that the reloaded run gives."""
    import pandas as pd

    scored = pd.read_parquet(taught / "predictions.parquet")
    out = tmp_path / "labels.parquet"
    where = ["--device", "cpu", "--precision", "fp32", "--out", str(out)]
    assert main(["photos", "predict", str(taught), *scored["path"], *where]) == 0
    found = pd.read_parquet(out)
    assert list(found["path"]) == list(scored["path"])
    assert list(found["label"]) == list(scored["label"])
    # Features from the cache are rounded to float16.
    np.testing.assert_allclose(found["confidence"], scored["confidence"], atol=2e-3)
    again = TASKS["photos"].load("predict")(open_run(taught), map(Path, scored["path"]))
    assert [each.path for each in again] == list(scored["path"])


def _error(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err
