"""What learning on has changed: labels before and after, doubts, and accuracy where it is known."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from touchline.photos.compare import Comparison, ScoredRun, compare
from touchline.photos.relearning.opinions import Opinion
from touchline.photos.relearning.untouched import UntouchedPhoto
from touchline.reporting.confidence import Score, share, wilson

COLUMNS = (
    "path", "sha256", "before", "confidence_before", "doubtful_before",
    "after", "confidence_after", "doubtful_after", "truth",
)  # fmt: skip


@dataclass(frozen=True)
class BeforeAfter:
    """An untouched photo and what the run said of it before and after learning on."""

    photo: UntouchedPhoto
    before: Opinion
    after: Opinion

    @property
    def is_changed(self) -> bool:
        """Whether the label is another."""
        return self.before.label != self.after.label


@dataclass(frozen=True)
class Changes:
    """All untouched photos, before and after."""

    photos: tuple[BeforeAfter, ...]

    @property
    def relabelled(self) -> tuple[BeforeAfter, ...]:
        """The photos whose label is another, the surest new labels first."""
        changed = (each for each in self.photos if each.is_changed)
        return tuple(sorted(changed, key=lambda each: (-each.after.confidence, each.photo.path)))

    @property
    def doubtful_before(self) -> int:
        """How many photos were doubtful."""
        return sum(each.before.is_doubtful for each in self.photos)

    @property
    def no_longer_doubtful(self) -> int:
        """How many photos have left the doubtful."""
        return sum(each.before.is_doubtful and not each.after.is_doubtful for each in self.photos)

    @property
    def newly_doubtful(self) -> int:
        """How many photos have joined the doubtful."""
        return sum(each.after.is_doubtful and not each.before.is_doubtful for each in self.photos)

    @property
    def kinds(self) -> Counter[tuple[str, str]]:
        """How many photos went from which label to which."""
        return Counter((each.before.label, each.after.label) for each in self.relabelled)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the counts."""
        return {
            "untouched": len(self.photos), "relabelled": len(self.relabelled),
            "doubtful_before": self.doubtful_before,
            "no_longer_doubtful": self.no_longer_doubtful, "newly_doubtful": self.newly_doubtful,
        }  # fmt: skip

    def as_csv(self) -> str:
        """A row for each photo under `COLUMNS`; the truth is empty where it is not known."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in self.photos:
            said = [
                cell
                for opinion in (each.before, each.after)
                for cell in (opinion.label, f"{opinion.confidence:.6f}", opinion.is_doubtful)
            ]
            writer.writerow((each.photo.path, each.photo.sha256, *said, each.photo.truth))
        return stream.getvalue()


@dataclass(frozen=True)
class AccuracyChange:
    """The accuracy on untouched photos of known class.

    Attributes:
        before, after: shares of right labels.
        comparison: after against before, photo by photo.
        majority: accuracy of always answering the most frequent class of these photos.
    """

    before: Score
    after: Score
    comparison: Comparison
    majority: Score

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "before": self.before.as_dict(), "after": self.after.as_dict(),
            "comparison": self.comparison.as_dict(), "majority": self.majority.as_dict(),
        }  # fmt: skip


def accuracy_change(photos: Sequence[BeforeAfter], seed: int = 0) -> AccuracyChange | None:
    """Score before and after on the photos of known class; None where there are none.

    Args:
        photos: those of unknown class are passed over.
        seed: of the bootstrap, which draws whole groups.
    """
    known = [each for each in photos if each.photo.truth]
    if not known:
        return None
    names = [str(each.photo.path) for each in known]
    truth = [each.photo.truth for each in known]
    groups = {name: each.photo.group for name, each in zip(names, known, strict=True)}
    before = ScoredRun("before", names, truth, [each.before.label for each in known])
    after = ScoredRun("after", names, truth, [each.after.label for each in known])
    keys = list(groups.values())
    return AccuracyChange(
        share(before.correct_on(names), groups=keys, seed=seed),
        share(after.correct_on(names), groups=keys, seed=seed),
        compare(after, before, groups=groups, seed=seed),
        wilson(max(Counter(truth).values()), len(truth)),
    )
