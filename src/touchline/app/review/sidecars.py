"""What people decided, written into sidecars: only of photos beneath the roots of the app."""

from dataclasses import dataclass
from pathlib import Path

from touchline.app.workspace import Workspace
from touchline.archive.catalog.search.found import stream_photos
from touchline.archive.review.sidecars import preview_sidecars, sidecar_journal, write_sidecars
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.tag import Tagged
from touchline.archive.tags.targets import Tagging
from touchline.errors import UsageError


@dataclass(frozen=True)
class Wanted:
    """What is to be written.

    Attributes:
        photo_ids: reviewed photos beneath the roots.
        outside: how many lie elsewhere and are left alone.
    """

    photo_ids: tuple[int, ...]
    outside: int


def wanted_photos(workspace: Workspace, query: str) -> Wanted:
    """The reviewed photos that a query finds.

    Raises:
        UsageError: the query cannot be read.
    """
    inside, outside = [], 0
    for photo in stream_photos(workspace.catalog, f"{query} reviewed:yes"):
        try:
            workspace.roots.inside(Path(photo.path))
            inside.append(photo.id)
        except UsageError:
            outside += 1
    return Wanted(tuple(inside), outside)


def preview(workspace: Workspace, wanted: Wanted) -> Tagged:
    """What `write` would do; touches nothing."""
    return preview_sidecars(workspace.catalog, wanted.photo_ids, Tagging())


def write(workspace: Workspace, wanted: Wanted) -> Tagged:
    """Write the sidecars; `journal` knows the way back."""
    return write_sidecars(workspace.catalog, wanted.photo_ids, Tagging(), journal(workspace))


def journal(workspace: Workspace) -> Path:
    """Where it is written down what each sidecar held before."""
    try:
        return sidecar_journal(workspace.catalog)
    except UsageError:  # a database server has no folder
        return tag_journal_path(workspace.runs / "reviews")
