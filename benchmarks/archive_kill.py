"""Kill a sort of 2,000 files with `kill -9`, from outside, at twenty random instants a mode.

    python benchmarks/archive_kill.py [--files 2000] [--kills 20] [--seed 0] [--across DIR]

For each mode, half of the instants fall in `touchline archive sort apply` and half in `undo`, drawn
evenly over the time between the first line in the journal and the end. After every kill each
content must be there under a name of the person's, and no such file half-written. Then the same
command again must finish, and after the undo the tree must be byte-identical: names, contents,
permissions, and times of files and folders. `--across` also moves to another file system.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from touchline.archive.label_files import write_labels
from touchline.archive.labels import Label, LabelledPhoto
from touchline.files import sha256_of_bytes

CLASSES = 17
FOLDERS = 9
BYTES_A_FILE = 20_000
SIDECAR_EVERY = 20
TOUCHLINE_SORT = (sys.executable, "-m", "touchline", "archive", "sort")
MODES = ("symlink", "hardlink", "copy", "move")
Picture = dict[str, tuple[object, ...]]


@dataclass
class Result:
    """What the kills of one mode showed.

    Attributes:
        seconds: of an undisturbed apply and undo, start of the program included.
        files_at_kill: how many files were in their places when the process died, by verb.
        lost, torn, unfinished, different: kills after which a content was gone, a file was
            half-written, the command did not finish when run again, the tree differed in the end.
    """

    mode: str
    seconds: dict[str, float] = field(default_factory=dict)
    files_at_kill: dict[str, list[int]] = field(default_factory=lambda: {"apply": [], "undo": []})
    lost: int = 0
    torn: int = 0
    unfinished: int = 0
    different: int = 0

    @property
    def is_fine(self) -> bool:
        """Whether every kill was survived whole."""
        return not (self.lost or self.torn or self.unfinished or self.different)


class Archive:
    """The files to be sorted, their labels and their plan."""

    def __init__(self, folder: Path, root: Path, files: int, seed: int) -> None:
        self.base, self.root = folder / "photos", root
        self.plan, self.journal = folder / "plan.csv", folder / "plan.csv.journal"
        rng = random.Random(seed)
        photos = []
        for number in range(files):
            path = self.base / f"card-{number % FOLDERS}" / f"IMG_{number // (2 * FOLDERS):04}.jpg"
            path = path.with_suffix(".jpeg") if path.exists() else path
            path.parent.mkdir(parents=True, exist_ok=True)
            content = rng.randbytes(BYTES_A_FILE)
            path.write_bytes(content)
            if number % SIDECAR_EVERY == 0:
                path.with_name(path.name + ".xmp").write_bytes(b"<sidecar number='%d'/>" % number)
            label = Label(f"pose-{rng.randrange(CLASSES)}", rng.random())
            decision = "accept" if label.confidence > 0.1 else "review"
            photos.append(
                LabelledPhoto(str(path), sha256_of_bytes(content), (label,), decision)  # type: ignore[arg-type]
            )
        for path in sorted(self.base.rglob("*"), reverse=True):
            old = rng.randrange(10**18, 17 * 10**17)
            os.utime(path, ns=(old, old))
        labels = folder / "labels.parquet"
        write_labels(photos, labels)
        words = ["plan", str(labels), str(root), "--out", str(self.plan)]
        subprocess.run([*TOUCHLINE_SORT, *words], check=True, capture_output=True)
        self.before, self.contents = self.picture(), self.contents_now()

    def start(self, verb: str, mode: str) -> subprocess.Popen[bytes]:
        """Start a sort command."""
        words = [*TOUCHLINE_SORT, verb, str(self.plan)]
        words += ["--mode", mode] if verb == "apply" else []
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def picture(self) -> Picture:
        """Everything below the photos and the root: kind, permissions, times, content or target."""
        found: Picture = {}
        for place in (self.base, self.root):
            for path in [place, *place.rglob("*")] if place.exists() else []:
                status = path.lstat()
                kind = "link" if path.is_symlink() else "folder" if path.is_dir() else "file"
                holds: object = path.readlink() if kind == "link" else None
                if kind == "file":
                    holds = hashlib.sha256(path.read_bytes()).digest()
                found[str(path)] = (kind, status.st_mode, status.st_mtime_ns, holds)
        return found

    def contents_now(self) -> set[bytes]:
        """The contents under names of the person's, links followed."""
        return {
            hashlib.sha256(path.read_bytes()).digest()
            for place in (self.base, self.root)
            for path in place.rglob("*")
            if path.is_file() and not path.name.startswith(".touchline-")
        }

    def files_placed(self) -> int:
        """How many files are below the root."""
        names = (path.name for path in self.root.rglob("*") if not path.is_dir())
        return sum(not name.startswith(".touchline-") for name in names)

    def is_undone(self) -> bool:
        """Whether the journal ends with a finished undo."""
        return self.journal.read_bytes().endswith(b'{"step": "undone"}\n')


