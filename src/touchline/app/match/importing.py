"""Where the events of a video may lie."""

from pathlib import Path

from touchline.app.roots import Roots
from touchline.errors import UsageError
from touchline.spotting.annotations.labels_file import LABEL_FILES
from touchline.spotting.video_events import EVENT_ENDINGS


def files_beside(video: Path, roots: Roots) -> list[Path]:
    """The files beside a video or a folder above that may hold its events.

    Those named after the video come first, then annotations of a game, then the others by name.
    """
    found = []
    for folder in (video.parent, video.parent.parent):
        try:
            inside = roots.inside(folder)
            found += sorted(
                path for path in inside.iterdir()
                if path.suffix.lower() in EVENT_ENDINGS and path.is_file()
            )  # fmt: skip
        except (UsageError, OSError):
            continue
    return sorted(found, key=lambda path: (path.stem != video.stem, path.name not in LABEL_FILES))
