"""The videos of matches as learning and scoring see them: one piece of footage a half."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from touchline.errors import UsageError
from touchline.faults import Fault, first_of
from touchline.media.video.facts import count_frames, probe
from touchline.spotting.annotations.lengths import within_videos
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.events import Event
from touchline.spotting.matches import Match, SplitName

SHARE_HELD_OUT = 0.2
"""Of matches without splits, the share that validates, and as much again that tests."""


@dataclass(frozen=True)
class Footage:
    """One video and what happens in it.

    Attributes:
        match: the name of its match.
        half: 1 or 2; 1 where one video holds the match.
        video: the file.
        events: those of this half, in order of time.
        seconds: its length, as the file claims.
    """

    match: str
    half: int
    video: Path
    events: tuple[Event, ...]
    seconds: float

    def steps(self, rate: float) -> int:
        """Its length in frames as shown, at `rate` a second; at least 1."""
        return max(1, math.ceil(self.seconds * rate))


@dataclass(frozen=True)
class FootageSet:
    """All footage of a data set, by split.

    Attributes:
        train: learnt from.
        valid: chooses the epoch and how peaks are picked.
        test: scores once; empty where too few matches were given.
        classes: the labels, in order.
        has_teams: whether the training events name the acting team's side.
        faults: what was broken.
    """

    train: tuple[Footage, ...]
    valid: tuple[Footage, ...]
    test: tuple[Footage, ...]
    classes: tuple[str, ...]
    has_teams: bool
    faults: tuple[Fault, ...]

    @property
    def splits(self) -> dict[str, tuple[Footage, ...]]:
        """The footage by the name of its split."""
        return {"train": self.train, "valid": self.valid, "test": self.test}

    @property
    def matches(self) -> dict[str, list[str]]:
        """The names of the matches of each split, sorted."""
        return {
            name: sorted({piece.match for piece in pieces}) for name, pieces in self.splits.items()
        }

    def describe(self) -> str:
        """For a terminal."""
        parts = [
            f"{name}: {len(pieces)} videos, {sum(len(p.events) for p in pieces)} events, "
            f"{sum(p.seconds for p in pieces) / 60:.1f} min"
            for name, pieces in self.splits.items()
        ]
        return "\n".join([*parts, f"{len(self.classes)} classes: {', '.join(self.classes)}"])


@dataclass(frozen=True)
class LabelledFootage:
    """Every annotated video of a data set, whatever its split.

    Attributes:
        footage: in the order of the matches.
        splits: the split of each.
        classes: the labels, in order.
        faults: what was broken.
    """

    footage: tuple[Footage, ...]
    splits: tuple[SplitName, ...]
    classes: tuple[str, ...]
    faults: tuple[Fault, ...]


def labelled_footage(data: Path, height: int, seed: int | None = None) -> LabelledFootage:
    """Read a labelled data set and open every video once to learn its length.

    Args:
        data: annotated matches in any known layout.
        height: of videos in several resolutions the one nearest to so many lines is taken.
        seed: where no match has a split, deal splits by it; None leaves them empty.

    Raises:
        UsageError: when there are no annotated matches.
    """
    found = read_matches(data, height=height)
    labelled = [match for match in found.matches if match.labelled and match.videos]
    if seed is not None and not any(match.split for match in labelled):
        labelled = _dealt(labelled, seed)
    footage, splits, faults = list[Footage](), list[SplitName](), list(found.faults)
    for match in labelled:
        pieces, broken = footage_of(match)
        footage += pieces
        splits += [match.split] * len(pieces)
        faults += broken
    return LabelledFootage(tuple(footage), tuple(splits), found.classes, tuple(faults))


def gather_footage(data: Path, seed: int, height: int) -> FootageSet:
    """A labelled data set as train, valid and test.

    Of videos in several resolutions the one nearest to `height` lines is taken. Matches without
    splits are dealt by `seed`: one in five validates and one in five tests, at least one each; of
    two matches one validates and none tests.

    Raises:
        UsageError: when there is nothing to learn from, or nothing to validate with.
    """
    found = labelled_footage(data, height, seed)
    pairs = list(zip(found.splits, found.footage, strict=True))
    train, valid, test = (
        tuple(piece for split, piece in pairs if split == name)
        for name in ("train", "valid", "test")
    )
    for pieces, purpose in ((train, "learn from"), (valid, "choose the epoch by")):
        if not pieces:
            raise UsageError(
                f"annotated matches with video to {purpose}",
                f"{len(train)} to learn from and {len(valid)} to choose by in {data}"
                + first_of(found.faults),
                "Give at least two matches, or a train.json and a valid.json that name them.",
            )  # fmt: skip
    if not any(piece.events for piece in train) or not any(piece.events for piece in valid):
        raise UsageError(
            "events to learn from and to choose the epoch by",
            f"{sum(len(p.events) for p in train)} in train and "
            f"{sum(len(p.events) for p in valid)} in valid of {data}",
            "Annotate matches of both splits.",
        )  # fmt: skip
    teams = any(event.team for piece in train for event in piece.events)
    return FootageSet(train, valid, test, found.classes, teams, found.faults)


def footage_of(match: Match) -> tuple[list[Footage], list[Fault]]:
    """The pieces of a match whose video can be opened, and what is broken about the others."""
    lengths, faults = list[float](), list[Fault]()
    for video in match.videos:
        try:
            lengths.append(length_of(video))
        except UsageError as error:
            faults.append(Fault(video, "", f"left out: {error.found}"))
            lengths.append(math.inf)
    inside, late = within_videos(match, lengths)
    halves = enumerate(zip(match.videos, lengths, strict=True), start=1)
    pieces = [
        Footage(match.name, half, video, inside.events_of_half(half), seconds)
        for half, (video, seconds) in halves
        if seconds < math.inf
    ]
    return pieces, [*faults, *late]


def length_of(video: Path) -> float:
    """How long a video claims to be, in seconds; one that does not say is read to its end.

    Raises:
        UsageError: it is no video, or nothing of it can be shown.
    """
    facts = probe(video)
    return facts.seconds if facts.seconds is not None else count_frames(video) / facts.rate


def _dealt(matches: Sequence[Match], seed: int) -> list[Match]:
    """The matches, each in a split."""
    order = np.random.default_rng(seed).permutation(len(matches))
    share = max(1, round(SHARE_HELD_OUT * len(matches))) if len(matches) > 1 else 0
    tested = share if len(matches) > 2 else 0
    names: list[SplitName] = ["train"] * len(matches)
    for place in order[:share]:
        names[place] = "valid"
    for place in order[share : share + tested]:
        names[place] = "test"
    return [replace(match, split=name) for match, name in zip(matches, names, strict=True)]
