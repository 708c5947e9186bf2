"""Which of the video files beside a match are the match, at which resolution."""

import re
from collections.abc import Iterable
from pathlib import Path

from touchline.media.folder_contents import VIDEO_ENDINGS

_RELEASED = re.compile(r"(?:(?P<half>[12])_)?(?P<height>\d{1,5})p", re.ASCII)
_HALF_NAME = re.compile(r"(?P<game>.*)/(?P<half>[12])")


def is_video(name: str) -> bool:
    """Whether a file name ends like a video.

    >>> is_video("1_224p.MKV"), is_video("Labels-ball.json")
    (True, False)
    """
    return Path(name).suffix.lower() in VIDEO_ENDINGS


def is_released_video(name: str) -> bool:
    """Whether a file is named as SoccerNet names videos: `720p.mp4`, `1_224p.mkv`.

    >>> is_released_video("1_224p.mkv"), is_released_video("my match.mp4")
    (True, False)
    """
    return is_video(name) and _RELEASED.fullmatch(Path(name).stem) is not None


def game_videos(
    folder: Path, height: int | None = None, *, in_halves: bool = False
) -> tuple[Path, ...]:
    """The videos of the game in `folder`: one a half in order, or one for the whole match.

    A folder without a video named by its resolution has the one video that lies in it, whatever it
    is called. A second half without its first cannot be told from a whole match: there is none.

    Args:
        folder: the game's.
        height: choose the resolution nearest to so many lines; the smallest when None.
        in_halves: take halves where the folder has halves and the whole.
    """
    found = [path for path in sorted(folder.iterdir()) if is_video(path.name) and path.is_file()]
    released = [(match, path) for path in found if (match := _RELEASED.fullmatch(path.stem))]
    if not released:
        return tuple(found) if len(found) == 1 else ()
    of_half: dict[str | None, list[tuple[int, Path]]] = {}
    for match, path in released:
        of_half.setdefault(match["half"], []).append((int(match["height"]), path))
    if None in of_half and not (in_halves and "1" in of_half):
        return (_nearest(of_half[None], height),)
    if "1" not in of_half:
        return ()
    return tuple(_nearest(of_half[half], height) for half in ("1", "2") if half in of_half)


def are_halves(videos: Iterable[Path]) -> bool:
    """Whether the videos of a game are of one half each.

    >>> are_halves([Path("g/1_224p.mkv")]), are_halves([Path("g/224p.mp4")])
    (True, False)
    """
    names = (_RELEASED.fullmatch(path.stem) for path in videos)
    return any(name is not None and name["half"] is not None for name in names)


def videos_named(folder: Path, name: str, height: int | None = None) -> tuple[Path, ...]:
    """The videos of a match that a list calls `name`, beside the list or in `videos` beside it.

    `name` is a file, with its ending or without; a game's folder; or, as E2E-Spot calls the halves
    of SoccerNet's games, a game's folder and the number of the half.

    Returns:
        The videos as `game_videos` gives them; none where nothing of that name is found.
    """
    for place in (folder / name, folder / "videos" / name):
        if is_video(place.name) and place.is_file():
            return (place,)
        beside = (place.with_name(place.name + ending) for ending in VIDEO_ENDINGS)
        if file := next((path for path in beside if path.is_file()), None):
            return (file,)
        if place.is_dir():
            return game_videos(place, height)
        if (half := _HALF_NAME.fullmatch(place.as_posix())) and Path(half["game"]).is_dir():
            videos = game_videos(Path(half["game"]), height, in_halves=True)
            number = int(half["half"])
            return videos[number - 1 : number] if are_halves(videos) else ()
    return ()


def _nearest(videos: list[tuple[int, Path]], height: int | None) -> Path:
    """The video of the height nearest to the one wanted; of two as near, the smaller."""
    wanted = 0 if height is None else height
    return min(videos, key=lambda video: (abs(video[0] - wanted), video[0]))[1]
