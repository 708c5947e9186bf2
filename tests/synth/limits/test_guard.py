import errno
import math
from pathlib import Path

import pytest
import torch

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import write_atomically
from touchline.synth.config import LimitSettings
from touchline.synth.limits.guard import Guard, keeping

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError(
            "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9000 bytes."
        ),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
    ],
)
def test_memory_that_ran_out_is_told_once_and_how_to_go_on(
    error: Exception, tmp_path: Path
) -> None:
    write_atomically(tmp_path / "snapshots.json", '{"images": 12000}')
    with (
        pytest.raises(
            EnvironmentMissingError, match=r"a training within 9000\.0 GB of memory"
        ) as told,
        keeping(LimitSettings(memory=9 * 10**12), tmp_path, CPU),
    ):
        raise error
    assert "everything up to image 12000 is kept" in str(told.value)
    assert f"`--resume {tmp_path}` goes on" in str(told.value)
    assert "training.batch_size" in str(told.value)
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("can't allocate memory: you tried to allocate 9000000 bytes. Error code 12", "9 MB more"),
        ("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has", "2.00 GiB more"),
        ("std::bad_alloc", "more was needed"),
    ],
)
def test_how_much_was_needed_is_told_where_it_is_known(
    said: str, told: str, tmp_path: Path
) -> None:
    with (
        pytest.raises(EnvironmentMissingError, match=f"found that {told}"),
        keeping(LimitSettings(), tmp_path, CPU),
    ):
        raise RuntimeError(said)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_and_how_to_go_on(number: int, tmp_path: Path) -> None:
    with (
        pytest.raises(
            EnvironmentMissingError,
            match=r"room on the disk; found full up; nothing .*--resume .*training.keep=1",
        ),
        keeping(LimitSettings(), tmp_path, CPU),
    ):
        raise OSError(number, "full up")


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        FileNotFoundError(errno.ENOENT, "gone"),
        UsageError("this", "that", "Do it."),
        KeyboardInterrupt(),
    ],
)
def test_other_errors_stay_what_they_are(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)) as found, keeping(LimitSettings(), tmp_path, CPU):
        raise error
    assert found.value is error


@pytest.mark.parametrize("table", ["{", "[]", "{}", ""])
def test_a_broken_table_does_not_hide_what_happened(table: str, tmp_path: Path) -> None:
    write_atomically(tmp_path / "snapshots.json", table)
    with (
        pytest.raises(EnvironmentMissingError, match="nothing was learnt yet"),
        keeping(LimitSettings(), tmp_path, CPU),
    ):
        raise MemoryError


def test_the_clock_counts_earlier_sittings() -> None:
    now = [100.0]
    guard = Guard(60, 25.0, lambda: None, clock=lambda: now[0], started=100.0)
    now[0] = 110.0
    assert guard.spent() == 35
    assert guard.time_left() == 25
    now[0] = 150.0
    assert guard.time_left() == -15


def test_without_a_limit_time_never_ends(tmp_path: Path) -> None:
    with keeping(LimitSettings(), tmp_path, CPU, spent=7.0) as guard:
        guard.check()
        assert guard.time_left() == math.inf
        assert guard.spent() >= 7
