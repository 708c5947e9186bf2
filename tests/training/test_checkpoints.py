import os
from pathlib import Path
from typing import Any

import pytest
import torch

from touchline.errors import UsageError
from touchline.training.checkpoints import WholeCheckpoints
from touchline.training.saved_state import read_checkpoint

OLD, NEW = ({"state_dict": {"w": torch.full((3,), value)}} for value in (1.0, 2.0))


def _save(content: dict[str, Any], path: Path) -> None:
    WholeCheckpoints().save_checkpoint(content, path)


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "weights" / "last.ckpt"
    _save(OLD, path)
    _save(NEW, path)
    for content in (read_checkpoint(path), WholeCheckpoints().load_checkpoint(path)):
        assert torch.equal(content["state_dict"]["w"], NEW["state_dict"]["w"])
    assert [file.name for file in path.parent.iterdir()] == ["last.ckpt"]


@pytest.mark.parametrize("function", ["fsync", "replace"])
@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
def test_a_crash_while_saving_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, kind: type[BaseException]
) -> None:
    path = tmp_path / "last.ckpt"
    _save(OLD, path)

    def fail(*_: Any) -> None:
        raise kind("no space left")

    monkeypatch.setattr(os if function == "fsync" else Path, function, fail)
    with pytest.raises(kind, match="no space left"):
        _save(NEW, path)
    assert torch.equal(read_checkpoint(path)["state_dict"]["w"], OLD["state_dict"]["w"])
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


class _Harm:
    """Pickles to a call that would leave a mark on the disk."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_code_hidden_in_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "last.ckpt"
    torch.save({"state_dict": {}, "harm": _Harm(mark)}, path)
    with pytest.raises(UsageError, match=r"UnpicklingError reading .*last\.ckpt"):
        read_checkpoint(path)
    assert not mark.exists()


def _truncated(path: Path) -> None:
    _save(OLD, path)
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.exists, "FileNotFoundError reading"),
        (lambda path: path.write_bytes(b""), "EOFError reading"),
        (lambda path: path.write_bytes(b"not a checkpoint"), "UnpicklingError reading"),
        (lambda path: path.write_bytes(b"junk" * 9), "Error reading"),
        (_truncated, "Error reading"),
        (lambda path: torch.save([1, 2], path), "something else in"),
        (lambda path: torch.save({"w": 1}, path), "something else in"),
    ],
    ids=["missing", "empty", "text", "junk", "truncated", "a list", "other keys"],
)
def test_a_bad_checkpoint_is_named(tmp_path: Path, make: Any, message: str) -> None:
    path = tmp_path / "last.ckpt"
    make(path)
    with pytest.raises(UsageError, match=f"{message}.*Start the training anew"):
        read_checkpoint(path)
