"""The classifiers of a round: one an arm, each with what that arm adds to the same real photos."""

from collections.abc import Sequence
from dataclasses import replace
from shutil import rmtree

from touchline.photos.study import LearnOnly
from touchline.synth.lesson import stacked
from touchline.synth.study.additions import changed_photos, small_copies, synthetic_photos
from touchline.synth.study.answers import answer, keep_answers
from touchline.synth.study.arms import Arm
from touchline.synth.study.round_work import RoundWork
from touchline.training.tracking.tracker import Within


def answer_arms(work: RoundWork, arms: Sequence[Arm], made: LearnOnly) -> None:
    """Teach the classifiers whose answers are not there yet, and keep their answers.

    Args:
        work: the round.
        arms: of the study.
        made: the synthetic photos of the round.
    """
    for arm in arms:
        path = work.answers(arm)
        if path.is_file():
            continue
        tracker = Within(work.tracker, arm.name) if work.tracker else None
        taught = replace(work.study, extra=_added(work, arm, made), tracker=tracker)
        train, test = work.round.train, work.round.test
        keep_answers(
            answer(taught, work.round.number, arm, train, test, work.classifier(arm)), path
        )
    rmtree(work.changed, ignore_errors=True)  # quickly made again, and may be many


def _added(work: RoundWork, arm: Arm, made: LearnOnly) -> LearnOnly:
    train = work.round.train
    match arm.kind:
        case "synthetic":
            return synthetic_photos(made, work.study.labels[train], arm.ratio)
        case "augmented":
            return changed_photos(work.study, train, arm.ratio, work.changed)
        case "copies":
            stack = stacked(work.generator_config, work.gathered, train)
            return small_copies(stack, work.copies)
        case "none":
            return LearnOnly()
