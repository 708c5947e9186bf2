import errno
import json
import math
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import touchline.synth.snapshots as snapshots_module
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import write_atomically
from touchline.runs import Run
from touchline.synth.limits.disk import folder_bytes
from touchline.synth.snapshots import Kept, Snapshots, open_snapshots

COUNT = 50_000  # float32: 200 kB


def state(images: int) -> dict[str, object]:
    return {"network": torch.full((2 * COUNT,), float(images)), "spent": 1.5}


def weights(images: int) -> dict[str, torch.Tensor]:
    return {"network": torch.full((COUNT,), float(images))}


def saved(snapshots: Snapshots, scores: list[float], first: int = 1) -> None:
    for number, score in enumerate(scores, start=first):
        snapshots.save(100 * number, state(number), weights(number), score)


def test_the_last_and_the_best_are_kept(tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path, 2, None)
    saved(snapshots, [3.0, 1.0, 2.0, 4.0, 1.0])
    assert [kept.images for kept in snapshots.kept()] == [400, 500]
    assert snapshots.last() == Kept(tmp_path / "weights/images-000000500.safetensors", 500, 1.0)
    # The earliest of equals.
    assert snapshots.best() == Kept(Run(tmp_path).weights, 200, 1.0)
    assert load_file(snapshots.best_file)["network"][0] == 2
    state_found = snapshots.load_state()
    assert (state_found.images, state_found.state["spent"]) == (500, 1.5)
    assert state_found.state["network"].equal(state(5)["network"])
    assert {path.name for path in (tmp_path / "weights").iterdir()} == {
        "best.safetensors", "last.ckpt",
        "images-000000400.safetensors", "images-000000500.safetensors",
    }  # fmt: skip


def test_the_table_names_what_is_there(tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path, 1, None)
    saved(snapshots, [math.nan, 2.0])
    assert json.loads((tmp_path / "snapshots.json").read_text(encoding="utf-8")) == {
        "images": 200,
        "best": {"file": "best.safetensors", "images": 200, "score": 2.0},
        "kept": [{"file": "images-000000200.safetensors", "images": 200, "score": 2.0}],
    }


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ([math.nan], 100),
        ([math.nan, math.nan], 100),
        ([math.nan, 9.0], 200),
        ([9.0, math.nan], 100),
    ],
)
def test_no_score_is_better_than_none_only(scores: list[float], best: int, tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path, 1, None)
    saved(snapshots, scores)
    found = snapshots.best()
    assert found is not None
    assert found.images == best


def test_an_empty_run_has_nothing(tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path / "none", 2, 100)
    assert snapshots.kept() == ()
    assert snapshots.last() is None
    assert snapshots.best() is None
    with pytest.raises(UsageError, match="a checkpoint to resume from"):
        snapshots.load_state()


def test_spoilt_weights_are_named(tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path, 2, None)
    write_atomically(tmp_path / "weights/images-000000001.safetensors", "spoilt")
    with pytest.raises(UsageError, match=r"SafetensorError reading .*images-000000001"):
        snapshots.kept()


