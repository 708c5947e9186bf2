from pathlib import Path

import pytest

from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.choosing import choose


def found(right, confidence, name="7"):
    query = Crop(Path(f"{confidence}.png"), 0, name)
    return Match(
        query, (Candidate(Crop(Path("g.png"), 0, "7" if right else "8"), 0.1),), confidence
    )


def stream(failures, hits):
    """Hits and failures of rising confidence, mixed."""
    yield from (found(False, number / 1000) for number in range(failures))
    yield from (found(True, number / 1000) for number in range(hits))


def sure(matches):
    return [round(1000 * each.confidence) for each in matches]


@pytest.mark.parametrize(
    ("failures", "hits", "shown"),
    [
        (100, 100, (5, 5)),
        (2, 100, (2, 8)),
        (100, 3, (7, 3)),
        (0, 100, (0, 10)),
        (3, 4, (3, 4)),
        (0, 0, (0, 0)),
    ],
)
def test_both_kinds_share_the_room(failures, hits, shown):
    chosen = choose(stream(failures, hits), 10, known=True)
    assert (len(chosen.failures), len(chosen.hits)) == shown
    assert (chosen.failed, chosen.hit) == (failures, hits)
    assert chosen.not_shown == failures + hits - sum(shown)


def test_the_worst_failures_and_the_most_doubtful_hits_are_kept():
    chosen = choose(stream(500, 500), 7, known=True)
    assert sure(chosen.failures) == [499, 498, 497, 496]
    assert sure(chosen.hits) == [0, 1, 2]


def test_without_names_the_least_confident_are_kept():
    chosen = choose(stream(50, 0), 3, known=False)
    assert sure(chosen.failures) == [0, 1, 2]
    assert (chosen.failed, chosen.hit, chosen.not_shown) == (50, 0, 47)


def test_queries_without_a_name_are_counted_apart():
    chosen = choose([found(True, 0.5), found(False, 0.5, name="")], 10, known=True)
    assert (chosen.failed, chosen.hit, chosen.unnamed) == (0, 1, 1)


def test_equals_stay_in_the_order_they_came():
    matches = [Match(Crop(Path(f"{number}.png"), number, "7"), (), 0.0) for number in range(99)]
    chosen = choose(matches, 4, known=True)
    assert [each.query.number for each in chosen.failures] == [0, 1, 2, 3]
