"""What is to be said of every step of a clip: classes, offset to the event, acting team.

All of it are shares and weights rather than indices, so that clips can be mixed, and so that what
is not known (a team, the classes of another label set) simply weighs nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.video.grid import exact_rate, frame_of
from touchline.spotting.events import Event

SIDES = ("left", "right")
_SIDED = re.compile(r"(?<![a-z])(?:left|right)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Targets:
    """Targets of one clip, or of a batch of clips with one more axis in front.

    Attributes:
        classes: `(time, 1 + classes)` shares, column 0 the background; a row sums to 1, or to 0
            where another label set was annotated.
        offset: `(time,)` steps from the step to its event, with parts of a step; 0 far from any.
        near: `(time,)` weights of `offset`: 1 within the radius of an event, else 0.
        team: `(time, 2)` shares of the left and the right team, summing to 0 where unknown.
        second: as `classes`, for a second label set; None without one.
    """

    classes: Tensor
    offset: Tensor
    near: Tensor
    team: Tensor
    second: Tensor | None = None

    @staticmethod
    def stack(clips: "Sequence[Targets]") -> "Targets":
        """Clips of one length as a batch."""
        columns = zip(*(clip._values() for clip in clips), strict=True)
        return Targets(*(torch.stack(column) for column in columns))

    def take(self, rows: Tensor) -> "Targets":
        """Some clips of a batch."""
        return Targets(*(value[rows] for value in self._values()))

    def to(self, device: torch.device) -> "Targets":
        """The same on another device."""
        return Targets(*(value.to(device) for value in self._values()))

    def _values(self) -> list[Tensor]:
        everything = (self.classes, self.offset, self.near, self.team, self.second)
        return [value for value in everything if value is not None]


@dataclass(frozen=True)
class _Moment:
    """Everything that happens at one step.

    Attributes:
        step: counted from the start of the video.
        position: the same with parts of a step, on average over what happens.
        classes: places of its labels in their label set, each once.
        sides: the acting teams that are known.
    """

    step: int
    position: float
    classes: tuple[int, ...]
    sides: tuple[str, ...]


def clip_targets(
    events: Sequence[Event], first_step: int, steps: int, rate: float,
    label_sets: Sequence[Sequence[str]], own: int, dilation: int, radius: int,
) -> Targets:  # fmt: skip
    """Targets of the clip of `steps` steps from `first_step` on.

    A step takes everything from the nearest moment at which something happens, of two as near
    from the earlier one. Different classes at one moment share its mass alike.

    Args:
        events: of the clip's video; those with labels outside their set count as background.
        first_step: counted from the start of the video; may be negative.
        steps: the length of the clip.
        rate: steps a second.
        label_sets: the classes of the set that is spotted and, in joint training, of the second.
        own: which of them the events are labelled by, 0 or 1.
        dilation: steps before and after an event that are labelled with it too.
        radius: steps before and after an event that learn their offset to it.
    """
    reach = max(dilation, radius) + 1
    earliest, latest = (first_step - reach) / rate, (first_step + steps + reach) / rate
    around = [event for event in events if earliest <= event.seconds <= latest]
    moments = list(_moments(around, rate, label_sets[own]))
    shares = [torch.zeros(steps, 1 + len(labels)) for labels in label_sets]
    shares[own][:, 0] = 1.0
    offset, near, team = torch.zeros(steps), torch.zeros(steps), torch.zeros(steps, len(SIDES))
    for row, step in enumerate(range(first_step, first_step + steps) if moments else ()):
        # `min` takes the first of equals, which is the earlier one.
        moment = min(moments, key=lambda moment: abs(moment.step - step))
        distance = abs(moment.step - step)
        if distance <= radius:
            offset[row], near[row] = moment.position - step, 1.0
        if distance <= dilation:
            shares[own][row, 0] = 0.0
            shares[own][row, [1 + place for place in moment.classes]] = 1 / len(moment.classes)
            for side in moment.sides:
                team[row, SIDES.index(side)] += 1 / len(moment.sides)
    return Targets(shares[0], offset, near, team, *shares[1:])


def mirrored_order(classes: Sequence[str]) -> list[int]:
    """For each class the place of what it is called in a mirror; most classes are their own.

    Classes with the word left or right in them, as `PASS-left`, swap with the class that has the
    other word.

    Raises:
        UsageError: when such a class has no partner: nothing can then be mirrored.

    >>> mirrored_order(["PASS-left", "PASS-right", "GOAL"])
    [1, 0, 2]
    """
    order = []
    for name in classes:
        partner = _SIDED.sub(lambda found: _other_side(found[0]), name)
        if partner not in classes:
            raise UsageError(
                f"the class {partner!r}, which {name!r} is in a mirror", "no such class",
                "Set augment.mirror=false, or annotate both sides.",
            )  # fmt: skip
        order.append(classes.index(partner))
    return order


def mirror_targets(targets: Targets, orders: Sequence[Sequence[int]]) -> Targets:
    """Targets of the mirrored clip: left teams and classes are right ones. Also for a batch.

    Args:
        targets: of a clip or a batch.
        orders: for each label set what `mirrored_order` says of its classes.
    """
    second = targets.second
    if second is not None:
        second = second[..., _behind_background(orders[1])]
    return replace(
        targets, team=targets.team.flip(-1),
        classes=targets.classes[..., _behind_background(orders[0])], second=second,
    )  # fmt: skip


def mix_targets(targets: Targets, share: float, partner: Tensor) -> Targets:
    """Mixup (https://arxiv.org/abs/1710.09412) of a batch: `share` of each clip, the rest partner.

    Shares and weights are mixed as they are. The offset is the mean of both by the weight that
    each then has; its weighted squared error has the same gradient as those of both offsets.

    Args:
        targets: of a batch.
        share: of each clip itself, in [0, 1]; the share that its frames are mixed by.
        partner: `(batch,)` places of the clips mixed in.
    """
    other = targets.take(partner)

    def mixed(own: Tensor, theirs: Tensor) -> Tensor:
        return share * own + (1.0 - share) * theirs

    near = mixed(targets.near, other.near)
    weighted = mixed(targets.near * targets.offset, other.near * other.offset)
    second = None
    if targets.second is not None and other.second is not None:
        second = mixed(targets.second, other.second)
    return Targets(
        classes=mixed(targets.classes, other.classes),
        offset=torch.where(near > 0, weighted / near, 0.0),
        near=near,
        team=mixed(targets.team, other.team),
        second=second,
    )


def _behind_background(order: Sequence[int]) -> list[int]:
    return [0, *(1 + place for place in order)]


def _other_side(word: str) -> str:
    other = SIDES[1 - SIDES.index(word.lower())]
    return other.upper() if word.isupper() else other.title() if word.istitle() else other


def _moments(events: Sequence[Event], rate: float, classes: Sequence[str]) -> Iterator[_Moment]:
    """In order of time."""
    places = {label: place for place, label in enumerate(classes)}
    known = [event for event in events if event.label in places]

    def step_of(event: Event) -> int:
        return frame_of(event.seconds, rate)

    for step, group in groupby(sorted(known, key=step_of), key=step_of):
        together = list(group)
        yield _Moment(
            step,
            float(exact_rate(rate)) * sum(event.seconds for event in together) / len(together),
            tuple(sorted({places[event.label] for event in together})),
            tuple(event.team for event in together if event.team),
        )