def test_the_folder_never_passes_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is taken where it is largest: when a file is whole but the old one not yet gone."""
    sizes = list[int]()

    def spy(path: Path, content: bytes) -> None:
        other = path.with_name(f"{path.name}.beside")
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(content)
        sizes.append(folder_bytes(tmp_path))
        other.unlink()
        write_atomically(path, content)
        sizes.append(folder_bytes(tmp_path))

    monkeypatch.setattr(snapshots_module, "write_atomically", spy)
    # Best, the 2 older ones, one being written, two states: the third must go before, not after.
    limit = 4 * 204_800 + 2 * 409_600 + 40_000
    snapshots = open_snapshots(tmp_path, 3, limit)
    saved(snapshots, [float(30 - number) for number in range(25)])
    assert max(sizes) <= limit
    assert max(sizes) > limit - 60_000  # the limit was felt
    assert [kept.images for kept in snapshots.kept()][-1] == 2500
    assert snapshots.load_state().images == 2500


def test_what_would_pass_the_limit_is_refused_and_all_before_is_whole(tmp_path: Path) -> None:
    roomy = open_snapshots(tmp_path, 2, None)
    saved(roomy, [2.0, 1.0])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    tight = open_snapshots(tmp_path, 2, folder_bytes(tmp_path) + 300_000)
    with pytest.raises(
        EnvironmentMissingError,
        match=r"a run folder within 1 MB; found 819 kB there and 6\d\d kB to be written",
    ) as refused:
        saved(tight, [0.5], first=3)
    assert "everything up to image 200 is kept" in str(refused.value)
    assert f"--resume {tmp_path}" in str(refused.value)
    # Room was made of what is dropped anyway; the best, the newest and the state are untouched.
    assert tight.load_state().images == 200
    assert all(path.read_bytes() == content for path, content in before.items() if path.exists())
    assert {path.name for path in before if not path.exists()} <= {"images-000000100.safetensors"}


def test_other_files_count_too(tmp_path: Path) -> None:
    snapshots = open_snapshots(tmp_path, 2, 30_000)
    snapshots.write("samples/one.png", bytes(8000))
    with pytest.raises(EnvironmentMissingError, match=r"found 16 kB there and 20 kB to be written"):
        snapshots.write("samples/two.png", bytes(20_000))
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["one.png"]


@pytest.mark.parametrize("failing", range(4))
def test_a_disk_that_fills_up_leaves_the_snapshot_before(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each of the four files that a snapshot consists of."""
    snapshots = open_snapshots(tmp_path, 1, None)
    saved(snapshots, [2.0])
    written = list[Path]()

    def full(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(snapshots_module, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        saved(snapshots, [1.0], first=2)
    monkeypatch.undo()
    again = open_snapshots(tmp_path, 1, None)
    images = again.load_state().images
    assert images == (200 if failing == 3 else 100)
    best = again.best()
    assert best is not None
    # Whatever the table says, the file tells whose weights it holds.
    assert load_file(best.path)["network"][0] == best.images / 100
    saved(again, [1.0], first=2)
    assert [kept.images for kept in again.kept()] == [200]


def test_a_file_that_may_not_grow_leaves_the_snapshot_before(tmp_path: Path) -> None:
    """The system's own refusal in the middle of a write, by a limit on the size of files."""
    snapshots = open_snapshots(tmp_path, 1, None)
    saved(snapshots, [2.0])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            saved(snapshots, [1.0], first=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert snapshots.load_state().images == 100
    assert not list(tmp_path.rglob(".*"))


def test_a_really_full_disk_leaves_the_snapshot_before(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", str(tmp_path)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        snapshots = open_snapshots(tmp_path, 1, None)
        saved(snapshots, [2.0])
        with pytest.raises(OSError, match="No space left"):
            saved(snapshots, [3.0], first=2)
        assert snapshots.load_state().images == 100
        assert not list(tmp_path.rglob(".*"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
import touchline.files
from touchline.synth.snapshots import open_snapshots

snapshots = open_snapshots(Path(sys.argv[1]), 1, None)
snapshots.save(100, {"a": torch.ones(9)}, {"a": torch.ones(9)}, 1.0)
real, left = os.fsync, [int(sys.argv[2])]

def fsync(descriptor):
    real(descriptor)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

touchline.files.os.fsync = fsync
snapshots.save(200, {"a": torch.zeros(9)}, {"a": torch.zeros(9)}, 2.0)
"""


@pytest.mark.parametrize(("syncs", "images"), [(1, 100), (3, 100), (4, 200)])
def test_a_killed_save_leaves_what_a_run_resumes_from(
    syncs: int, images: int, tmp_path: Path
) -> None:
    """Killed with the new weights, then with the new state, unnamed; then with the state named."""
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(syncs)], check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert child.returncode == -9
    assert bool(list(tmp_path.rglob(".*"))) == (images == 100)
    snapshots = open_snapshots(tmp_path, 1, None)
    assert not list(tmp_path.rglob(".*"))
    assert snapshots.load_state().images == images
    best = snapshots.best()
    assert best is not None
    assert best.images == 100


def test_opening_removes_leftovers_only(tmp_path: Path) -> None:
    for name in (".hidden", "weights/.keep", "notes.txt", "weights/.last.ckpt.abcd_123"):
        write_atomically(tmp_path / name, "x")
    open_snapshots(tmp_path, 1, None)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {".hidden", ".keep", "notes.txt"}
