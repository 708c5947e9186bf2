"""What this process holds of the machine's memory, by the kernel's own books.

A process's resident pages are of four kinds: anonymous ones it may write (heap, tensors, stacks),
anonymous ones that became read-only (the relocated tables of libraries), pages of files (the code
of libraries, above all) and shared ones. Linux tells them apart in `/proc/self/status`.
"""

import os
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

_FIELD = re.compile(r"^(\w+):\s+(\d+) kB$", re.MULTILINE)
_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ (\S{4}) \S+ \S+ (\d+)")
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class Footprint:
    """What Linux counts of this process at one moment, in bytes.

    Attributes:
        resident: pages in memory, of any kind (RSS).
        peak: the most that `resident` has been since the program was started.
        data: private mappings that may be written, touched or not: what RLIMIT_DATA bounds.
        shared: pages of files and shared memory among the resident ones.
    """

    resident: int
    peak: int
    data: int
    shared: int


def footprint() -> Footprint:
    """The footprint of this process; on Linux only."""
    found = _fields(Path("/proc/self/status").read_text(encoding="utf-8"))
    return Footprint(
        found["VmRSS"], found["VmHWM"], found["VmData"], found["RssFile"] + found["RssShmem"]
    )


def peak_memory() -> int:
    """The most memory, in bytes, that this process has held since its program was started.

    On Linux not `ru_maxrss`, which a child takes over from the process that started it.
    """
    if LINUX:
        return footprint().peak
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def unused_library_data() -> int:
    """Bytes of private mappings of files that may be written but were not yet, on Linux.

    Libraries for GPUs reserve hundreds of megabytes so and never touch them on a CPU. What was
    written and made read-only afterwards counts against it, for no limit sees that.
    """
    return sum(
        size - anonymous if access.startswith("rw") else -anonymous
        for access, of_file, size, anonymous in _mappings()
        if (access == "rw-p" and of_file) or access[1] != "w"
    )


def available_memory(device: torch.device) -> int:
    """Bytes that a new process could take on this machine, or on this GPU, without swapping."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if not LINUX:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = _fields(Path("/proc/meminfo").read_text(encoding="utf-8"))["MemAvailable"]
    return min(free, _container_memory())


def _container_memory(group: Path = Path("/sys/fs/cgroup")) -> int:
    """What the container that this process may run in has left; without one, no bound."""
    try:
        most = (group / "memory.max").read_text(encoding="utf-8").strip()
        used = (group / "memory.current").read_text(encoding="utf-8")
    except OSError:
        return sys.maxsize
    return sys.maxsize if most == "max" else max(0, int(most) - int(used))


def _fields(text: str) -> dict[str, int]:
    """The fields of a `/proc` file that are amounts, in bytes."""
    return {name: 1024 * int(count) for name, count in _FIELD.findall(text)}


def _mappings() -> Iterator[tuple[str, bool, int, int]]:
    """Access, whether of a file, size and anonymous bytes of each mapping of this process."""
    access, of_file, size = "----", False, 0
    with Path("/proc/self/smaps").open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            if head := _MAPPING.match(line):
                access, of_file = head[1], head[2] != "0"
            elif line.startswith("Size:"):
                size = 1024 * int(line.split()[1])
            elif line.startswith("Anonymous:"):
                yield access, of_file, size, 1024 * int(line.split()[1])
