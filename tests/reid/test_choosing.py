import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.reid.choosing import Candidate, choose, rerank_grid, weight_grid
from touchline.reid.reranking.settings import RerankSettings


def candidates(count):
    return [Candidate(f"c{number}", number, plain=number == 0) for number in range(count)]


def chosen_from(*scores):
    return choose(candidates(len(scores)), lambda candidate: scores[candidate.choice])


def test_the_best_is_chosen_and_the_table_kept():
    chosen = chosen_from(0.5, 0.4, 0.7, 0.6)
    assert chosen.best.candidate.name == "c2"
    assert chosen.helps
    assert chosen.gain == pytest.approx(0.2)
    assert [trial.score for trial in chosen.table] == [0.5, 0.4, 0.7, 0.6]
    assert [trial.candidate.choice for trial in chosen.table] == [0, 1, 2, 3]


@pytest.mark.parametrize("scores", [(0.5, 0.5), (0.5, 0.4, 0.1), (0.5, 0.5 + 1e-12), (0.5,)])
def test_leaving_alone_wins_unless_something_is_better(scores):
    chosen = chosen_from(*scores)
    assert chosen.best.candidate.name == "c0"
    assert not chosen.helps
    assert chosen.gain == 0


def test_of_equals_the_first_wins():
    assert chosen_from(0.1, 0.7, 0.7 + 1e-12, 0.7).best.candidate.name == "c1"


def test_the_best_of_several_plain_candidates_is_compared_with():
    scores = {"osnet": 0.5, "resnet": 0.6, "0.5 osnet + 0.5 resnet": 0.65}
    chosen = choose(weight_grid(["osnet", "resnet"], 0.5), lambda candidate: scores[candidate.name])
    assert chosen.plain.candidate.name == "resnet"
    assert chosen.gain == pytest.approx(0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_nothing_scored_better_by_more_than_rounding(scores):
    chosen = chosen_from(*scores)
    assert max(scores) - chosen.best.score <= 1e-9
    assert all(score < max(scores) - 1e-9 for score in scores[: chosen.best.candidate.choice])


def test_every_candidate_is_scored_once():
    asked = []

    def score(candidate):
        asked.append(candidate.name)
        return 0.0

    choose(candidates(4), score)
    assert asked == ["c0", "c1", "c2", "c3"]


def test_leaving_alone_must_be_a_candidate():
    with pytest.raises(ValueError, match="no candidate leaves things alone"):
        choose(candidates(3)[1:], lambda _: 1.0)


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(UsageError, match=f"finite score of every candidate; found {score} of 'c1'"):
        chosen_from(0.5, score)


def test_the_grid_of_re_ranking_begins_with_none():
    grid = rerank_grid()
    assert grid[0].plain
    assert grid[0].choice is None
    assert not any(candidate.plain for candidate in grid[1:])
    assert RerankSettings(k1=20, k2=6, weight=0.3) in [candidate.choice for candidate in grid]
    assert all(candidate.choice.k2 <= candidate.choice.k1 for candidate in grid[1:])
    assert len({candidate.name for candidate in grid}) == len(grid)


@pytest.mark.parametrize(("members", "step", "count"), [(1, 0.1, 1), (2, 0.25, 5), (3, 0.1, 66)])
def test_the_grid_of_weights_has_every_share_once(members, step, count):
    names = [f"run {number}" for number in range(members)]
    grid = weight_grid(names, step)
    assert len(grid) == count
    assert len({tuple(sorted(candidate.choice.items())) for candidate in grid}) == count
    for candidate in grid:
        assert sum(candidate.choice.values()) == pytest.approx(1)
        steps = [weight / step for weight in candidate.choice.values()]
        assert steps == pytest.approx([round(each) for each in steps])
    assert [candidate.name for candidate in grid[:members]] == names
    assert sum(candidate.plain for candidate in grid) == members


@pytest.mark.parametrize("step", [0, -0.5, 0.3, 2])
def test_a_step_that_does_not_divide_one_is_refused(step):
    with pytest.raises(UsageError, match="a step of weights that divides 1"):
        weight_grid(["osnet", "resnet"], step)


@pytest.mark.parametrize("members", [[], ["osnet", "osnet"]])
def test_runs_must_be_named_once(members):
    with pytest.raises(UsageError, match="names of runs, each once"):
        weight_grid(members)
