"""A tree of games in SoccerNet's layout: a folder a game, with its videos and its annotations.

All three releases of the ball actions are read alike. That of 2023 has two videos a game, one a
half, and two classes; those of 2024 and 2025 have one video of the whole match, and twelve.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.folders import walk_folders
from touchline.spotting.annotations.labels_file import LABEL_FILES, LabelsFile, read_labels
from touchline.spotting.annotations.names import SPLIT_ORDER, name_and_split, strictest
from touchline.spotting.annotations.split_files import SplitFile
from touchline.spotting.annotations.videos import are_halves, game_videos, is_released_video
from touchline.spotting.matches import Match, SplitName


def is_game(files: Sequence[str]) -> bool:
    """Whether a folder with these files is a game's."""
    return any(name in LABEL_FILES or is_released_video(name) for name in files)


def read_game(
    folder: Path, classes: KnownClasses, *, name: str = "", split: SplitName = "",
    height: int | None = None, labels_file: Path | None = None,
) -> tuple[Match, tuple[Fault, ...]]:  # fmt: skip
    """One game's folder: its videos and its annotations, and what is broken in them.

    Args:
        folder: the game's.
        classes: labels outside them are left out.
        name: of the match; what the annotations call it, or else the folder, when empty.
        split: the match belongs to.
        height: choose the videos of the resolution nearest to so many lines.
        labels_file: of the annotations; the folder's (`LABEL_FILES`) when None.

    Raises:
        OSError: when the folder cannot be listed.
    """
    paths = [labels_file] if labels_file else [folder / file for file in LABEL_FILES]
    path = next((path for path in paths if path.is_file()), None)
    labels = read_labels(path, classes) if path else LabelsFile((), (), readable=False)
    in_halves = any(event.half == 2 for event in labels.events)
    videos = game_videos(folder, height, in_halves=in_halves)
    events, faults = labels.events, list(labels.faults)
    if path and in_halves and len(videos) == 1 and not are_halves(videos):
        events = tuple(event for event in events if event.half == 1)
        reason = (
            f"speaks of a second half, but {videos[0].name} is one video of the whole match; "
            f"annotations of the second half left out: {len(labels.events) - len(events):,}"
        )
        faults.append(Fault(path, "", reason))
    if are_halves(videos) and len(videos) == 1:
        faults.append(Fault(folder, "", "holds a video of the first half and none of the second"))
    if not videos and any(is_released_video(file.name) for file in folder.iterdir()):
        reason = "holds a video of the second half and none of the first; it is not used"
        faults.append(Fault(folder, "", reason))
    named = name or labels.name or folder.resolve().name
    return Match(named, videos, events, split, labels.readable), tuple(faults)


def read_tree(
    root: Path, classes: KnownClasses, split_files: Sequence[SplitFile], *,
    height: int | None = None, only_listed: bool = False,
) -> tuple[list[Match], list[Fault]]:  # fmt: skip
    """All games below `root`, in order of the split files and then of their names.

    Args:
        root: names of games are relative to it; a top folder called like a split is one.
        classes: labels outside them are left out.
        split_files: what they say goes before the folders; games they do not list are of no split.
        height: choose the videos of the resolution nearest to so many lines.
        only_listed: pass over the games that no split file lists.

    Returns:
        The matches and what was broken. Of a game found in two splits, the stricter one counts:
        what is of the test split must not teach.
    """
    folders, faults = _game_folders(root)
    listed, more = _listed_splits(split_files)
    faults += [*(fault for file in split_files for fault in file.faults), *more]
    matches: dict[str, Match] = {}
    for folder, name, split in folders:
        if only_listed and name not in listed:
            continue
        try:
            match, broken = read_game(
                folder, classes, name=name, split=listed.get(name, split), height=height
            )
        except OSError as error:
            faults.append(Fault(folder, "", f"cannot be read: {error.strerror}; left out"))
            continue
        faults += broken
        matches[name] = match
    faults += _missing(split_files, matches)
    order = {name: place for place, name in enumerate(listed)}
    ranked = sorted(matches.values(), key=lambda m: (order.get(m.name, len(order)), m.name))
    return ranked, faults


def _game_folders(root: Path) -> tuple[list[tuple[Path, str, SplitName]], list[Fault]]:
    """Folder, name and split of each game, once a name, and what cannot be read or is doubled."""
    faults: list[Fault] = []

    def unreadable(error: OSError) -> None:
        faults.append(Fault(Path(os.fsdecode(error.filename)), "", "cannot be listed; left out"))

    found: dict[str, list[tuple[Path, SplitName]]] = {}
    for folder, files in walk_folders(root, is_game, unreadable):
        if is_game(files):
            name, split = name_and_split(folder.relative_to(root))
            found.setdefault(name, []).append((folder, split))
    folders = []
    for name, places in found.items():
        chosen = max(places, key=lambda place: SPLIT_ORDER.index(place[1]))
        folders.append((chosen[0], name, chosen[1]))
        faults += (
            Fault(folder, "", f"lies in {chosen[0].relative_to(root)} too; that one counts")
            for folder, _ in places
            if folder != chosen[0]
        )
    return folders, faults


def _listed_splits(
    split_files: Sequence[SplitFile],
) -> tuple[dict[str, SplitName], list[Fault]]:
    """The split of each game that is listed, in order, and a fault for one that is in two."""
    files_of: dict[str, list[SplitFile]] = {}
    for file in split_files:
        for name in file.names:
            files_of.setdefault(name, []).append(file)
    splits = {name: strictest(file.split for file in files) for name, files in files_of.items()}
    faults = [
        Fault(
            files[0].path, "",
            f"lists {name}, which {files[1].path.name} lists too; it counts for {splits[name]}",
        )
        for name, files in files_of.items()
        if len({file.split for file in files}) > 1
    ]  # fmt: skip
    return splits, faults


def _missing(split_files: Sequence[SplitFile], matches: dict[str, Match]) -> list[Fault]:
    return [
        Fault(file.path, "", f"lists {name}, but no folder of that game is there; left out")
        for file in split_files
        for name in file.names
        if name not in matches
    ]
