import pandas as pd
import pytest

from touchline.photos.mirror import MirrorMap
from touchline.synth.study.arms import Arm
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.explaining import how_it_was_done, what_it_covers
from touchline.synth.study.outcome import Outcome, outcome_of

MIRROR = MirrorMap(("hero", "kick-l", "kick-r"), (0, 2, 1))
ARMS = (Arm("none", 0), Arm("synthetic", 1), Arm("augmented", 1))
TRUTH = ("hero", "kick-l", "kick-r", "kick-l")


def table(labels: dict[Arm, list[tuple[str, ...]]]) -> pd.DataFrame:
    """Answers to the same four photos in each round."""
    return pd.DataFrame([
        {"round": turn, "kind": arm.kind, "ratio": float(arm.ratio), "added": int(4 * arm.ratio),
         "photo": f"{place}.png", "group": f"{place}.png", "truth": truth, "label": label,
         "confidence": 0.5}
        for arm, rounds in labels.items() for turn, row in enumerate(rounds, 1)
        for place, (truth, label) in enumerate(zip(TRUTH, row, strict=True))
    ])  # fmt: skip


def found(rounds: int = 2) -> Outcome:
    wrong = ("hero", "kick-r", "kick-l", "kick-l")
    return outcome_of(
        table({ARMS[0]: [wrong] * rounds, ARMS[1]: [TRUTH] * rounds, ARMS[2]: [wrong] * rounds}),
        ARMS, MIRROR,
    )  # fmt: skip


def test_accuracies_and_differences_are_of_the_same_photos():
    outcome = found()
    assert [each.accuracy.value for each in outcome.arms] == [0.5, 1.0, 0.5]
    assert outcome.helps[0].difference.value == outcome.beats[0].difference.value == 0.5
    assert outcome.augmentation[0].difference.value == 0
    assert (outcome.helps[0].ahead, outcome.augmentation[0].ahead) == (2, 0)
    assert (outcome.photos, outcome.rounds, outcome.copies) == (4, 2, ())


def test_photos_taken_for_their_mirror_class_are_counted_among_those_with_a_side():
    outcome = found()
    swapped = outcome.arms[0].mirrored
    assert (swapped.value, swapped.n) == (pytest.approx(2 / 3), 6)
    assert outcome.arms[1].mirrored.value == 0


def test_classes_name_their_partner():
    classes = {each.name: each for each in found().classes}
    assert (classes["hero"].partner, classes["kick-l"].partner) == ("", "kick-r")
    assert classes["kick-r"].changes[0].value == 1
    assert classes["hero"].changes[0].value == 0


def test_without_sides_nothing_is_said_of_them():
    plain = MirrorMap.plain(("hero", "kick-l", "kick-r"))
    answers = table({arm: [TRUTH] for arm in ARMS})
    assert all(each.mirrored is None for each in outcome_of(answers, ARMS, plain).arms)


def test_the_order_of_answers_does_not_matter():
    answers = table({arm: [TRUTH, ("hero", "hero", "kick-r", "kick-l")] for arm in ARMS})
    shuffled = answers.sample(frac=1, random_state=3)
    assert (
        outcome_of(answers, ARMS, MIRROR).as_dict() == outcome_of(shuffled, ARMS, MIRROR).as_dict()
    )


@pytest.mark.parametrize(("rounds", "words"), [
    (1, "There was one round"), (3, "fewer than five rounds"), (6, "clustered both ways. The"),
])  # fmt: skip
def test_what_the_intervals_cover_is_said(rounds, words):
    config = StudyConfig(data="data", shots=4)
    assert words in " ".join(what_it_covers(config, found(rounds)))


def test_folds_share_their_training_photos():
    assert "share most of their training" in what_it_covers(
        StudyConfig(data="data", folds=5), found(5)
    )[0]  # fmt: skip


def test_what_was_held_equal_fits_the_recipe():
    probe = StudyConfig(data="data")
    gradient = StudyConfig(data="data", classifier={"recipe": "finetune"})
    assert "changed once" in " ".join(how_it_was_done(probe, found()))
    assert "anew each time" in " ".join(how_it_was_done(gradient, found()))
