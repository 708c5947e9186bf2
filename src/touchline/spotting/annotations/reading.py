"""Any known layout of annotated matches in, one `MatchData` out."""

from collections.abc import Sequence
from pathlib import Path

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses, class_order, read_classes
from touchline.spotting.annotations.event_tables import read_event_table
from touchline.spotting.annotations.frame_lists import is_frame_list, read_frame_list
from touchline.spotting.annotations.json_files import read_json
from touchline.spotting.annotations.labels_file import read_labels
from touchline.spotting.annotations.rows import TABLE_ENDINGS, holds_events
from touchline.spotting.annotations.soccernet import is_game, read_game, read_tree
from touchline.spotting.annotations.split_files import read_split_file, split_files_in
from touchline.spotting.annotations.videos import videos_named
from touchline.spotting.matches import Match, MatchData

KNOWN_LAYOUTS = (
    "a tree of SoccerNet games (a folder a game, with Labels-ball.json and 224p.mp4 or the like), "
    "one such folder or Labels file, a split file beside such a tree, the frame lists of E2E-Spot "
    "(train.json with video, fps and events), or a CSV with the columns video,seconds,label"
)

Found = tuple[list[Match], list[Fault]]


def read_matches(data: Path, *, height: int | None = None) -> MatchData:
    """Read annotated matches in whichever of the known layouts they are (`KNOWN_LAYOUTS`).

    What is broken is named in the faults and left out or put right, and the rest goes on. A match
    whose annotations cannot be read at all counts as not annotated. An event beyond the end of its
    video is not seen here, where no video is opened: see `touchline.spotting.annotations.lengths`.

    Args:
        data: a folder or a file.
        height: of a match with videos in several resolutions, take that nearest to so many lines;
            the smallest when None, for networks look at few pixels and decoding costs by the pixel.

    Raises:
        UsageError: when nothing there is in a known layout.
    """
    if not data.exists():
        raise UsageError("annotated matches", f"nothing at {data}", f"Known are {KNOWN_LAYOUTS}.")
    classes, faults = read_classes(data if data.is_dir() else data.parent)
    matches, more = (_read_folder if data.is_dir() else _read_file)(data, classes, height)
    labels = (event.label for match in matches for event in match.events)
    return MatchData(tuple(matches), classes.names or class_order(labels), (*faults, *more))


def _read_folder(data: Path, classes: KnownClasses, height: int | None) -> Found:
    paths = split_files_in(data)
    if any(_is_frame_list_file(path) for path in paths):
        return _read_frame_lists(paths, classes, height)
    if is_game([path.name for path in data.iterdir()]):
        match, broken = read_game(data, classes, height=height)
        return [match], list(broken)
    matches, faults = read_tree(
        data, classes, [read_split_file(path) for path in paths], height=height
    )
    if matches:
        return matches, faults
    tables = [path for path in sorted(data.glob("*.csv")) if holds_events(path)]
    if len(tables) == 1:
        return read_event_table(tables[0], classes, height)
    found = f"{len(tables)} tables of events" if tables else "none of them"
    raise UsageError(
        "annotated matches", f"{found} in {data}", f"Name one of these: {KNOWN_LAYOUTS}."
    )


def _read_file(data: Path, classes: KnownClasses, height: int | None) -> Found:
    if data.suffix.lower() in TABLE_ENDINGS:
        return read_event_table(data, classes, height)
    if data.suffix.lower() != ".json":
        raise UsageError(
            "annotated matches", f"the file {data}", f"Name one of these: {KNOWN_LAYOUTS}."
        )
    try:
        content = read_json(data)
    except ValueError as error:
        raise UsageError(
            "a JSON file of annotations", f"{data}, which {error}", "Mend or fetch it again."
        ) from error
    if is_frame_list(content):
        return _read_frame_lists([data], classes, height)
    if isinstance(content, dict) and "annotations" in content:
        return _read_labels(data, classes, height)
    split_file = read_split_file(data)
    if split_file.names:
        found = read_tree(data.parent, classes, [split_file], height=height, only_listed=True)
        if found[0]:
            return found
        raise UsageError(
            f"games that {data} lists", f"no folder of any of them in {data.parent}",
            "Put the split file where the names of its games begin.",
        )  # fmt: skip
    raise UsageError(
        "annotated matches", f"a JSON file of another kind, {data}",
        f"Name one of these: {KNOWN_LAYOUTS}.",
    )  # fmt: skip


def _read_labels(data: Path, classes: KnownClasses, height: int | None) -> Found:
    """One file of annotations: of the game in whose folder it lies, or of the video beside it."""
    if is_game([data.name]):
        match, faults = read_game(data.parent, classes, height=height, labels_file=data)
        return [match], list(faults)
    labels = read_labels(data, classes)
    videos = videos_named(data.parent, data.stem, height)
    match = Match(labels.name or data.stem, videos, labels.events, labelled=labels.readable)
    return [match], list(labels.faults)


def _read_frame_lists(paths: Sequence[Path], classes: KnownClasses, height: int | None) -> Found:
    """The matches of several frame lists, of train before those of test."""
    matches: dict[str, Match] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            content = read_json(path)
        except ValueError as error:
            faults.append(Fault(path, "", f"{error}; not used"))
            continue
        found, more = read_frame_list(path, content, classes, height)
        faults += more
        for match in found:
            if match.name in matches:
                # The later split is the stricter: what is of the test split must not teach.
                reason = f"lists {match.name}, which another split has too; it counts for this one"
                faults.append(Fault(path, "", reason))
            matches[match.name] = match
    return list(matches.values()), faults


def _is_frame_list_file(path: Path) -> bool:
    try:
        return is_frame_list(read_json(path))
    except ValueError:
        return False
