"""The one value that stands between a photo model and everything after it.

A model yields `LabelledPhoto`s; metrics, reports, sorting, tagging and the app read only them.
`touchline.archive.label_files` keeps them in files.
"""

from dataclasses import dataclass
from typing import Literal

from touchline.errors import UsageError

Decision = Literal["accept", "review", "unreadable"]
DECISIONS: tuple[Decision, ...] = ("accept", "review", "unreadable")


@dataclass(frozen=True)
class Label:
    """A class name and how sure the model is of it, a calibrated probability in [0, 1]."""

    name: str
    confidence: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise UsageError(
                "a confidence between 0 and 1",
                f"{self.confidence!r} for {self.name!r}",
                "Check where this label came from.",
            )


@dataclass(frozen=True)
class LabelledPhoto:
    """What the model says of one photo.

    Attributes:
        path: the photo, as the person named it (relative to the working folder, or absolute).
        sha256: hash of the file's bytes when it was read; empty when it could not be read.
        labels: the top k classes, best first; empty when the photo is unreadable.
        decision: `accept`, `review` (doubtful or out of scope) or `unreadable`.
        reason: why it is not accepted, in words; empty when accepted.
        distance: distance to the nearest photos learnt from; NaN when not measured.
        out_of_scope: the photo is unlike anything learnt.
        mirror_agrees: the mirrored photo gets the mirrored label; None when not asked.
        run: the run that labelled it.
        set_size: how many of `labels`, best first, are the photo's conformal set, one of which is
            its class nine times in ten; 0 when no set is known.
    """

    path: str
    sha256: str
    labels: tuple[Label, ...]
    decision: Decision
    reason: str = ""
    distance: float = float("nan")
    out_of_scope: bool = False
    mirror_agrees: bool | None = None
    run: str = ""
    set_size: int = 0

    def __post_init__(self) -> None:
        if self.set_size not in range(len(self.labels) + 1):
            raise UsageError(
                f"a size from 0 to {len(self.labels)} for the set of likely labels",
                f"{self.set_size!r} for {self.path!r}",
                "Check where these labels came from.",
            )

    @property
    def label(self) -> str:
        """The best class, or an empty string when there is none."""
        return self.labels[0].name if self.labels else ""

    @property
    def confidence(self) -> float:
        """The best class's confidence, or 0 when there is none."""
        return self.labels[0].confidence if self.labels else 0.0
