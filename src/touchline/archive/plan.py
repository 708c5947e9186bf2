"""Where each labelled photo would go: predictions in, a table that a person can edit out.

Nothing is touched here. `plan_files` keeps the table as a CSV, `check` reads the person's edits,
`apply` carries it out.
"""

import stat
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from touchline.archive.labels import LabelledPhoto
from touchline.archive.names import folder_names, name_key, stem_and_ending, suffixed
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings, SidecarStyle, sidecar_name
from touchline.errors import UsageError
from touchline.files import sha256_of_file

Action = Literal["sort", "sidecar", "leave"]
ACTIONS: tuple[Action, ...] = get_args(Action)
REVIEW_FOLDER = "review"


@dataclass(frozen=True)
class PlanRow:
    """One file of the plan, every value as its cell shows it.

    Attributes:
        action: `sort` a photo, let its `sidecar` follow it, or `leave` the file where it lies.
        source: the file, absolute.
        label: the class whose folder it goes to; empty for the review folder. Yours to edit.
        destination: where it goes, below the root, with `/` between folders. Yours to edit.
        confidence: of the model's best class, four decimals.
        candidates: the model's best classes, as `Kick-l 0.62, Kick-r 0.31`.
        reason: why it is doubtful, or left where it lies.
        predicted: the model's best class.
        planned: the destination as first planned; an edited destination differs from it.
        size: bytes at the time of planning.
        modified: the file's time at planning, to the nanosecond.
        sha256: hash of the content that was labelled; empty for a sidecar.
        row: the row's number in a spreadsheet, the header being 1.
    """

    action: str
    source: str
    label: str = ""
    destination: str = ""
    confidence: str = ""
    candidates: str = ""
    reason: str = ""
    predicted: str = ""
    planned: str = ""
    size: str = ""
    modified: str = ""
    sha256: str = ""
    row: int = 0


@dataclass(frozen=True)
class SortPlan:
    """Every file of a plan, in the order of the predictions, and the folder it all goes to.

    Attributes:
        root: the folder to sort into, absolute.
        rows: what happens to each file.
        unusable: the rows of photos that are unreadable, missing or changed since labelled.
    """

    root: Path
    rows: tuple[PlanRow, ...]
    unusable: tuple[PlanRow, ...] = ()


def plan_sort(
    photos: Iterable[LabelledPhoto],
    root: Path,
    *,
    min_confidence: float = 0.0,
    candidates: int = 3,
    labelled_at_ns: int = 0,
) -> SortPlan:
    """Plan a folder for each class below `root`, and `review` for the doubtful photos.

    A photo is doubtful when the model said so or its confidence is below `min_confidence`. Names
    that are taken, on any file system, get ` (2)`; a photo that lies at its place already stays.

    Args:
        photos: what the model said.
        root: the folder to sort into; it need not exist.
        min_confidence: in [0, 1].
        candidates: how many of the best classes are shown for each photo.
        labelled_at_ns: when the predictions were written; a photo changed after that is hashed,
            and left where it lies when its content is no longer what was labelled.

    Raises:
        UsageError: when `root` is a file, or a number is out of range.
    """
    if root.exists() and not root.is_dir():
        raise UsageError("a folder to sort into", f"the file {root}", "Name a folder.")
    if not 0.0 <= min_confidence <= 1.0:
        raise UsageError(
            "a smallest confidence between 0 and 1", f"{min_confidence}", "Mend --min-confidence."
        )
    known = list(photos)
    planner = _Planner(root.absolute(), min_confidence, candidates, labelled_at_ns, known)
    for photo in known:
        planner.add(photo)
    return SortPlan(planner.root, tuple(planner.rows), tuple(planner.unusable))


def time_text(nanoseconds: int) -> str:
    """A file's time as the plan shows it, to the nanosecond, in UTC.

    >>> time_text(1_500_000_000_000_000_007)
    '2017-07-14T02:40:00.000000007'
    """
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}"


