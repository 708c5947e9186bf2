"""What `touchline archive index` calls, one folder after the other, and what it says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from touchline.faults import Fault

if TYPE_CHECKING:
    from touchline.archive.catalog.opening import Catalog


@dataclass
class IndexReport:
    """What was found, and what was left out.

    Attributes:
        counts: by where it is from (a folder or a file) and what it is (photos, events, ...).
        faults: files and rows left out, each with the reason.
    """

    counts: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, source: Path, what: str, found: object, **more: int) -> None:
        """Take the counts of a result, and the faults that it names."""
        row = vars(found)
        counts = {name: value for name, value in row.items() if type(value) is int}
        self.counts[str(source), what] = counts | more
        for name in ("unreadable", "refused", "skipped"):
            if isinstance(row.get(name), tuple):
                self.faults += row[name]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"found": [{"source": source, "kind": what, **counts}
                          for (source, what), counts in self.counts.items()]}  # fmt: skip

    def describe(self) -> str:
        """A line for each kind of thing of which there is any."""
        from touchline.reporting.plain_text import printable

        lines = []
        for (source, what), counts in self.counts.items():
            said = [f"{count:,} {name}" for name, count in counts.items() if count]
            if said:
                lines.append(f"{printable(source)}: {what}: {', '.join(said)}")
        return "\n".join(lines) or "Nothing was found."


def require_inputs(folders: Sequence[Path], files: Sequence[Path]) -> None:
    """Raise before hours of work where an input is missing.

    Raises:
        UsageError: a folder cannot be listed, or a file is not there.
    """
    from touchline.archive.catalog.indexing.walking import require_listing
    from touchline.errors import UsageError

    for folder in folders:
        require_listing(folder)
    for file in files:
        if not file.exists():
            raise UsageError("a file to read", f"nothing at {file}", "Check the path.")


def index_folder(
    catalog: "Catalog", folder: Path, report: IndexReport, *, emptied: bool, cache: Path
) -> None:
    """Crops of a known layout as crops; else photos, videos with their events, and journals."""
    from touchline.archive.catalog.indexing.journals import index_journals
    from touchline.archive.catalog.indexing.video_files import index_videos
    from touchline.photos.cataloguing import catalog_photos
    from touchline.reid.cataloguing import catalog_crops, holds_crops

    if holds_crops(folder):
        crops, faults = catalog_crops(catalog, folder)
        report.add(folder, "crops", crops)
        report.faults += faults
        return
    photos = catalog_photos(catalog, folder, cache, emptied=emptied)
    report.add(folder, "photos", photos)
    report.add(folder, "videos", index_videos(catalog, folder, emptied=emptied))
    add_events_beside(catalog, folder, report)
    report.add(folder, "journals", index_journals(catalog, folder))
    report.faults[:] = dict.fromkeys(report.faults)  # each walk names the same broken folders


def add_events_beside(catalog: "Catalog", folder: Path, report: IndexReport) -> None:
    """The events in the files beside each video below a folder."""
    from touchline.spotting.event_files import event_files_beside

    pairs = [
        (file, video) for video in videos_below(catalog, [folder])
        for file in event_files_beside(video)
    ]  # fmt: skip
    _add_events(catalog, pairs, report)


def add_event_files(
    catalog: "Catalog", files: Sequence[Path], folders: Sequence[Path], report: IndexReport
) -> None:
    """The events in files that the person names, for the videos below some folders."""
    from touchline.spotting.event_files import videos_of

    videos = videos_below(catalog, folders)
    pairs = []
    for file in files:
        found = videos_of(file.resolve(), videos)
        pairs += [(file, video) for video in found]
        if not found:
            reason = "it is not clear of which video it is: give it the video's name"
            report.faults.append(Fault(file, "", reason))
    _add_events(catalog, pairs, report)


def videos_below(catalog: "Catalog", folders: Sequence[Path]) -> list[Path]:
    """The catalog's videos that are there, below some folders."""
    from sqlalchemy import or_, select

    from touchline.archive.catalog.indexing.paths import lies_below
    from touchline.archive.catalog.tables import PRESENT, videos

    below = [lies_below(videos.c.path, str(folder.resolve())) for folder in folders]
    wanted = select(videos.c.path).where(videos.c.state == PRESENT, or_(*below))
    with catalog.reading() as connection:
        return [Path(path) for path in connection.scalars(wanted.order_by(videos.c.path))]


def preview_folder(
    catalog: "Catalog | None", folder: Path, report: IndexReport, *, emptied: bool
) -> None:
    """What an index of a folder would find."""
    from touchline.archive.catalog.previewing import preview_index
    from touchline.archive.catalog.tables import photos, videos
    from touchline.media.folder_contents import VIDEO_ENDINGS
    from touchline.media.images import IMAGE_ENDINGS
    from touchline.reid.cataloguing import count_crops, holds_crops

    if holds_crops(folder):
        report.counts[str(folder), "crops"] = {"found": count_crops(folder)}
        return
    for what, table, endings in (
        ("photos", photos, IMAGE_ENDINGS), ("videos", videos, VIDEO_ENDINGS)
    ):  # fmt: skip
        found = preview_index(catalog, folder, table, endings, emptied=emptied)
        report.add(folder, what, found)
    report.faults[:] = dict.fromkeys(report.faults)


def add_labels(catalog: "Catalog", file: Path, report: IndexReport, cache: Path) -> None:
    """The predictions in a file, and the places of their photos in the review queue."""
    from touchline.archive.catalog.indexing.labels import add_predictions
    from touchline.photos.queue_placing import place_photos

    added = add_predictions(catalog, file)
    placed = sum(place_photos(catalog, run_id, cache) for run_id in added.runs)
    report.add(file, "predictions", added, queued=placed)


def _add_events(
    catalog: "Catalog", pairs: Sequence[tuple[Path, Path]], report: IndexReport
) -> None:
    from touchline.errors import UsageError
    from touchline.spotting.cataloguing import import_events, set_name
    from touchline.spotting.video_events import read_events

    for file, video in pairs:
        if _is_added(catalog, file, video, set_name(file)):
            continue
        try:
            found = read_events(file, video)
            import_events(catalog, video, found, file)
        except UsageError as error:
            report.faults.append(Fault(file, "", f"left out: {error}"))
        else:
            report.faults += found.faults
            report.counts[str(file), f"of {video.name}"] = {"events": len(found.events)}


def _is_added(catalog: "Catalog", file: Path, video: Path, name: str) -> bool:
    """Whether the events of a file were added since it was written; people may correct them."""
    from sqlalchemy import select

    from touchline.archive.catalog.indexing.paths import catalog_path
    from touchline.archive.catalog.tables import event_sets, videos

    joined = event_sets.join(videos, videos.c.id == event_sets.c.video_id)
    here = (videos.c.path == catalog_path(video), event_sets.c.name == name)
    with catalog.reading() as connection:
        added_at = connection.scalar(select(event_sets.c.added_at).select_from(joined).where(*here))
    try:
        return added_at is not None and file.stat().st_mtime < added_at
    except OSError:
        return False  # what is wrong with it is said by the reader
