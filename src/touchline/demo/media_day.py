"""Who is photographed in which pose and when: the list of shots of a drawn media day.

Each shot depends only on the seed, its class, its player and its place in that player's series, so
that more players, photos or classes add shots and change none. The labelled photos are of one
media day, those of the inbox of a later one.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from touchline.demo.photo import check_size
from touchline.demo.poses import POSES
from touchline.errors import UsageError

FIRST_DAY, LATER_DAY = datetime(2025, 7, 14, 9), datetime(2026, 1, 12, 9)
SESSION, SERIES = timedelta(minutes=25), timedelta(seconds=60)
BETWEEN_PHOTOS, WITHIN_BURST = timedelta(seconds=7), timedelta(seconds=0.3)
PHOTOS_A_SERIES = 8
INBOX_SERIES = 10_000
"""The inbox's photos are numbered from here in each player's series, clear of the labelled ones."""

SHARE_IN_BURST, SHARE_ROTATED = 0.2, 0.12
IN_BURST, ROTATED, INBOX_POSE = 1, 2, 3
"""The streams of chance from which each of these is drawn."""


@dataclass(frozen=True)
class MediaDay:
    """What is to be drawn.

    Attributes:
        players: how many players take turns in each class.
        per_class: labelled photos in each of the 17 classes.
        unlabelled: photos of no known class for the inbox.
        seed: another seed, other players and photos.
        size: width and height of each photo in pixels.
        spoilt: whether some files are broken, odd or no photos at all.

    Raises:
        UsageError: when a number is out of range.
    """

    players: int = 6
    per_class: int = 24
    unlabelled: int = 120
    seed: int = 0
    size: tuple[int, int] = (480, 640)
    spoilt: bool = True

    def __post_init__(self) -> None:
        least = {"players": 1, "per_class": 1, "unlabelled": 0, "seed": 0}
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise UsageError(
                    f"at least {lowest} for --{name.replace('_', '-')}", str(getattr(self, name)),
                    "Give a larger number.",
                )  # fmt: skip
        check_size(self.size)


@dataclass(frozen=True)
class Shot:
    """One photo to be drawn.

    Attributes:
        name: the name of its file.
        pose: its class.
        player: who is in it, from 0.
        index: which photo of that player in that pose.
        burst_frame: 0, or its place in a burst after the first.
        taken: when.
        orientation: the EXIF orientation under which it is stored: 1, 3, 6 or 8.
    """

    name: str
    pose: str
    player: int
    index: int
    burst_frame: int
    taken: datetime
    orientation: int

    @property
    def group(self) -> str:
        """The player as files and tables name them."""
        return f"p{self.player:02d}"


def labelled_shots(day: MediaDay) -> list[Shot]:
    """The shots of the class folders, by class and then in turn by player."""
    return [
        _labelled_shot(day.seed, pose, position, turn % day.players, turn // day.players)
        for position, pose in enumerate(POSES)
        for turn in range(day.per_class)
    ]


def inbox_shots(day: MediaDay) -> list[Shot]:
    """The shots of the inbox, in turn by player, in poses chosen by chance."""
    return [
        _inbox_shot(day.seed, turn % day.players, turn // day.players)
        for turn in range(day.unlabelled)
    ]


def _labelled_shot(seed: int, pose: str, position: int, player: int, place: int) -> Shot:
    key = zlib.crc32(pose.encode())
    frame = _burst_frame(seed, key, player, place)
    index = place - frame
    series, within = divmod(index, PHOTOS_A_SERIES)
    start = FIRST_DAY + timedelta(days=series) + player * SESSION + position * SERIES
    return Shot(
        name=f"p{player:02d}_{position * 100 + place + 1:04d}.jpg",
        pose=pose,
        player=player,
        index=index,
        burst_frame=frame,
        taken=start + within * BETWEEN_PHOTOS + frame * WITHIN_BURST,
        orientation=_orientation(seed, key, player, index),
    )


def _inbox_shot(seed: int, player: int, place: int) -> Shot:
    frame = _burst_frame(seed, INBOX_POSE, player, place)
    index = place - frame
    choice = np.random.default_rng([seed, INBOX_POSE, player, index]).integers(len(POSES))
    return Shot(
        name=f"p{player:02d}_{5000 + place + 1:04d}.jpg",
        pose=POSES[int(choice)],
        player=player,
        index=INBOX_SERIES + index,
        burst_frame=frame,
        taken=LATER_DAY + player * SESSION + index * BETWEEN_PHOTOS + frame * WITHIN_BURST,
        orientation=_orientation(seed, INBOX_POSE, player, index),
    )


def _burst_frame(seed: int, series: int, player: int, place: int) -> int:
    """How many photos of the same burst were taken before this one."""
    first = place
    while first and np.random.default_rng([seed, series, player, first, IN_BURST]).random() < (
        SHARE_IN_BURST
    ):
        first -= 1
    return place - first


def _orientation(seed: int, series: int, player: int, index: int) -> int:
    rng = np.random.default_rng([seed, series, player, index, ROTATED])
    return int(rng.choice([3, 6, 8])) if rng.random() < SHARE_ROTATED else 1
