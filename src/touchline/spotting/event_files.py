"""Which files hold the events of which videos, told by where they lie and how they are called."""

from collections.abc import Sequence
from pathlib import Path

from touchline.spotting.annotations.results_file import RESULTS_FILE
from touchline.spotting.annotations.videos import is_released_video, is_video

_ENDINGS = (".json", ".jsonl", ".csv")
_LABELS = "Labels"


def event_files_beside(video: Path) -> list[Path]:
    """The files in a video's folder that hold its events, in the order of their names.

    SoccerNet's `Labels-*.json`, a `results_spotting.json`, and files called as the video is. None
    where the folder cannot be listed.
    """
    try:
        beside = sorted(video.parent.iterdir())
    except OSError:
        return []
    videos = [path for path in beside if is_video(path.name)]
    return [
        path for path in beside
        if path.suffix.lower() in _ENDINGS
        and (path.stem == video.stem or path.name == RESULTS_FILE or _is_labels(path))
        and video in videos_of(path, videos)
    ]  # fmt: skip


def videos_of(file: Path, videos: Sequence[Path]) -> list[Path]:
    """The videos that a file of events may speak of.

    That of its own name beside it; else the only one beside it, or all halves and resolutions of a
    game there. Where none lies beside it: the only video of all, else those called as the file or
    its folder is.

    Args:
        file: of events.
        videos: all that are known.
    """
    beside = [video for video in videos if video.parent == file.parent]
    if named := [video for video in beside if video.stem == file.stem]:
        return named
    if len(beside) == 1 or any(is_released_video(video.name) for video in beside):
        return beside
    if beside or len(videos) == 1:
        return [] if beside else list(videos)
    names = {file.stem, file.parent.name}
    return [video for video in videos if video.stem in names or video.parent.name in names]


def _is_labels(path: Path) -> bool:
    return path.name.startswith(_LABELS) and path.suffix.lower() == ".json"
