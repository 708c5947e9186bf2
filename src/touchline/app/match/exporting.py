"""The events of a video as files: to train on, for spreadsheets, for other tools."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from touchline.app.match.provider_events import provider_json
from touchline.errors import EnvironmentMissingError
from touchline.files import write_atomically
from touchline.reporting.plain_text import printable
from touchline.spotting.annotations.labels_file import LABEL_FILES
from touchline.spotting.annotations.labels_json import labels_json
from touchline.spotting.annotations.prediction_tables import write_csv
from touchline.spotting.annotations.results_file import RESULTS_FILE, write_results
from touchline.spotting.events import Event

Export = Callable[[str, Sequence[Event]], bytes]


def as_csv(name: str, events: Sequence[Event]) -> bytes:
    """The table `video,seconds,label,confidence,team`, which our readers take as truth too."""
    return _written(lambda path: write_csv(path, {name: events}))


def as_results(name: str, events: Sequence[Event]) -> bytes:
    """SoccerNet's `results_spotting.json`, for scorers."""
    return _written(lambda path: write_results(path, name, events))


FORMATS: dict[str, tuple[str, str, Export]] = {
    "SoccerNet annotations (JSON)": (LABEL_FILES[0], "application/json", labels_json),
    "SoccerNet predictions (JSON)": (RESULTS_FILE, "application/json", as_results),
    "Table (CSV)": ("events.csv", "text/csv", as_csv),
    "kloppy's event types (JSON)": ("events.json", "application/json", provider_json),
}
"""For each button its words: the name of the file, its type, and what makes it."""


def save_for_training(folder: Path, video: Path, video_id: int, events: Sequence[Event]) -> Path:
    """Make a game's folder that `touchline spotting train` reads; returns it.

    It holds `Labels-ball.json` and a link to the video. Saved again, the annotations are replaced.
    One video is one stretch of play there, so that all events are of its first half.

    Args:
        folder: with a folder for each game.
        video: the file of the video.
        video_id: of the video in the catalog, which tells games of one name apart.
        events: that count.

    Raises:
        EnvironmentMissingError: the folder cannot be written.
    """
    game = folder / f"{video_id}-{_folder_name(video.stem)}"
    link = game / f"match{video.suffix.lower()}"
    content = labels_json(game.name, [replace(event, half=1) for event in events])
    try:
        game.mkdir(parents=True, exist_ok=True)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(video.resolve())
        write_atomically(game / LABEL_FILES[0], content)
    except OSError as error:
        raise EnvironmentMissingError(
            f"to write into {game}", (error.strerror or str(error)).lower(),
            "Make it writable, or download the annotations instead.",
        ) from error  # fmt: skip
    return game


def _folder_name(stem: str) -> str:
    """A part of a folder's name that every file system takes.

    >>> _folder_name("Leeds - Fulham: 2/3"), _folder_name("..")
    ('Leeds - Fulham_ 2_3', 'video')
    """
    safe = "".join(sign if sign.isalnum() or sign in " -_." else "_" for sign in printable(stem))
    return safe.strip(" .")[:80] or "video"


def _written(write: Callable[[Path], None]) -> bytes:
    """The bytes that a writer of files makes."""
    with TemporaryDirectory(prefix="touchline-export-") as folder:
        path = Path(folder, "export")
        write(path)
        return path.read_bytes()
