"""A small labelled archive on disk, and pictures of a tree to compare before and after."""

import os
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.labels import Decision, Label, LabelledPhoto
from touchline.archive.sort.plan import plan_sort
from touchline.archive.sort.plan_table import PlanRow, read_plan, write_plan
from touchline.files import sha256_of_file

OLD_TIME_NS = 1_500_000_000_123_456_789


@dataclass(frozen=True)
class World:
    """A folder with photos `in`, sorted `out`, and the plan beside them."""

    base: Path
    photos: list[LabelledPhoto]

    @property
    def root(self) -> Path:
        return self.base / "out"

    @property
    def plan(self) -> Path:
        return self.base.parent / f"{self.base.name}.csv"

    def planned(self) -> Path:
        """Write the plan and return its path."""
        write_plan(plan_sort(self.photos, self.root), self.plan)
        return self.plan

    def rows(self) -> list[PlanRow]:
        return list(read_plan(self.plan).rows)


def write_photo(path: Path, content: bytes | None = None) -> Path:
    """A file that passes for a photo, with an old time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        content if content is not None else b"pixels of " + os.fsencode(path.name) * 50
    )
    os.utime(path, ns=(OLD_TIME_NS, OLD_TIME_NS))
    return path


def labelled(
    path: Path, label: str = "Kick-l", confidence: float = 0.9, decision: Decision = "accept",
    **more: str,
) -> LabelledPhoto:  # fmt: skip
    """What a model said of an existing photo."""
    labels = (Label(label, confidence), Label("other", round(1 - confidence, 4)))
    return LabelledPhoto(str(path), sha256_of_file(path), labels, decision, **more)


def small_world(base: Path) -> World:
    """Six photos of two classes: one in doubt, two of one name, one with a sidecar."""
    photos = [
        labelled(write_photo(base / "in/a/1.jpg")),
        labelled(write_photo(base / "in/a/2.jpg"), "Kick-r"),
        labelled(write_photo(base / "in/a/3.jpg"), "Kick-r", decision="review"),
        labelled(write_photo(base / "in/b/1.jpg", b"another photo of one name")),
        labelled(write_photo(base / "in/b/4.jpg"), "Kick-r"),
        labelled(write_photo(base / "in/b/5.jpg")),
    ]
    write_photo(base / "in/b/4.jpg.xmp", b"<sidecar/>")
    write_photo(base / "in/b/notes.txt", b"not in the plan")
    for folder in ("in/a", "in/b", "in", "."):
        os.utime(base / folder, ns=(OLD_TIME_NS, OLD_TIME_NS))
    return World(base, photos)


def picture_of(base: Path, *, folder_times: bool = True) -> dict[str, tuple[object, ...]]:
    """Everything below `base`: names, kinds, permissions, times, and contents or targets."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [base, *base.rglob("*")]:
        status = path.lstat()
        time = status.st_mtime_ns
        if path.is_symlink():
            found[str(path)] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[str(path)] = ("folder", status.st_mode, time if folder_times else None)
        else:
            found[str(path)] = ("file", status.st_mode, time, path.read_bytes())
    return found
