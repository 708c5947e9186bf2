import shutil
from pathlib import Path, PurePath
from typing import Any

import pytest

from touchline.errors import UsageError
from touchline.run_listing.made_by_runs import is_made_by_runs
from touchline.run_listing.records import find_runs
from touchline.run_listing.removal import removable, remove
from touchline.training.tracking.at_work import LOCK, at_work


def new_run(folder: Path) -> Path:
    (folder / "weights").mkdir(parents=True)
    (folder / "config.yaml").write_text("recipe: probe\n")
    (folder / "weights" / "best.safetensors").write_bytes(b"12345")
    return folder


def test_a_run_is_removed_and_its_neighbours_stay(tmp_path: Path) -> None:
    run, other = new_run(tmp_path / "a"), new_run(tmp_path / "b")
    (found,) = removable([run])
    assert (found.files, found.size) == (2, 19)
    assert found.describe() == (f"{run} (photos, unfinished after 0 epochs): 2 files, 0.0 MB")
    assert run.is_dir()
    remove(found)
    assert list(tmp_path.iterdir()) == [other]


def test_links_are_removed_and_what_they_lead_to_stays(tmp_path: Path) -> None:
    run, outside = new_run(tmp_path / "run"), tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.jpg").write_bytes(b"kept")
    (run / "wandb").mkdir()
    (run / "wandb" / "latest-run").symlink_to(outside)
    (run / "weights" / "last-train.ckpt").symlink_to(outside / "kept.jpg")
    (found,) = removable([run])
    assert found.files == 4
    remove(found)
    assert not run.exists()
    assert (outside / "kept.jpg").read_bytes() == b"kept"


def _link(run: Path) -> Path:
    link = run.with_name("link")
    link.symlink_to(run)
    return link


def _foreign(run: Path) -> Path:
    for number in range(7):
        (run / f"photo-{number}.jpg").write_bytes(b"mine")
    return run


def _foreign_below(run: Path) -> Path:
    (run / "plots" / "cup").mkdir(parents=True)
    (run / "plots" / "f1.png").write_bytes(b"a chart")
    (run / "plots" / "cup" / "final.png").write_bytes(b"mine")
    (run / "weights" / "best-of-all.safetensors").write_bytes(b"mine")
    return run


def _linked(run: Path) -> Path:
    (run / "plots").symlink_to(run.parent)
    return run


def _no_run(run: Path) -> Path:
    (run / "config.yaml").unlink()
    return run


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_link, "the folder of a run itself; found a link at .*link"),
        (_foreign, r"nothing in it but a run; found photo-0.jpg, .*photo-4.jpg and 2 more in"),
        (_foreign_below, r"found plots/cup/final.png, weights/best-of-all.safetensors in .*bad"),
        (_linked, "nothing in it but a run; found plots in .*bad"),
        (_no_run, "the folder of a run; found no config.yaml"),
        (lambda run: run.with_name("good"), "each run once; found .*good twice"),
    ],
)
def test_what_is_refused_keeps_all_of_them(tmp_path: Path, spoil: Any, message: str) -> None:
    good, bad = new_run(tmp_path / "good"), spoil(new_run(tmp_path / "bad"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=message):
        removable([good, bad])
    assert sorted(tmp_path.rglob("*")) == before


def test_an_interrupted_removal_leaves_no_half_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", interrupted)
        for _ in range(2):  # the name beside it is taken the second time
            with pytest.raises(KeyboardInterrupt):
                remove(removable([new_run(tmp_path / "run")])[0])
            assert find_runs(tmp_path) == []
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {".run.removed", ".run.removed-2"}


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("weights/last-stage-2.ckpt", True),
        ("weights/.best.safetensors.k3_x9abc", True),
        ("weights/notes/last-stage-2.ckpt", False),
        ("weights", False),
        ("head-12/weights/best.safetensors", True),
        ("folds/repeat-1-fold-3/head-9/results.csv", True),
        ("folds/repeat-1-fold-3/notes.txt", False),
        ("tensorboard/events.out.tfevents.17.host.1.0", True),
        ("tensorboard/thoughts.txt", False),
        ("wandb/offline-run-2026-ab/files/media/images/x.png", True),
        ("wandb/offline-run-2026-ab", False),
        ("wandb/mine.png", False),
        ("model.onnx", True),
    ],
)
def test_what_runs_make_is_known_by_its_path(path: str, made: bool) -> None:
    assert is_made_by_runs(PurePath(path)) is made


def test_a_run_that_is_being_trained_is_not_removed(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    with (
        at_work(run),
        pytest.raises(UsageError, match="no process is at work on; found one that is being tr"),
    ):
        removable([run])
    (found,) = removable([run])  # the lock that nobody holds any more is part of the run
    assert found.files == 3
    assert (run / LOCK).is_file()
