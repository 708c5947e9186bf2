from pathlib import Path

import pandas as pd
import pytest

from touchline.errors import UsageError
from touchline.training.history import Row, best_epoch, read_rows, write_rows

NAN = float("nan")


def _rows(figures: list[float], stage: str = "train") -> list[Row]:
    return [
        {
            "epoch": epoch, "stage": stage, "learning_rate": 0.1 / 3, "train_loss": 1.0,
            "loss": figure, "seconds": 0.5,
        }
        for epoch, figure in enumerate(figures, start=1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "mode", "expected"),
    [
        ([3.0, 1.0, 2.0], "min", 2),
        ([3.0, 1.0, 2.0], "max", 1),
        ([1.0, 1.0], "min", 1),  # of equals the first
        ([NAN, 5.0, NAN], "min", 2),  # NaN never wins
        ([NAN, 5.0, NAN], "max", 2),
        ([NAN, NAN], "min", 2),  # nothing to choose by: the last
        ([float("inf"), 2.0], "min", 2),
        ([], "min", 0),
    ],
)
def test_the_best_epoch(figures: list[float], mode: str, expected: int) -> None:
    assert best_epoch(_rows(figures), "loss", mode) == expected  # type: ignore[arg-type]


def test_without_a_monitored_figure_the_last_epoch_is_best() -> None:
    assert best_epoch(_rows([1.0, 2.0, 3.0]), None, "min") == 3


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.csv"
    assert read_rows(path) == []
    write_rows(path, "train", _rows([0.1, 1 / 3]))
    assert read_rows(path) == _rows([0.1, 1 / 3])
    assert list(pd.read_csv(path)) == [
        "epoch", "stage", "learning_rate", "train_loss", "loss", "seconds",
    ]  # fmt: skip


def test_stages_share_the_file_and_replace_only_their_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    head = _rows([3.0, 2.0], "head")
    top = [{**row, "accuracy": 0.5} for row in _rows([1.0], "top")]
    write_rows(path, "head", head)
    write_rows(path, "top", _rows([9.0, 9.0, 9.0], "top"))
    write_rows(path, "top", top)
    assert read_rows(path) == [*head, *top]
    table = pd.read_csv(path)
    assert list(table["stage"]) == ["head", "head", "top"]
    assert list(table)[-2:] == ["accuracy", "seconds"]
    assert table["accuracy"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "epoch,stage,loss\n1,train\n",
        "a,b\n1,2\n",
        "epoch,stage\nx,train\n",
        "epoch,stage\n1,\xff\n",
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"the figures of a training; found .*Remove the file"):
        read_rows(tmp_path / "results.csv")
