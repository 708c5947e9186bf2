"""Which photos are tagged, in which sidecar, and what it will hold. Reads files, writes none."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from touchline.archive.faults import ChangedError
from touchline.archive.labelled_file import doubt_of, fault_of, refuse_wrong_folder
from touchline.archive.labels import Label, LabelledPhoto
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings, SidecarStyle, sidecar_name
from touchline.archive.tags.embedded import embedded_keywords
from touchline.archive.tags.keywords import keyword_path
from touchline.archive.tags.sidecar import (
    MachineTag,
    is_judged,
    machine_tag,
    read_keywords,
    read_tags,
    with_tag,
)
from touchline.errors import UsageError

LARGEST_SIDECAR_BYTES = 32 << 20


@dataclass(frozen=True)
class Judgement:
    """A reviewer's word on a photo.

    Attributes:
        reviewer: who.
        at: when, in seconds since 1970.
        rejected: what the model had said instead; None when the reviewer agreed.
    """

    reviewer: str
    at: float
    rejected: Label | None = None


@dataclass(frozen=True)
class Tagging:
    """How photos are tagged.

    Attributes:
        style: how a new sidecar is named; an existing one is used, whatever its name.
        root: the keyword that machine tags stand under, levels separated by `|`.
        model: the model behind the run, for the record.
        min_confidence: photos below it are not tagged.
        labelled_at_ns: when the predictions were written (see `fault_of`).
        judgements: by path, of the photos whose label a reviewer gave: it is written as
            `confirmed`, however sure the model was.
    """

    style: SidecarStyle = "photo.ext.xmp"
    root: str = "AI"
    model: str = ""
    min_confidence: float = 0.0
    labelled_at_ns: int = 0
    judgements: Mapping[str, Judgement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not keyword_path(self.root):
            raise UsageError("a root keyword", f"{self.root!r}", "Give --root-keyword a name.")
        if not 0.0 <= self.min_confidence <= 1.0:
            raise UsageError(
                "a smallest confidence between 0 and 1", f"{self.min_confidence}",
                "Mend --min-confidence.",
            )  # fmt: skip


@dataclass(frozen=True)
class Untouched:
    """A photo or sidecar that was left as it was, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Target:
    """A photo to be tagged, its sidecar, and other sidecars whose keywords that one would hide."""

    photo: LabelledPhoto
    sidecar: Path
    others: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Change:
    """What a sidecar holds, and what it will hold: the very same bytes when nothing changes.

    Attributes:
        before: None when there is no sidecar.
        mtime_ns: the sidecar's time; 0 when there is none.
        is_judged: a person's judgement stands against the tag.
        rejected: what is written as rejected beside it.
    """

    sidecar: Path
    before: bytes | None
    mtime_ns: int
    after: bytes
    tag: MachineTag
    is_judged: bool = False
    rejected: MachineTag | None = None

    @property
    def is_needed(self) -> bool:
        """Whether the sidecar must be written."""
        return self.before != self.after


def targets_of(
    photos: Iterable[LabelledPhoto], tagging: Tagging
) -> tuple[list[Target], int, list[Untouched]]:
    """The photos to tag with their sidecars, the number in doubt, and those that cannot be tagged.

    A photo's own sidecar of either style is used. `photo.xmp` is not, when other files beside the
    photo would take it for theirs, unless the style asks for it. Two photos never share one.

    Raises:
        UsageError: when no photo is where the predictions say.
    """
    known = list(photos)
    refuse_wrong_folder(known)
    siblings = Siblings()
    targets: list[Target] = []
    untouched: list[Untouched] = []
    seen: set[str] = set()
    doubtful = 0
    for photo in known:
        fault = fault_of(photo, tagging.labelled_at_ns)
        if fault:
            untouched.append(Untouched(photo.path, fault))
        elif photo.path not in tagging.judgements and doubt_of(photo, tagging.min_confidence):
            doubtful += 1
        elif photo.path in seen:
            untouched.append(Untouched(photo.path, "listed twice; the first label counts"))
        else:
            seen.add(photo.path)
            targets.append(_target(photo, tagging.style, siblings))
    counts = Counter(target.sidecar for target in targets)
    shared = [target for target in targets if counts[target.sidecar] > 1]
    untouched += [
        Untouched(each.photo.path, f"another of these photos has the same sidecar {each.sidecar}")
        for each in shared
    ]
    return [each for each in targets if counts[each.sidecar] == 1], doubtful, untouched


def change_for(target: Target, tagging: Tagging) -> Change:
    """What tagging does to a sidecar, as it and the photo are now.

    Raises:
        UnreadableXmlError: when XMP in the sidecar or the photo cannot be read safely.
        ChangedError: when the sidecar is too large to be one.
        OSError: when a file cannot be read.
    """
    photo, sidecar = target.photo, target.sidecar
    tag, rejected = _tags_for(photo, tagging)
    before = _content(sidecar)
    mtime_ns = 0 if before is None else sidecar.stat().st_mtime_ns
    if before is not None and is_judged(read_tags(before), tag):
        return Change(sidecar, before, mtime_ns, before, tag, is_judged=True)
    elsewhere = embedded_keywords(Path(photo.path))
    for other in target.others:
        elsewhere += read_keywords(_content(other) or b"")
    after = with_tag(before, tag, elsewhere, rejected)
    return Change(sidecar, before, mtime_ns, after, tag, rejected=rejected)


def _tags_for(photo: LabelledPhoto, tagging: Tagging) -> tuple[MachineTag, MachineTag | None]:
    """The tag of a photo's label and, by a reviewer, the one of what it is not."""
    judgement = tagging.judgements.get(photo.path)
    at = datetime.fromtimestamp(judgement.at, UTC) if judgement else datetime.now(UTC)
    origin = {
        "run": photo.run, "model": tagging.model, "written_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "reviewer": judgement.reviewer if judgement else "",
    }  # fmt: skip
    state = "confirmed" if judgement else "auto"
    tag = machine_tag(tagging.root, photo.label, photo.confidence, state=state, **origin)
    wrong = judgement and judgement.rejected
    if not wrong:
        return tag, None
    return tag, machine_tag(tagging.root, wrong.name, wrong.confidence, state="rejected", **origin)


def _target(photo: LabelledPhoto, style: SidecarStyle, siblings: Siblings) -> Target:
    path = Path(photo.path).absolute()
    found = {each: siblings.sidecar(path, each) for each in SIDECAR_STYLES}
    there = {each: sidecar for each, sidecar in found.items() if sidecar is not None}
    other = next((there[each] for each in SIDECAR_STYLES if each != style and each in there), None)
    if style != "adobe" and siblings.is_shared(path):
        other = None  # it describes other files too
    chosen = there.get(style) or other or path.with_name(sidecar_name(path.name, style))
    others = tuple(sidecar for sidecar in there.values() if sidecar != chosen)
    return Target(photo, chosen.resolve() if chosen.is_symlink() else chosen, others)


def _content(sidecar: Path) -> bytes | None:
    """What a sidecar holds; None where there is none."""
    try:
        if sidecar.stat().st_size > LARGEST_SIDECAR_BYTES:
            raise ChangedError(f"{sidecar} is too large to be a sidecar")
        return sidecar.read_bytes()
    except FileNotFoundError:
        return None
