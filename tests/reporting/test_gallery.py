import random

from touchline.reporting.gallery import Answer, Gallery, worst_first


def answer(name, confidence, *, correct):
    return Answer("data:,", name, "golf", "golf" if correct else "judo", confidence)


def test_worst_first():
    answers = [
        answer("surely wrong", 0.9, correct=False),
        answer("perhaps wrong", 0.4, correct=False),
        answer("perhaps right a", 0.5, correct=True),
        answer("perhaps right b", 0.5, correct=True),
        answer("surely right", 1.0, correct=True),
    ]
    shuffled = random.Random(0).sample(answers, 5)
    assert [tile.name for tile in worst_first(shuffled).tiles] == [one.name for one in answers]


def test_a_wrong_tile_says_what_it_is():
    wrong, right = worst_first(
        [answer("a", 0.876, correct=False), answer("b", 0.5, correct=True)]
    ).tiles
    assert (wrong.lines, wrong.correct) == (("judo 88 %", "is golf"), False)
    assert (right.lines, right.correct) == (("golf 50 %",), True)


def test_no_answers_make_an_empty_gallery():
    assert worst_first([]) == Gallery(())
