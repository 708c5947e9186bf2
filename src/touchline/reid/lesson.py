"""What a training learns from, is chosen by and is scored on."""

from dataclasses import dataclass

from touchline.errors import UsageError
from touchline.faults import Fault, first_of
from touchline.reid.config import ReidConfig
from touchline.reid.crops import NOBODY, Crop, Gallery
from touchline.reid.holding_out import hold_out
from touchline.reid.reading.checks import unscorable
from touchline.reid.reading.reading import read_crops


@dataclass(frozen=True)
class Lesson:
    """The crops of a training.

    Attributes:
        train: named crops to learn from.
        valid: chooses the epoch and teaches confidences.
        test: scores once; None where there is no named test split.
        held_out: whether `valid` was set aside from the training crops.
        faults: what was broken.
    """

    train: tuple[Crop, ...]
    valid: Gallery
    test: Gallery | None
    held_out: bool
    faults: tuple[Fault, ...]

    @property
    def has_actions(self) -> bool:
        """Whether identities compare only inside their action."""
        return any(crop.action for crop in self.train)

    @property
    def people(self) -> int:
        """How many identities are learnt from."""
        return len({crop.identity for crop in self.train})

    @property
    def splits(self) -> dict[str, Gallery]:
        """What is scored, by the name of its split."""
        return {"valid": self.valid} | ({"test": self.test} if self.test else {})

    def describe(self) -> str:
        """For a terminal."""
        origin = " (set aside from train)" if self.held_out else ""
        return "\n".join([
            f"train: {len(self.train)} crops of {self.people} identities",
            f"valid: {self.valid.describe()}{origin}",
            f"test: {self.test.describe() if self.test else 'none'}",
        ])  # fmt: skip


def gather_lesson(config: ReidConfig, *, learning: bool = True) -> Lesson:
    """Read the data of a configuration; without a valid split, some of train is set aside for it.

    Args:
        config: names the data.
        learning: whether anything is to be learnt; else data with a valid split needs no train.

    Raises:
        UsageError: when there is nothing to learn from or to choose by, or no query of a named
            split can be scored.
    """
    found = read_crops(config.data)
    train = tuple(crop for crop in found.train if crop.identity != NOBODY)
    valid = found.galleries.get("valid")
    held_out = valid is None or not valid.named
    if not train and (learning or held_out):
        raise UsageError(
            "named crops to learn from", f"none in {config.data}{first_of(found.faults)}",
            "Give a data set with a train split, or a CSV of path,identity.",
        )  # fmt: skip
    if valid is None or not valid.named:
        train, valid = hold_out(train, config.seed)
    test = found.galleries.get("test")
    named = test if test is not None and test.named else None
    lesson = Lesson(train, valid, named, held_out, found.faults)
    for name, gallery in lesson.splits.items():
        _require_scorable(name, gallery)
    return lesson


def _require_scorable(name: str, gallery: Gallery) -> None:
    """Refuse before the training what would be refused after it.

    Raises:
        UsageError: no query of the split can be scored.
    """
    reasons = [reason for _, reason in unscorable(gallery)]
    if len(reasons) == len(gallery.queries):
        raise UsageError(
            f"at least one query of the split {name} that can be scored",
            f"none of {len(reasons)} (the first: {reasons[0]})", "Mend the split, or take it away.",
        )  # fmt: skip
