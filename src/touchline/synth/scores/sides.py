"""Whether photos show the class they are to show, and the right side of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchline.photos.class_scores import confusion_matrix
from touchline.photos.metrics import left_right_confusion
from touchline.photos.mirror import MirrorMap
from touchline.reporting.confidence import Score, share


@dataclass(frozen=True)
class ClassVerdict:
    """How the photos of one class were judged.

    Attributes:
        name: the class.
        right: share judged as this class; its n is how many photos there are.
        mirrored: share judged as the class it becomes in a mirror; None where it has no side.
    """

    name: str
    right: Score
    mirrored: Score | None


@dataclass(frozen=True)
class Verdict:
    """How photos of stated classes were judged.

    Attributes:
        right: share whose judged class is the stated one.
        mirrored: of the photos of classes with a left and a right, the share judged as the mirror
            class; None where no class has a partner.
        side: of the same photos, the share whose class outranks its mirror class, whatever else
            they are taken for; 50 % is what guessing gives.
        classes: one entry a class, in order.
        judged: `(n,)` places of the judged classes.
    """

    right: Score
    mirrored: Score | None
    side: Score | None
    classes: tuple[ClassVerdict, ...]
    judged: np.ndarray

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without the single photos; what concerns sides is null where there are none."""
        return {
            "right": self.right.as_dict(),
            "mirrored": self.mirrored.as_dict() if self.mirrored else None,
            "side": self.side.as_dict() if self.side else None,
            "classes": {
                each.name: {
                    "right": each.right.as_dict(),
                    "mirrored": each.mirrored.as_dict() if each.mirrored else None,
                }
                for each in self.classes
            },
        }


def verdict_of(
    logits: np.ndarray, labels: np.ndarray, mirror: MirrorMap, groups: Sequence[Any] | None = None
) -> Verdict:
    """Compare judgements with the classes that photos are to show.

    Args:
        logits: `(n, classes)`; of equal ones the first class is judged.
        labels: `(n,)` places of the stated classes.
        mirror: the classes and what each is called in a mirror.
        groups: `(n,)` keys of photos that belong together, for the interval of the overall share.

    >>> mirror = MirrorMap(("kick-l", "kick-r"), (1, 0))
    >>> verdict = verdict_of(np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([0, 1]), mirror)
    >>> verdict.right.value, verdict.mirrored.value, verdict.side.value
    (0.5, 0.5, 0.5)
    """
    count, partner = len(mirror.classes), np.array(mirror.partner)
    judged = logits.argmax(axis=1) if len(labels) else np.empty(0, np.intp)
    right, swapped = judged == labels, judged == partner[labels]
    return Verdict(
        right=share(right, groups=groups),
        mirrored=_mirrored(judged, labels, partner, count) if mirror.pairs else None,
        side=_side(logits, labels, partner) if mirror.pairs else None,
        classes=tuple(
            ClassVerdict(
                name, share(right[labels == place]),
                share(swapped[labels == place]) if partner[place] != place else None,
            )
            for place, name in enumerate(mirror.classes)
        ),
        judged=judged,
    )  # fmt: skip


def _mirrored(judged: np.ndarray, labels: np.ndarray, partner: np.ndarray, count: int) -> Score:
    return left_right_confusion(confusion_matrix(labels, judged, count), partner)


def _side(logits: np.ndarray, labels: np.ndarray, partner: np.ndarray) -> Score:
    rows = np.flatnonzero(partner[labels] != labels)
    own = logits[rows, labels[rows]]
    return share(own > logits[rows, partner[labels[rows]]])
