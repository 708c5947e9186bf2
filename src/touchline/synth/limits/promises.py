"""A training is begun only where it is foreseen to stay within its limits, and the machine's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from touchline.errors import UsageError
from touchline.synth.config import SynthConfig
from touchline.synth.limits.disk import folder_bytes, free_bytes
from touchline.synth.limits.estimates import Estimate, estimate, scores_memory
from touchline.synth.limits.nearest import Kind, changed, nearest_feasible, words_between
from touchline.synth.limits.process_memory import available_memory
from touchline.synth.limits.quantities import shown_bytes, shown_seconds
from touchline.synth.limits.rehearsal import DoesNotFitError, Rehearsal, rehearse
from touchline.training.devices import choose_device

Rehearse = Callable[[SynthConfig], Rehearsal]


@dataclass(frozen=True)
class Room:
    """What a training may take: what was stated, or less where there is less.

    Attributes:
        memory, disk: bytes.
        memory_words, disk_words: what bounds them.
    """

    memory: int
    memory_words: str
    disk: int
    disk_words: str


@dataclass(frozen=True)
class Miss:
    """A limit that a training would pass: of what, which limit, and what is needed, in words."""

    kind: Kind
    limit: str
    needed: str


def require_feasible(
    config: SynthConfig,
    classes: Sequence[str],
    folder: Path,
    photo_count: int = 0,
    scoring: str = "",
) -> Estimate:
    """Refuse a training that would pass a limit, or that this machine has no room for.

    Args:
        config: of the training.
        classes: the names of its classes.
        folder: of its run, which need not be there yet; where an interrupted run lies, what that
            takes is not asked for once more.
        photo_count: as for `rehearse`.
        scoring: as for `rehearse`.

    Raises:
        UsageError: names the limit, what is needed and the nearest setting that fits, found by
            trying.
        TouchlineError: what the generator itself refuses.
    """
    room = room_for(config, folder)
    scores = scores_memory(config, photo_count)
    learning = room.memory - scores
    if learning <= 0:
        raise UsageError(
            f"more memory than the {shown_bytes(scores)} that {photo_count} photos take to score",
            room.memory_words, "Allow more, such as --memory 4GB.",
        )  # fmt: skip
    trial = _Trials(
        partial(
            rehearse, classes=classes, photo_count=photo_count, scoring=scoring, memory=learning
        ),
        room,
    )
    missed = trial.misses(config)
    if not missed:
        return trial.estimate(config)
    near = nearest_feasible(
        config,
        lambda smaller: [miss.kind for miss in trial.misses(smaller)],
        lambda smaller: trial.estimate(smaller).seconds,
    )
    raise UsageError(
        "a training within " + " and ".join(miss.limit for miss in missed),
        "one that needs " + " and ".join(miss.needed for miss in missed),
        f"The nearest setting that fits: {words_between(config, near)}" if near
        else "No smaller setting fits either: allow more.",
    )  # fmt: skip


def room_for(config: SynthConfig, folder: Path) -> Room:
    """What a training may take of this machine, and of the disk of its run's folder."""
    limits = config.limits
    memory = available_memory(choose_device(config.device))
    disk = free_bytes(folder) + folder_bytes(folder)
    memory_words = f"the {shown_bytes(memory)} of memory that are free"
    disk_words = f"the {shown_bytes(disk)} of disk that are free for {folder}"
    if limits.memory is not None and limits.memory <= memory:
        memory, memory_words = limits.memory, f"{shown_bytes(limits.memory)} of memory"
    if limits.disk is not None and limits.disk <= disk:
        disk, disk_words = limits.disk, f"{shown_bytes(limits.disk)} of disk"
    return Room(memory, memory_words, disk, disk_words)


class _Trials:
    """Rehearsals of ever smaller configurations, each network and batch size only once."""

    def __init__(self, rehearse: Rehearse, room: Room) -> None:
        self._rehearse, self._room = rehearse, room
        self._done: dict[str, Rehearsal | DoesNotFitError] = {}

    def misses(self, config: SynthConfig) -> list[Miss]:
        """The limits that this configuration would pass."""
        room, rehearsal = self._room, self._rehearsed(config)
        if isinstance(rehearsal, DoesNotFitError):
            return [Miss("memory", room.memory_words, "more")]
        need, limit, missed = estimate(config, rehearsal), config.limits.time, list[Miss]()
        if need.memory > room.memory:
            missed.append(
                Miss("memory", room.memory_words, f"{shown_bytes(need.memory)} of memory")
            )
        if need.disk > room.disk:
            missed.append(Miss("disk", room.disk_words, f"{shown_bytes(need.disk)} of disk"))
        if limit is not None and need.seconds > limit:
            missed.append(Miss("time", shown_seconds(limit), shown_seconds(need.seconds)))
        return missed

    def estimate(self, config: SynthConfig) -> Estimate:
        """What this configuration takes; only where memory was enough to find out."""
        rehearsal = self._rehearsed(config)
        if isinstance(rehearsal, DoesNotFitError):
            raise rehearsal
        return estimate(config, rehearsal)

    def _rehearsed(self, config: SynthConfig) -> Rehearsal | DoesNotFitError:
        same = {"training.images": 1, "training.keep": 1}
        key = changed(config, same).model_dump_json()
        if key not in self._done:
            try:
                self._done[key] = self._rehearse(config)
            except DoesNotFitError as error:
                self._done[key] = error
        return self._done[key]
