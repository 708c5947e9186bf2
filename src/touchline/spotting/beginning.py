"""What a training of a spotter begins with: the footage, and a network that has learnt nothing."""

from dataclasses import dataclass, replace

from touchline.errors import UsageError
from touchline.media.video.proxies import is_up_to_date, proxy_path
from touchline.reporting.progress import say
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import Footage, FootageSet, gather_footage
from touchline.spotting.learning import Lesson
from touchline.spotting.model import transfer_weights
from touchline.spotting.networks.spotter import Spotter, build_spotter
from touchline.spotting.preparing import proxy_settings
from touchline.spotting.sample import open_spotting_run
from touchline.spotting.targets import mirrored_order


@dataclass(frozen=True)
class Gathered:
    """The footage of a training.

    Attributes:
        own: learnt from, chosen by and tested on.
        joint: of a second label set, where there is one; only learnt from.
    """

    own: FootageSet
    joint: FootageSet | None


@dataclass(frozen=True)
class Beginning:
    """A training about to begin.

    Attributes:
        network: with random or transferred weights.
        lesson: what it will learn from.
        second: the labels of the second label set, if any.
        team: whether it will learn the acting team's side.
        not_transferred: names of weights that the run begun from could not give.
    """

    network: Spotter
    lesson: Lesson
    second: tuple[str, ...]
    team: bool
    not_transferred: tuple[str, ...]


def gather(config: SpottingConfig) -> Gathered:
    """Read the data of a configuration.

    Raises:
        UsageError: there is nothing to learn from or to choose by, or what is validated or tested
            on is in the second label set too.
    """
    own = gather_footage(config.data, config.seed, config.frames.height)
    if config.joint is None:
        return Gathered(own, None)
    other = gather_footage(config.joint, config.seed, config.frames.height)
    shared = {p.video for p in other.train} & {p.video for p in (*own.valid, *own.test)}
    if shared:
        raise UsageError(
            "a joint set that holds no validation or test match of the data",
            f"{len(shared)} of them, e.g. {min(shared)}", "Take them out of the joint set.",
        )  # fmt: skip
    return Gathered(own, other)


def begin(config: SpottingConfig, gathered: Gathered) -> Beginning:
    """Build the network, and read training footage from small copies where there are any.

    Raises:
        UsageError: the settings do not fit the data, or there is no such run to begin from.
    """
    own = gathered.own
    lesson = _lesson(config, gathered)
    if config.augment.mirror:
        for classes in lesson.classes:
            mirrored_order(classes)  # refuses what cannot be mirrored before anything is written
    second = lesson.classes[1] if len(lesson.classes) > 1 else ()
    team = config.head.team == "auto" and own.has_teams
    network = build_spotter(config, own.classes, team, second)
    kept = list[str]()
    if config.transfer:
        kept = transfer_weights(network, open_spotting_run(str(config.transfer)))
    return Beginning(network, lesson, second, team, tuple(kept))


def _lesson(config: SpottingConfig, gathered: Gathered) -> Lesson:
    """The footage to learn from, with a second label set behind it where there is one."""
    own, other = gathered.own, gathered.joint
    if other is None:
        train = _read_from_proxies(own.train, config)
        return Lesson(train, own.valid, (own.classes,), (0,) * len(train))
    train = _read_from_proxies((*own.train, *other.train), config)
    sets = (0,) * len(own.train) + (1,) * len(other.train)
    return Lesson(train, own.valid, (own.classes, other.classes), sets)


def _read_from_proxies(footage: tuple[Footage, ...], config: SpottingConfig) -> tuple[Footage, ...]:
    """The footage with each video's small copy in its place, where there is one up to date."""
    if config.proxies is None:
        return footage
    frames = config.frames
    settings = proxy_settings(frames)
    found = []
    for piece in footage:
        copy = proxy_path(piece.video, config.proxies)
        there = is_up_to_date(piece.video, copy, settings)
        if not there:
            say(f"no copy of {piece.video} that is up to date in {config.proxies}; reading itself")
        found.append(replace(piece, video=copy) if there else piece)
    return tuple(found)
