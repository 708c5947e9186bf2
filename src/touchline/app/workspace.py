"""What one running app works on: a catalog, its roots, and where runs and thumbnails go."""

from dataclasses import dataclass
from pathlib import Path

from touchline.app.roots import Roots
from touchline.archive.catalog.opening import Catalog
from touchline.errors import UsageError


@dataclass(frozen=True)
class Workspace:
    """What pages and routes are given.

    Attributes:
        catalog: the open catalog.
        roots: the folders that may be read.
        runs: where trained runs go, in a folder for each task.
        cache: thumbnails and playable copies; may be deleted at any time.
        upload_limit: the most bytes that one uploaded file may have.
    """

    catalog: Catalog
    roots: Roots
    runs: Path
    cache: Path
    upload_limit: int = 2 << 30

    @property
    def jobs(self) -> Path:
        """Where the records of long work lie; listings of runs pass over hidden folders."""
        return self.runs / ".jobs"


_SERVED: list[Workspace] = []


def serve_from(workspace: Workspace) -> None:
    """Make `workspace` the one that the pages of this process show."""
    _SERVED[:] = [workspace]


def current() -> Workspace:
    """The workspace of this process.

    Raises:
        UsageError: no app has been started in it.
    """
    if not _SERVED:
        raise UsageError("a running app", "none in this process", "Start it with `touchline app`.")
    return _SERVED[0]
