"""The wall itself, each time in a process of its own: a limit cannot be tried on the tests'."""

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from touchline.synth.limits import memory_wall as module
from touchline.synth.limits.memory_wall import memory_wall
from touchline.synth.limits.process_memory import LINUX, footprint

GREEDY = """
import sys
from pathlib import Path
import torch
from touchline.errors import EnvironmentMissingError
from touchline.synth.config import LimitSettings
from touchline.synth.limits.guard import keeping
from touchline.synth.limits.process_memory import footprint, peak_memory

torch.ones(300, 300) @ torch.ones(300, 300)
room = int(sys.argv[2]) << 20
limit = footprint().resident + (400 << 20)
held = []
try:
    with keeping(LimitSettings(memory=limit), Path(sys.argv[1]), torch.device("cpu")) as guard:
        for step in range(room >> 20):
            guard.check()
            held.append(torch.ones(1 << 20, dtype=torch.uint8))
            if step % 8 == 0:
                held.append(torch.nn.functional.conv2d(torch.ones(1, 3, 64, 64),
                            torch.ones(8, 3, 3, 3)))
    print("fine")
except EnvironmentMissingError as error:
    print("refused", error)
print(peak_memory() <= limit, len(held) > 20)
held.append(torch.ones(500 << 20, dtype=torch.uint8))  # the wall is down again
"""


@pytest.mark.skipif(not LINUX, reason="only Linux has this wall")
@pytest.mark.parametrize(
    ("megabytes", "said"), [(30, "fine"), (2000, "refused Wanted a training within")]
)
def test_a_process_never_holds_more_than_its_limit(
    megabytes: int, said: str, tmp_path: Path
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", GREEDY, str(tmp_path), str(megabytes)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    first, last = child.stdout.strip().splitlines()
    assert first.startswith(said)
    assert last == "True True"
    assert said == "fine" or "B more were needed; nothing was learnt yet" in first


def test_a_limit_below_what_is_held_is_refused() -> None:
    with (
        pytest.raises(MemoryError, match="held, 1 MB allowed"),
        memory_wall(1_000_000, torch.device("cpu")),
    ):
        pass


def test_without_a_limit_there_is_no_wall() -> None:
    with memory_wall(None, torch.device("cpu")) as tighten:
        tighten()


def test_where_there_is_no_wall_the_peak_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINUX", False)
    with memory_wall(1 << 50, torch.device("cpu")) as tighten:
        tighten()
    with (
        memory_wall(1_000_000, torch.device("cpu")) as tighten,
        pytest.raises(MemoryError, match="held, 1 MB allowed"),
    ):
        tighten()


def test_on_a_gpu_torch_is_given_what_the_driver_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    gigabyte, given = 1 << 30, list[float]()
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (7.5 * gigabyte, 8 * gigabyte))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _: 0)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _: 0)
    monkeypatch.setattr(
        torch.cuda, "set_per_process_memory_fraction", lambda share, _: given.append(share)
    )
    with memory_wall(4 * gigabyte + gigabyte // 2, torch.device("cuda")):
        assert given == [0.5]
    assert given == [0.5, 1.0]


@pytest.mark.skipif(not LINUX, reason="only Linux tells this")
def test_the_footprint_grows_with_what_is_held() -> None:
    before = footprint()
    # Not through an allocator, which may give again what it has kept of earlier tests.
    held = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held.write(b"x" * (64 << 20))
    after = footprint()
    assert after.resident - before.resident > 60 << 20
    assert after.data - before.data > 60 << 20
    assert after.peak >= after.resident
    held.close()
