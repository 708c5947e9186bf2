"""An audit as one page: the verdict, the classes, and the photos in question side by side."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from touchline.media.images import UnreadableImageError, read_image
from touchline.photos.audit import Audit
from touchline.photos.clusters import Cluster
from touchline.photos.data import Photo
from touchline.photos.findings import SEVERITIES, Finding
from touchline.reporting.class_charts import counts_chart
from touchline.reporting.data_uris import THUMBNAIL_SIDE, thumbnail_data_uri
from touchline.reporting.gallery import Gallery, Tile
from touchline.reporting.page import (
    Fact,
    Facts,
    Page,
    Part,
    Picture,
    Section,
    Text,
    write_page,
)  # fmt: skip
from touchline.reporting.tables import Table

CLUSTERS_SHOWN = 60
PHOTOS_SHOWN_OF_A_CLUSTER = 12
SUSPECTS_SHOWN = 120
LEFT_OUT_SHOWN = 500

_GONE = "data:,"
"""The picture of a photo that was moved or spoilt since the audit."""


def write_audit_page(found: Audit, path: Path) -> Path:
    """Write the audit to an HTML file that carries its pictures inside itself, and return `path`.

    Errors come first. Where there is more than fits a page, it says how much.

    Raises:
        OSError: when the file cannot be written.
    """
    copies, bursts = found.duplicates.copies, found.duplicates.bursts
    with tempfile.TemporaryDirectory() as folder:
        sections = (
            Section("Verdict", _verdict(found)),
            Section("Classes", _classes(found, Path(folder))),
            *_section("The same picture more than once", _clusters(found, copies)),
            *_section("Bursts", _clusters(found, bursts)),
            *_section("Doubtful labels, the worst first", _suspects(found)),
            *_section("Files left out", _left_out(found)),
        )
        title = f"Audit of {found.photo_set.root.name or found.photo_set.root}"
        subtitle = f"{len(found.photo_set.photos):,} photos of {len(found.mirror.classes)} classes"
        return write_page(Page(title, sections, subtitle), path)


def _section(heading: str, parts: tuple[Part, ...]) -> tuple[Section, ...]:
    return (Section(heading, parts),) if parts else ()


def _verdict(found: Audit) -> tuple[Part, ...]:
    facts = [Fact(f"{name}s", found.count(name)) for name in SEVERITIES]
    facts.append(Fact("files left out", len(found.photo_set.rejected)))
    verdict = "The gate holds: there is no error." if found.passed else (
        "The gate fails: scores from these photos would not hold until the errors are mended."
    )  # fmt: skip
    lines = [verdict]
    if not found.labels_judged:
        lines.append("The labels were not judged: no model was asked.")
    counts = Counter((finding.severity, finding.kind) for finding in found.findings)
    rows = tuple((severity, kind, count) for (severity, kind), count in counts.items())
    summary = (Table(("severity", "what", "findings"), rows),) if rows else ()
    return Facts(tuple(facts)), Text(tuple(lines)), *summary


def _classes(found: Audit, folder: Path) -> tuple[Part, ...]:
    counts = found.class_counts
    parts: list[Part] = []
    if counts:
        chart = counts_chart(list(counts.values()), list(counts), folder / "classes.png")
        parts.append(Picture(chart, "The number of photos of each class"))
    about = [f for f in found.findings if not f.photos]
    if about:
        rows = tuple((f.severity, f.message, f.suggestion) for f in about)
        parts.append(Table(("severity", "found", "what to do"), rows))
    if found.mirror.pairs:
        parts.append(Table(("class", "in a mirror"), found.mirror.pairs, "Left and right"))
    return tuple(parts) or (Text(("There are no classes.",)),)


def _clusters(found: Audit, clusters: Sequence[Cluster]) -> tuple[Part, ...]:
    """Each cluster with what was found about it, those with errors first."""
    photos = found.photo_set.photos
    about: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in found.findings:
        about[finding.photos].append(finding)

    def findings_of(cluster: Cluster) -> list[Finding]:
        return about[tuple(photos[place].name for place in cluster.photos)]

    ranked = sorted(
        clusters, key=lambda c: min(SEVERITIES.index(f.severity) for f in findings_of(c))
    )
    parts: list[Part] = []
    for cluster in ranked[:CLUSTERS_SHOWN]:
        shown = list(zip(cluster.photos, cluster.mirrored, strict=True))
        parts.append(Text(tuple(f"{f.severity}: {f.message}" for f in findings_of(cluster))))
        parts.append(Gallery(tuple(
            _tile(photos[place], ("mirrored",) if turned else ())
            for place, turned in shown[:PHOTOS_SHOWN_OF_A_CLUSTER]
        )))  # fmt: skip
        parts += _more(len(shown), PHOTOS_SHOWN_OF_A_CLUSTER, "photos of this group")
    return (*parts, *_more(len(ranked), CLUSTERS_SHOWN, "groups"))


def _suspects(found: Audit) -> tuple[Part, ...]:
    names = found.mirror.classes
    tiles = tuple(
        _tile(
            found.photo_set.photos[s.place],
            (
                f"looks like {names[s.predicted]} {s.confidence:.0%}",
                *(("left and right confused?",) if s.mirrored else ()),
            ),
        )
        for s in found.suspects[:SUSPECTS_SHOWN]
    )
    if not tiles:
        return ()
    return Gallery(tiles), *_more(len(found.suspects), SUSPECTS_SHOWN, "photos")


def _left_out(found: Audit) -> tuple[Part, ...]:
    rejected = found.photo_set.rejected
    if not rejected:
        return ()
    rows = tuple((str(item.path), item.reason) for item in rejected[:LEFT_OUT_SHOWN])
    table = Table(("file", "why it was left out"), rows)
    return table, *_more(len(rejected), LEFT_OUT_SHOWN, "files")


def _more(count: int, shown: int, what: str) -> tuple[Part, ...]:
    if count <= shown:
        return ()
    return (Text((f"And {count - shown:,} more {what}; the table of the audit has all.",)),)


def _tile(photo: Photo, lines: tuple[str, ...]) -> Tile:
    try:
        image = read_image(photo.path, at_least=THUMBNAIL_SIDE, side="longer")
        thumbnail = thumbnail_data_uri(image)
    except UnreadableImageError:
        thumbnail = _GONE
    place = f"{photo.label} ({photo.split})" if photo.split else photo.label
    return Tile(thumbnail, photo.name, (place or "no class", *lines))
