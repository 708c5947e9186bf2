"""How a study was done and what its intervals cover, in sentences that fit it."""

from touchline.synth.study.config import StudyConfig
from touchline.synth.study.outcome import Outcome


def how_it_was_done(config: StudyConfig, outcome: Outcome) -> tuple[str, ...]:
    """What all classifiers of a round have in common, and what alone differs."""
    augmented = (
        "changed once by the classifier's own augmentation"
        if config.classifier.recipe == "probe"
        else "shown so much more often, changed anew each time by the classifier's own augmentation"
    )
    return (
        f"In each of {outcome.rounds} rounds a {config.generator} generator learnt from that "
        "round's real training photos and from nothing else; its best snapshot was chosen by those "
        "photos too. It made its photos once, in their class mix, and a smaller ratio takes the "
        "first of them. No photo that scores, nor a copy or a shot of the same burst, was ever "
        "shown to it: the program refuses such a generator.",
        f"All classifiers of a round ({config.classifier.recipe} on "
        f"{config.classifier.backbone.name}) learn from the same real photos with the same seed "
        "and settings, chosen on real photos alone; mirroring swaps left and right labels in all "
        "of them. Only what is added differs. All answer the same real photos.",
        f"Augmentation alone adds as many photos of the same classes: real ones, {augmented}.",
        *((
            "Copies are the real photos once more, at the size and framing of the synthetic ones: "
            "what a generator would make that knows its photos by heart.",
        ) if outcome.copies else ()),
    )  # fmt: skip


def what_it_covers(config: StudyConfig, outcome: Outcome) -> tuple[str, ...]:
    """What the study's intervals are intervals for."""
    count = len(outcome.helps)
    together = (
        f"The intervals of the {count} ratios of one comparison hold together with 95 % "
        "(Bonferroni), so the best of them may be picked. Accuracies and classes have each an "
        "interval by itself."
        if count > 1 else "Intervals are of 95 %."
    )  # fmt: skip
    seen = (
        "Differences are paired, photo by photo. \u201cSeen from\u201d is half the width of the "
        "interval: a difference as small as that is not told from chance."
    )
    if outcome.rounds == 1:
        return (
            "There was one round, so the intervals are for other real photos only, groups of "
            "photos kept together. Another generator, or other training photos, may come to "
            "another answer: that is not covered. More rounds are.",
            seen, together,
        )  # fmt: skip
    few = (
        " With fewer than five rounds little is known of how much these differ, and the intervals "
        "are wide for it."
        if outcome.rounds < 5 else ""
    )  # fmt: skip
    overlap = (
        "The rounds draw from one collection and share photos."
        if config.shots is not None else
        "The rounds share most of their training photos, and each photo scores in one of them."
    )  # fmt: skip
    return (
        "The intervals are for other rounds (training photos, generator and synthetic photos, all "
        "drawn anew in each) and for other real photos, groups of photos kept together: variances "
        f"are clustered both ways.{few} {overlap} They say nothing of other data, generators of "
        "another kind, or other settings.",
        seen, together,
    )  # fmt: skip
