"""Crops as every reader gives them: a picture of one person, and who, where and when it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from touchline.faults import Fault

SplitName = Literal["train", "valid", "test", "challenge"]
NOBODY = ""
"""The identity of a crop that nobody has named, and of a distractor: it matches no other."""


@dataclass(frozen=True)
class Crop:
    """One person cut out of one frame.

    Attributes:
        path: the picture.
        number: its index in its list (query, gallery or train), which ranking files refer to.
        identity: who it is; identities of different actions are different. `NOBODY` where that is
            not known, or for a distractor.
        action: the action (one moment and its replays) inside which alone identities compare;
            empty where they compare everywhere.
        camera: what took the frame; empty where it is not known.
        role: e.g. `Player_team_left`; empty where it is not known.
        match: the match it is from; empty where it is not known.
    """

    path: Path
    number: int
    identity: str = NOBODY
    action: str = ""
    camera: str = ""
    role: str = ""
    match: str = ""


@dataclass(frozen=True)
class Gallery:
    """Queries, and what they are searched in.

    Attributes:
        queries: in the order of their numbers.
        gallery: in the order of their numbers.
    """

    queries: tuple[Crop, ...]
    gallery: tuple[Crop, ...]

    @property
    def named(self) -> bool:
        """Whether identities are known, so that a ranking can be scored."""
        return any(crop.identity != NOBODY for crop in self.queries)

    def describe(self) -> str:
        """For a terminal."""
        actions = {crop.action for crop in self.queries} - {""}
        inside = f" in {len(actions)} actions" if actions else ""
        return f"{len(self.queries)} queries, {len(self.gallery)} gallery crops{inside}"


@dataclass(frozen=True)
class CropData:
    """Everything a reader found.

    Attributes:
        train: the crops to learn from; empty where there are none.
        galleries: what can be ranked, by split.
        faults: what was broken.
    """

    train: tuple[Crop, ...]
    galleries: dict[SplitName, Gallery]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Codes:
    """Who and where crops are, as whole numbers that compare fast; -1 stands for the empty name.

    Attributes:
        identities, actions, cameras: int64, shape (crops,).
    """

    identities: NDArray[np.int64]
    actions: NDArray[np.int64]
    cameras: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.identities)


def codes_of(*lists: Sequence[Crop]) -> tuple[Codes, ...]:
    """The codes of several lists of crops; equal names have equal codes in all of them.

    >>> crop = Crop(Path("a.png"), 0, "7", "3")
    >>> queries, gallery = codes_of([crop], [crop, Crop(Path("b.png"), 1, NOBODY, "3")])
    >>> queries.identities.tolist(), gallery.identities.tolist(), gallery.cameras.tolist()
    ([0], [0, -1], [-1, -1])
    """
    every = [crop for crops in lists for crop in crops]
    columns = [
        _coded(crop.identity for crop in every),
        _coded(crop.action for crop in every),
        _coded(crop.camera for crop in every),
    ]
    ends = np.cumsum([len(crops) for crops in lists])[:-1]
    return tuple(
        Codes(*parts) for parts in zip(*(np.split(column, ends) for column in columns), strict=True)
    )


def _coded(names: Iterable[str]) -> NDArray[np.int64]:
    known = {"": -1}
    return np.array([known.setdefault(name, len(known) - 1) for name in names], dtype=np.int64)
