"""A drawn media-day archive on disk, in the real folder format.

    DIR/labelled/<class>/p03_0107.jpg    the photos to learn from, one folder a class
    DIR/labels.csv                       path,label,group of each of them; group is the player
    DIR/inbox/p03_5007.jpg               photos of a later day without a class
    DIR/inbox-truth.csv                  path,label,group of those, to score a run against

Paths in the tables are relative to DIR. Files named in `SPOILT_IN_CLASSES`, and one of every kind
of `touchline.demo.spoilt` in the inbox, are broken, odd or no photos; the unreadable are in no
table.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from touchline.demo.camera_file import camera_jpeg
from touchline.demo.media_day import MediaDay, Shot, inbox_shots, labelled_shots
from touchline.demo.photo import draw_photo
from touchline.demo.spoilt import FIRST_SPOILT_PLAYER, SPOILT, SPOILT_POSE, write_spoilt
from touchline.errors import UsageError
from touchline.reporting.progress import track

SPOILT_IN_CLASSES = {
    "Celebration": ("truncated.jpg", "empty.jpg"),
    "Head Shot": ("text.jpg", "Thumbs.db"),
}
Row = tuple[str, str, str]


@dataclass(frozen=True)
class ArchiveSummary:
    """What an archive holds.

    Attributes:
        folder: where it is.
        classes: how many classes.
        players: how many players take turns.
        labelled: photos in class folders.
        inbox: photos without a class, the readable ones among the spoilt included.
        in_burst: photos taken 0.3 s after the one before.
        rotated: photos stored turned, with an EXIF orientation.
        unreadable: files from which no photo can be got, by path from the folder.
    """

    folder: Path
    classes: int
    players: int
    labelled: int
    inbox: int
    in_burst: int
    rotated: int
    unreadable: tuple[str, ...]

    def describe(self, *, drawn: bool) -> str:
        """The same in words; what would be drawn unless it is `drawn` already."""
        players = "1 player" if self.players == 1 else f"{self.players} players"
        return (
            f"{'Drew' if drawn else 'Would draw'} {self.labelled} labelled photos of {players} "
            f"in {self.classes} classes and {self.inbox} for the inbox "
            f"into {self.folder}. In a burst: {self.in_burst}; stored rotated: {self.rotated}; "
            f"unreadable on purpose: {len(self.unreadable)}."
        )


def write_archive(
    folder: Path,
    *,
    players: int = 6,
    per_class: int = 24,
    unlabelled: int = 120,
    seed: int = 0,
    size: tuple[int, int] = (480, 640),
    spoilt: bool = True,
) -> ArchiveSummary:
    """Draw an archive into `folder`, which must be empty or missing.

    The same arguments make the same bytes. See `touchline.demo.media_day.MediaDay` for them.

    Raises:
        UsageError: when the folder has something in it, or a number is out of range.
    """
    day = MediaDay(players, per_class, unlabelled, seed, size, spoilt)
    summary = preview_archive(folder, day)
    labels: list[Row] = []
    truth: list[Row] = []
    with_place = [
        (f"labelled/{shot.pose}/{shot.name}", shot, labels) for shot in labelled_shots(day)
    ]
    with_place += [(f"inbox/{shot.name}", shot, truth) for shot in inbox_shots(day)]
    for name, shot, table in track(with_place, "Drawing photos"):
        _write_photo(folder / name, shot, day)
        table.append((name, shot.pose, shot.group))
    if day.spoilt:
        for pose, names in SPOILT_IN_CLASSES.items():
            write_spoilt(folder / "labelled" / pose, names, seed=seed, size=size)
        write_spoilt(folder / "inbox", seed=seed, size=size)
        truth += _rows_of_readable_spoilt()
    _write_table(folder / "labels.csv", labels)
    _write_table(folder / "inbox-truth.csv", truth)
    return summary


def preview_archive(folder: Path, day: MediaDay) -> ArchiveSummary:
    """What `write_archive` would write; nothing is written.

    Raises:
        UsageError: when `folder` has something in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "an empty or new folder to draw into",
            f"{'a folder with files' if folder.is_dir() else 'a file'} at {folder}",
            "Name another folder, or empty this one.",
        )  # fmt: skip
    labelled, inbox = labelled_shots(day), inbox_shots(day)
    shots = labelled + inbox
    return ArchiveSummary(
        folder=folder,
        classes=len({shot.pose for shot in labelled}),
        players=len({shot.player for shot in shots}),
        labelled=len(labelled),
        inbox=len(inbox) + (len(_rows_of_readable_spoilt()) if day.spoilt else 0),
        in_burst=sum(shot.burst_frame > 0 for shot in shots),
        rotated=sum(shot.orientation != 1 for shot in shots),
        unreadable=_unreadable() if day.spoilt else (),
    )


def _write_photo(path: Path, shot: Shot, day: MediaDay) -> None:
    photo = draw_photo(shot.pose, shot.player, shot.index, day.seed, day.size, shot.burst_frame)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(camera_jpeg(photo, shot.taken, shot.orientation))


def _rows_of_readable_spoilt() -> list[Row]:
    return [
        (f"inbox/{kind.name}", SPOILT_POSE, f"p{FIRST_SPOILT_PLAYER + place:02d}")
        for place, kind in enumerate(SPOILT)
        if kind.state == "readable"
    ]


def _unreadable() -> tuple[str, ...]:
    in_classes = [
        f"labelled/{p}/{name}" for p, names in SPOILT_IN_CLASSES.items() for name in names
    ]
    return (*in_classes, *(f"inbox/{kind.name}" for kind in SPOILT if kind.state == "unreadable"))


def _write_table(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("path", "label", "group"))
        writer.writerows(sorted(rows))
