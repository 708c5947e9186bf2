"""The answer in words: helps, hurts, or cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from touchline.reporting.confidence import Score
from touchline.reporting.tables import format_interval, format_value
from touchline.synth.study.differences import smallest_seen

HELPS, HURTS, UNTOLD = "helps", "hurts", "cannot be told"
NOTHING_SEEN = 0.5
"""Half the width of an interval that no synthetic photos would leave."""


@dataclass(frozen=True)
class Contrast:
    """One arm against another on the same real photos.

    Attributes:
        ratio: photos added for each real one.
        difference: in accuracy, first minus second; its interval holds together with those of the
            other ratios.
        ahead: in how many rounds the first is more accurate.
        rounds: of how many.
    """

    ratio: float
    difference: Score
    ahead: int
    rounds: int

    @property
    def verdict(self) -> str:
        """Whether the interval excludes 0, and on which side.

        >>> Contrast(1, Score(0.03, 100, 0.01, 0.05, "points"), 5, 5).verdict
        'helps'
        """
        if self.difference.low > 0:
            return HELPS
        return HURTS if self.difference.high < 0 else UNTOLD

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `smallest_seen` is null where there is no interval."""
        half = smallest_seen(self.difference)
        return {
            "ratio": self.ratio, "difference": self.difference.as_dict(), "verdict": self.verdict,
            "ahead": self.ahead, "rounds": self.rounds,
            "smallest_seen": None if half != half else half,
        }  # fmt: skip


def verdict_over(contrasts: Sequence[Contrast]) -> str:
    """One word for all ratios: `helps` or `hurts` where one does and none does the other."""
    found = {each.verdict for each in contrasts} - {UNTOLD}
    return found.pop() if len(found) == 1 else "depends on how many" if found else UNTOLD


def headline(helps: Sequence[Contrast], beats: Sequence[Contrast]) -> str:
    """The answer in one or two sentences.

    Args:
        helps: synthetic photos against none, a contrast a ratio.
        beats: synthetic photos against as many randomly changed real ones, in the same order.
    """
    told = [each for each in helps if each.verdict != UNTOLD]
    if not told:
        return _untold(helps)
    if verdict_over(helps) not in (HELPS, HURTS):
        parts = ", ".join(f"at {each.ratio:g} it {each.verdict}" for each in told)
        return f"It depends on how many synthetic photos there are for each real one: {parts}."
    # The surest ratio may be named: the intervals of all of them hold at once.
    best = max(told, key=lambda each: max(each.difference.low, -each.difference.high))
    verb = "help" if best.verdict == HELPS else "hurt"
    said = f"Synthetic photos {verb}: with {best.ratio:g} for each real one, {_shown(best)}."
    return f"{said} {_beside(beats[list(helps).index(best)])}"


def _untold(helps: Sequence[Contrast]) -> str:
    nearest = max(helps, key=lambda each: each.difference.value)
    half = max(smallest_seen(each.difference) for each in helps)
    seen = f"A difference of {100 * half:.1f} points or more would have been seen at any ratio."
    if half != half:
        seen = "The photos that score are too much alike to give an interval."
    elif half >= NOTHING_SEEN:
        seen = "Hardly any difference would have been seen: it takes more rounds, or more photos."
    return (
        f"Whether synthetic photos help cannot be told. The best ratio is {nearest.ratio:g}: "
        f"{_shown(nearest)}. {seen}"
    )


def _beside(beats: Contrast) -> str:
    words = {
        HELPS: "That is more than as many randomly changed real photos do",
        HURTS: "As many randomly changed real photos do better",
        UNTOLD: "Whether that is more than as many randomly changed real photos do cannot be told",
    }
    return f"{words[beats.verdict]} ({format_value(beats.difference)} " + (
        f"{format_interval(beats.difference)})."
    )


def _shown(contrast: Contrast) -> str:
    return (
        f"{format_value(contrast.difference)} {format_interval(contrast.difference)} in accuracy "
        "on real photos"
    )