class _Planner:
    """The rows so far, and the names they have taken."""

    def __init__(
        self, root: Path, min_confidence: float, candidates: int, labelled_at_ns: int,
        photos: list[LabelledPhoto],
    ) -> None:  # fmt: skip
        self.root, self.min_confidence, self.candidates = root, min_confidence, candidates
        self.labelled_at_ns = labelled_at_ns
        self.folders = folder_names({p.label for p in photos if p.label}, taken=[REVIEW_FOLDER])
        self.rows: list[PlanRow] = []
        self.unusable: list[PlanRow] = []
        self.siblings = Siblings()
        self.seen: set[Path] = set()
        self.taken: dict[str, set[str]] = defaultdict(set)
        self.real_folders: dict[Path, Path] = {}

    def add(self, photo: LabelledPhoto) -> None:
        source = Path(photo.path).absolute()
        fault = self._fault(photo, source)
        if fault:
            row = self._described(photo, source, "leave", reason=fault)
            self.rows.append(row)
            self.unusable.append(row)
        elif self._is_listed_again(source):
            self.rows.append(self._described(photo, source, "leave", reason="listed twice"))
        else:
            self._place(photo, source)

    def _fault(self, photo: LabelledPhoto, source: Path) -> str:
        """Why the photo cannot be sorted, or an empty string."""
        if photo.decision == "unreadable":
            return photo.reason or "unreadable"
        try:
            found = source.stat()
            if not stat.S_ISREG(found.st_mode):
                return "not a file"
            newer = max(found.st_mtime_ns, found.st_ctime_ns) > self.labelled_at_ns > 0
            if newer and sha256_of_file(source) != photo.sha256:
                return "its content changed since it was labelled"
        except OSError as error:
            return (error.strerror or str(error)).lower()
        return ""

    def _is_listed_again(self, source: Path) -> bool:
        folder = source.parent
        if folder not in self.real_folders:
            self.real_folders[folder] = folder.resolve()
        true_source = self.real_folders[folder] / source.name
        again = true_source in self.seen
        self.seen.add(true_source)
        return again

    def _place(self, photo: LabelledPhoto, source: Path) -> None:
        doubt = self._doubt(photo)
        folder = REVIEW_FOLDER if doubt else self.folders[photo.label]
        followers = [(s, style) for style in SIDECAR_STYLES
                     if (s := self.siblings.sidecar(source, style))]  # fmt: skip
        shared = self.siblings.is_shared(source)
        has_stem_sidecar = not shared and any(style == "adobe" for _, style in followers)
        name, is_there = self._free_name(photo, source, folder, has_stem_sidecar)
        destination = f"{folder}/{name}"
        if is_there:
            reason = f"already at {destination}"
            self.rows.append(self._described(photo, source, "leave", reason=reason))
            return
        self.rows.append(
            self._described(
                photo, source, "sort", label="" if doubt else photo.label,
                destination=destination, reason=doubt,
            )  # fmt: skip
        )
        for sidecar, style in followers:
            self.rows.append(_sidecar_row(sidecar, style, self.rows[-1], shared))

    def _doubt(self, photo: LabelledPhoto) -> str:
        """Why a person should look at the photo, or an empty string."""
        if photo.decision == "review" or not photo.label:
            return photo.reason or "the model was in doubt"
        if photo.confidence < self.min_confidence:
            return f"confidence {photo.confidence:.4f} is below {self.min_confidence:g}"
        return ""

    def _free_name(
        self, photo: LabelledPhoto, source: Path, folder: str, has_stem_sidecar: bool
    ) -> tuple[str, bool]:
        """A name in `folder` for the photo, and whether the photo has that name already.

        A photo never lands beside a sidecar that is not its own, so the names of its possible
        sidecars must be free too.
        """
        taken = self._taken(folder)
        number = 1
        while True:
            name = suffixed(source.name, number)
            needed = {name, *(sidecar_name(name, style) for style in SIDECAR_STYLES)}
            if _is_same(self.root / folder / name, source, photo.sha256):
                return name, True
            stem_is_taken = has_stem_sidecar and _stem_key(name) in taken
            if not stem_is_taken and not any(name_key(each) in taken for each in needed):
                taken |= {name_key(name), _stem_key(name)}
                if has_stem_sidecar:
                    taken.add(name_key(sidecar_name(name, "adobe")))
                return name, False
            number += 1

    def _taken(self, folder: str) -> set[str]:
        """The keys of the names in `folder` below the root, and of their stems (with a `/`)."""
        if folder not in self.taken:
            names = self.siblings.names(self.root / folder)
            self.taken[folder] = {name_key(name) for name in names} | set(map(_stem_key, names))
        return self.taken[folder]

    def _described(
        self, photo: LabelledPhoto, source: Path, action: Action, *,
        label: str = "", destination: str = "", reason: str = "",
    ) -> PlanRow:  # fmt: skip
        best = photo.labels[: self.candidates]
        size, modified = _size_and_time(source)
        return PlanRow(
            action=action, source=str(source), label=label, destination=destination,
            confidence=f"{photo.confidence:.4f}" if photo.labels else "",
            candidates=", ".join(f"{each.name} {each.confidence:.2f}" for each in best),
            reason=reason, predicted=photo.label, planned=destination,
            size=size, modified=modified, sha256=photo.sha256,
        )  # fmt: skip


def _sidecar_row(
    sidecar: Path, style: SidecarStyle, photo: PlanRow, shared: bool
) -> PlanRow:
    """The row of a sidecar; one that several files share stays with the others."""
    size, modified = _size_and_time(sidecar)
    name = Path(photo.source).name
    if style == "adobe" and shared:
        reason = f"{name} is not the only file it describes"
        return PlanRow("leave", str(sidecar), reason=reason, size=size, modified=modified)
    destination = sidecar_destination(photo.destination, style)
    return PlanRow(
        "sidecar", str(sidecar), photo.label, destination, reason=f"follows {name}",
        planned=destination, size=size, modified=modified,
    )  # fmt: skip


def sidecar_destination(photo_destination: str, style: SidecarStyle) -> str:
    """Where the sidecar of a photo goes, given where the photo goes.

    >>> sidecar_destination("Kick-l/IMG (2).jpg", "adobe")
    'Kick-l/IMG (2).xmp'
    """
    folder, slash, name = photo_destination.rpartition("/")
    return folder + slash + sidecar_name(name, style)


def _stem_key(name: str) -> str:
    """A key for a name's stem that no name's own key can equal."""
    return f"{stem_and_ending(name_key(name))[0]}/"


def _size_and_time(path: Path) -> tuple[str, str]:
    try:
        found = path.stat()
    except OSError:
        return "", ""
    return str(found.st_size), time_text(found.st_mtime_ns)


def _is_same(place: Path, source: Path, sha256: str) -> bool:
    """Whether `place` holds the source: itself, a link to it, or a copy of what was labelled."""
    try:
        if place.samefile(source):
            return True
        same_size = place.stat().st_size == source.stat().st_size
        return same_size and place.is_file() and sha256_of_file(place) == sha256
    except OSError:
        return False
