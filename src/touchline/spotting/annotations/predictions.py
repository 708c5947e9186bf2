"""Predictions in any form this project or SoccerNet's tools write, by the name of their game."""

from pathlib import Path

from touchline.errors import UsageError
from touchline.spotting.annotations.folders import walk_folders
from touchline.spotting.annotations.names import name_and_split
from touchline.spotting.annotations.prediction_tables import read_prediction_table
from touchline.spotting.annotations.results_file import RESULTS_FILE, read_results
from touchline.spotting.events import Event

_KNOWN = f"Name a {RESULTS_FILE}, a tree of games with one each, a .csv or a .jsonl."


def read_predictions(path: Path) -> dict[str, tuple[Event, ...]]:
    """The predicted events of each game, in the order they were written.

    Nothing is left out in silence, for a score of a part would pass for a score of the whole: what
    cannot be read is refused, and its place named.

    Args:
        path: a `results_spotting.json`, a tree of games with one in each, a table `.csv`
            (`video,seconds,label,confidence`) or `.jsonl`. In a tree a game is called by its folder
            relative to the root, a top folder that names a split left out; a single file is called
            as it calls itself, or by its folder.

    Raises:
        UsageError: there is nothing of these, or it is broken.
    """
    if path.is_dir():
        return _read_tree(path)
    if not path.exists():
        raise UsageError("predictions", f"nothing at {path}", _KNOWN)
    if path.suffix.lower() == ".json":
        called, events = read_results(path)
        own = path.resolve().parent.name if path.name == RESULTS_FILE else path.stem
        return {called or own: events}
    if path.suffix.lower() in (".csv", ".tsv", ".jsonl"):
        return read_prediction_table(path)
    raise UsageError("predictions", f"the file {path}", _KNOWN)


def _read_tree(root: Path) -> dict[str, tuple[Event, ...]]:
    if (root / RESULTS_FILE).is_file():
        return read_predictions(root / RESULTS_FILE)

    def refuse(error: OSError) -> None:
        raise UsageError(
            "a folder of predictions that can be read", f"{error.strerror}: {error.filename}",
            "Check its permissions.",
        ) from error  # fmt: skip

    found: dict[str, tuple[Event, ...]] = {}
    for folder, files in walk_folders(root, lambda names: RESULTS_FILE in names, refuse):
        if RESULTS_FILE not in files:
            continue
        name, _ = name_and_split(folder.relative_to(root))
        if name in found:
            raise UsageError(
                f"one {RESULTS_FILE} a game below {root}", f"two of {name}",
                "Name the folder of one split.",
            )  # fmt: skip
        _, found[name] = read_results(folder / RESULTS_FILE)
    if not found:
        raise UsageError("predictions", f"no {RESULTS_FILE} in or below {root}", _KNOWN)
    return found