def kill_mode(archive: Archive, mode: str, kills: int, rng: random.Random, name: str) -> Result:
    """Half of the kills during apply, half during undo; everything is checked after each."""
    result = Result(name)
    work = {}  # seconds between the first line in the journal and the end
    for verb in ("apply", "undo"):
        start = time.perf_counter()
        began = wait_for_work(archive, process := archive.start(verb, mode), verb)
        process.wait()
        result.seconds[verb] = time.perf_counter() - start
        work[verb] = time.perf_counter() - began
        if verb == "apply":
            placed = archive.files_placed()
    check_end(archive, result)
    for verb in ("apply", "undo"):
        while len(result.files_at_kill[verb]) < kills // 2:
            if verb == "undo":
                archive.start("apply", mode).wait()
            if kill_once(archive, mode, verb, rng.uniform(0, work[verb])):
                result.files_at_kill[verb].append(archive.files_placed())
                check_contents(archive, result)
                finish(archive, mode, verb, placed, result)
            if not archive.is_undone():
                archive.start("undo", mode).wait()
            check_end(archive, result)
    return result


def wait_for_work(archive: Archive, process: subprocess.Popen[bytes], verb: str) -> float:
    """Wait until the journal shows that the verb has begun, and return that time."""
    first_line = b'"step": "begin"' if verb == "apply" else b'"step": "undo"'
    while process.poll() is None:
        if archive.journal.exists() and first_line in archive.journal.read_bytes():
            break
        time.sleep(0.0005)
    return time.perf_counter()


def kill_once(archive: Archive, mode: str, verb: str, seconds: float) -> bool:
    """Kill the verb so long after its work began; False when it was done by then."""
    process = archive.start(verb, mode)
    wait_for_work(archive, process, verb)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def check_contents(archive: Archive, result: Result) -> None:
    now = archive.contents_now()
    result.lost += not archive.contents <= now
    result.torn += not now <= archive.contents


def finish(archive: Archive, mode: str, verb: str, placed: int, result: Result) -> None:
    """The same command again comes to its end, and everything is where it belongs."""
    if verb == "undo" and archive.is_undone():
        return
    ended = archive.start(verb, mode).wait() == 0
    result.unfinished += not ended or archive.files_placed() != (placed if verb == "apply" else 0)
    check_contents(archive, result)


def check_end(archive: Archive, result: Result) -> None:
    """Undone, the tree is as it was; the next round begins with a new journal."""
    result.different += not archive.is_undone() or archive.picture() != archive.before
    archive.journal.unlink()


def report(result: Result) -> None:
    at = ", ".join(f"{min(seen)}..{max(seen)}" for seen in result.files_at_kill.values())
    kills = sum(map(len, result.files_at_kill.values()))
    print(
        f"{result.mode:14} {kills:5} {at:>22} {result.lost:5} {result.torn:5} "
        f"{result.unfinished:5} {result.different:6} "
        f"{result.seconds['apply']:9.1f} s {result.seconds['undo']:8.1f} s",
        flush=True,
    )


def main() -> int:
    words = argparse.ArgumentParser(description="Kill sorts at random instants.")
    words.add_argument("--files", type=int, default=2000)
    words.add_argument("--kills", type=int, default=20, help="a mode; half of them during undo")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--folder", type=Path, help="where to work; a temporary folder if left out")
    words.add_argument("--across", type=Path, help="a folder on another file system")
    asked = words.parse_args()
    rng = random.Random(asked.seed)
    print(f"{'mode':14} {'kills':>5} {'files in place at kill':>22} {'lost':>5} {'half':>5} "
          f"{'stuck':>5} {'differ':>6} {'clean apply':>11} {'clean undo':>10}")  # fmt: skip
    results = []
    tried: list[tuple[str, Path | None]] = [(mode, None) for mode in MODES]
    if asked.across:
        tried.append(("move", asked.across))
    for mode, far in tried:
        with (
            tempfile.TemporaryDirectory(dir=asked.folder) as near,
            tempfile.TemporaryDirectory(dir=far or asked.folder) as sorted_into,
        ):
            archive = Archive(Path(near), Path(sorted_into) / "sorted", asked.files, asked.seed)
            name = f"{mode} (across)" if far else mode
            results.append(kill_mode(archive, mode, asked.kills, rng, name))
            report(results[-1])
    return 0 if all(result.is_fine for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
