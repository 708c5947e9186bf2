"""Where each labelled photo would go: predictions in, a table that a person can edit out.

Nothing is touched here. `plan_table` keeps the table as a CSV, `check` reads the person's edits,
`apply` carries it out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from touchline.archive.faults import reason_of
from touchline.archive.labelled_file import doubt_of, fault_of, refuse_wrong_folder
from touchline.archive.labels import LabelledPhoto
from touchline.archive.names import folder_names
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings, SidecarStyle, sidecar_name
from touchline.archive.sort.plan_table import PlanRow, SortPlan
from touchline.archive.sort.reserved_names import ReservedNames
from touchline.archive.sort.synthetic_photos import maker_fault
from touchline.errors import UsageError
from touchline.files import sha256_of_file

REVIEW_FOLDER = "review"


def plan_sort(
    photos: Iterable[LabelledPhoto],
    root: Path,
    *,
    min_confidence: float = 0.0,
    candidates: int = 3,
    labelled_at_ns: int = 0,
) -> SortPlan:
    """Plan a folder for each class below `root`, and `review` for the doubtful photos.

    A photo is doubtful when the model said so or its confidence is below `min_confidence`. A name
    that is taken, on any file system, gets ` (2)`. Left where they lie, with the reason: photos
    that are unreadable, missing, changed since labelled, made by a generator, or at their place
    already.

    Args:
        photos: what the model said.
        root: the folder to sort into; it need not exist.
        min_confidence: in [0, 1].
        candidates: how many of the best classes are shown for each photo.
        labelled_at_ns: when the predictions were written; a photo changed after that is hashed,
            and left where it lies when its content is no longer what was labelled.

    Raises:
        UsageError: when `root` is a file, `min_confidence` is out of range, or no photo is where
            the predictions say.
    """
    if root.exists() and not root.is_dir():
        raise UsageError("a folder to sort into", f"the file {root}", "Name a folder.")
    if not 0.0 <= min_confidence <= 1.0:
        raise UsageError(
            "a smallest confidence between 0 and 1", f"{min_confidence}", "Mend --min-confidence."
        )
    known = list(photos)
    refuse_wrong_folder(known)
    planner = _Planner(root.absolute(), {photo.label for photo in known if photo.label})
    unusable = []
    for photo in known:
        row = _described(photo, candidates)
        fault = fault_of(photo, labelled_at_ns)
        if not fault and not row.sha256:
            row, fault = _hashed(row)
        fault = fault or planner.maker_fault(row)
        if fault:
            planner.leave(row, fault)
            unusable.append(planner.rows[-1])
        else:
            planner.sort(row, doubt_of(photo, min_confidence))
    return SortPlan(planner.root, tuple(planner.rows), tuple(unusable))


def sidecar_destination(photo_destination: str, style: SidecarStyle) -> str:
    """Where the sidecar of a photo goes, given where the photo goes.

    >>> sidecar_destination("Kick-l/IMG (2).jpg", "adobe")
    'Kick-l/IMG (2).xmp'
    """
    folder, slash, name = photo_destination.rpartition("/")
    return folder + slash + sidecar_name(name, style)


def time_text(nanoseconds: int) -> str:
    """A file's time as the plan shows it, to the nanosecond, in UTC.

    A time that no calendar has is shown in seconds.

    >>> time_text(1_500_000_000_000_000_007)
    '2017-07-14T02:40:00.000000007'
    """
    seconds, rest = divmod(nanoseconds, 10**9)
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}"
    except (ValueError, OverflowError, OSError):
        return f"{seconds}.{rest:09d}"


class _Planner:
    """The rows so far, and what they have taken."""

    def __init__(self, root: Path, labels: set[str]) -> None:
        self.root = root
        self.rows: list[PlanRow] = []
        self._folders = {**folder_names(labels, taken=[REVIEW_FOLDER]), "": REVIEW_FOLDER}
        self._names = ReservedNames(root)
        self._siblings = Siblings()
        self._real_folders: dict[Path, Path] = {}
        self._seen: set[Path] = set()

    def maker_fault(self, row: PlanRow) -> str:
        return maker_fault(Path(row.source), self._siblings)

    def leave(self, row: PlanRow, reason: str) -> None:
        self.rows.append(replace(row, action="leave", reason=reason))

    def sort(self, row: PlanRow, doubt: str) -> None:
        source = Path(row.source)
        label = "" if doubt else row.predicted
        folder = self._folders[label]
        if self._is_listed_again(source):
            self.leave(row, "listed twice")
        elif name := self._names.place_of(source, row.sha256, folder):
            self.leave(row, f"already at {folder}/{name}")
        else:
            self._place(replace(row, label=label, reason=doubt), folder)

    def _place(self, row: PlanRow, folder: str) -> None:
        """A row for the photo, and one for each sidecar that is its own."""
        source = Path(row.source)
        sidecars = {
            style: found
            for style in SIDECAR_STYLES
            if (found := self._siblings.sidecar(source, style))
        }
        shared = sidecars.pop("adobe", None) if self._siblings.is_shared(source) else None
        name = self._names.reserve(source.name, folder, has_stem_sidecar="adobe" in sidecars)
        destination = f"{folder}/{name}"
        self.rows.append(replace(row, destination=destination, planned=destination))
        for style, sidecar in sidecars.items():
            place = sidecar_destination(destination, style)
            row_of_sidecar = PlanRow(
                "sidecar", str(sidecar), row.label, place, planned=place,
                reason=f"follows {source.name}",
            )  # fmt: skip
            self.rows.append(_measured(row_of_sidecar))
        if shared:
            reason = f"{source.name} is not the only file it describes"
            self.leave(_measured(PlanRow("leave", str(shared))), reason)

    def _is_listed_again(self, source: Path) -> bool:
        if source.parent not in self._real_folders:
            self._real_folders[source.parent] = source.parent.resolve()
        true_source = self._real_folders[source.parent] / source.name
        again = true_source in self._seen
        self._seen.add(true_source)
        return again


def _described(photo: LabelledPhoto, candidates: int) -> PlanRow:
    """What is known of a photo before it has a place."""
    best = photo.labels[:candidates]
    row = PlanRow(
        "sort", str(Path(photo.path).absolute()), predicted=photo.label, sha256=photo.sha256,
        confidence=f"{photo.confidence:.4f}" if photo.labels else "",
        candidates=", ".join(f"{each.name} {each.confidence:.2f}" for each in best),
    )  # fmt: skip
    return _measured(row)


def _hashed(row: PlanRow) -> tuple[PlanRow, str]:
    """The row with the hash of the content as it is now, or why that cannot be read."""
    try:
        return replace(row, sha256=sha256_of_file(Path(row.source))), ""
    except OSError as error:
        return row, reason_of(error)


def _measured(row: PlanRow) -> PlanRow:
    """The row with its file's size and time; without, when the file cannot be looked at."""
    try:
        found = Path(row.source).stat()
    except OSError:
        return row
    return replace(row, size=str(found.st_size), modified=time_text(found.st_mtime_ns))
