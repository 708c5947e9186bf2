"""What is read off the features of each step: classes, offset to the event, team."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from touchline.spotting.networks.relative_offset import RelativeOffset
from touchline.spotting.targets import SIDES

OffsetKind = Literal["none", "displacement", "relative"]


@dataclass(frozen=True)
class Outputs:
    """What a spotter says about each step of a batch of sequences.

    Attributes:
        classes: logits `(batch, time, 1 + classes)` for a softmax; column 0 is the background.
        offset: `(batch, time)` steps from the step to its event, positive when that is later;
            None without an offset head.
        team: logits `(batch, time, 2)` for a softmax over left and right; None where no team is
            learnt.
        second: as `classes`, for a second label set; None without one.
    """

    classes: Tensor
    offset: Tensor | None = None
    team: Tensor | None = None
    second: Tensor | None = None


class SpottingHead(nn.Module):
    """Linear layers on the features of each step.

    Args:
        features: of a row of the input.
        classes: how many, without the background.
        offset: how the offset is read off, if at all: by regression (T-DEED's displacement) or as
            an expectation (`RelativeOffset`).
        radius: the largest relative offset, in steps.
        team: whether the team's side is read off.
        second_classes: how many classes a second label set has; 0 for none.

    Attributes:
        reach: how much further than the features the outputs see, in steps.
    """

    def __init__(
        self,
        features: int,
        classes: int,
        offset: OffsetKind,
        radius: int,
        team: bool = False,
        second_classes: int = 0,
    ) -> None:
        super().__init__()
        self.reach = radius if offset == "relative" else 0
        self.classes = nn.Linear(features, 1 + classes)
        self.offset = _offset_head(features, offset, radius)
        self.team = nn.Linear(features, len(SIDES)) if team else None
        self.second = nn.Linear(features, 1 + second_classes) if second_classes else None

    def forward(self, rows: Tensor) -> Outputs:
        """Read off `(batch, time, features)`."""
        return Outputs(
            classes=self.classes(rows),
            offset=None if self.offset is None else self.offset(rows),
            team=None if self.team is None else self.team(rows),
            second=None if self.second is None else self.second(rows),
        )


def _offset_head(features: int, offset: OffsetKind, radius: int) -> nn.Module | None:
    match offset:
        case "none":
            return None
        case "displacement":
            return nn.Sequential(nn.Linear(features, 1), nn.Flatten(-2))
        case "relative":
            return RelativeOffset(features, radius)
