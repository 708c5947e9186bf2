import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.review import ordering
from touchline.archive.review.ordering import Candidate, review_order, risk_of
from touchline.errors import UsageError


def names(candidates, vectors=None) -> list[str]:
    return [candidates[place].path for place in review_order(candidates, vectors)]


def greedy_slowly(mistakes, rows) -> list[int]:
    """The rule of the spreading, word for word."""
    order: list[int] = []
    while len(order) < len(mistakes):

        def worth(place):
            near = [max(0.0, float(rows[place] @ rows[other])) for other in order]
            return mistakes[place] * (1 - max(near, default=0.0))

        waiting = [place for place in range(len(mistakes)) if place not in order]
        order.append(max(waiting, key=lambda place: (worth(place), -place)))
    return order


class TestRisk:
    def test_is_the_calibrated_risk(self):
        assert risk_of(Candidate("a", "x", 0.75)) == 0.25
        assert risk_of(Candidate("a", "x", 1.0, mirror_agrees=True)) == 0.0

    def test_is_raised_by_each_doubt(self):
        plain = risk_of(Candidate("a", "x", 0.75))
        outside = risk_of(Candidate("a", "x", 0.75, out_of_scope=True))
        both = risk_of(Candidate("a", "x", 0.75, out_of_scope=True, mirror_agrees=False))
        assert plain < outside < both < 1


class TestOrder:
    def test_nothing_and_one(self):
        assert review_order([]) == []
        assert review_order([Candidate("a", "x", 0.5)], {"": np.ones(3)}) == [0]

    def test_doubtful_before_sure_and_risky_before_safe(self):
        candidates = [
            Candidate("a", "x", 0.10, is_doubtful=False), Candidate("b", "x", 0.99),
            Candidate("c", "x", 0.20), Candidate("d", "x", 0.05, is_doubtful=False),
        ]  # fmt: skip
        assert names(candidates) == ["c", "b", "d", "a"]

    def test_ties_go_by_path(self):
        candidates = [Candidate(path, "x", 0.5) for path in "cab"]
        assert names(candidates) == ["a", "b", "c"]

    def test_one_of_each_burst_first_then_the_second_of_each(self):
        candidates = [
            Candidate("a1", "x", 0.1, burst="a"), Candidate("a2", "y", 0.2, burst="a"),
            Candidate("a3", "y", 0.3, burst="a"), Candidate("b1", "x", 0.5, burst="b"),
            Candidate("b2", "z", 0.6, burst="b"), Candidate("c1", "x", 0.9),
        ]  # fmt: skip
        assert names(candidates) == ["a1", "b1", "c1", "a2", "b2", "a3"]

    def test_a_burst_that_agrees_counts_with_all_its_mistakes(self):
        alone = Candidate("z", "x", 0.5)
        burst = [Candidate(f"b{n}", "x", 0.7, burst="b") for n in range(3)]
        assert names([alone, *burst])[0] == "b0"
        torn = [*burst[:2], Candidate("b2", "y", 0.7, burst="b")]
        assert names([alone, *torn])[0] == "z"

    def test_photos_without_a_burst_are_no_burst(self):
        assert names([Candidate("a", "x", 0.2), Candidate("b", "x", 0.1)]) == ["b", "a"]

    def test_twins_come_after_what_is_different(self):
        candidates = [
            Candidate("a", "x", 0.10, sha256="1"), Candidate("b", "x", 0.11, sha256="2"),
            Candidate("c", "x", 0.60, sha256="3"),
        ]  # fmt: skip
        vectors = {
            "1": np.array([1.0, 0.0]),
            "2": np.array([2.0, 0.001]),
            "3": np.array([0.0, 3.0]),
        }
        assert names(candidates) == ["a", "b", "c"]
        assert names(candidates, vectors) == ["a", "c", "b"]

    def test_a_photo_without_a_usable_vector_is_near_to_nothing(self):
        candidates = [Candidate(path, "x", 0.1, sha256=path) for path in "abcd"]
        vectors = {"a": np.ones(2), "b": np.zeros(2), "c": np.array([np.nan, 1]), "d": np.ones(2)}
        assert names(candidates, vectors) == ["a", "b", "c", "d"]
        candidates[3] = Candidate("0", "x", 0.1, sha256="d")
        assert names(candidates, vectors) == ["0", "b", "c", "a"]

    def test_only_the_first_are_spread(self, monkeypatch):
        monkeypatch.setattr(ordering, "SPREAD_AT_MOST", 2)
        candidates = [Candidate(path, "x", 0.1, sha256="1") for path in "abc"]
        candidates.append(Candidate("d", "x", 0.5, sha256="2"))
        vectors = {"1": np.array([1.0, 0.0]), "2": np.array([0.0, 1.0])}
        assert names(candidates, vectors) == ["a", "b", "c", "d"]

    @pytest.mark.parametrize("other", [np.ones(3), np.ones((2, 2)), np.float64(1.0)])
    def test_vectors_of_several_lengths(self, other):
        candidates = [Candidate("a", "x", 0.1, sha256="1")]
        with pytest.raises(UsageError, match="one vector a photo, all of one length; found the sh"):
            review_order(candidates, {"1": np.ones(2), "2": other})

    @settings(deadline=None)
    @given(st.integers(1, 25), st.randoms(use_true_random=False))
    def test_is_the_greedy_rule(self, count, random):
        rng = np.random.default_rng(random.randrange(10**6))
        candidates = [Candidate(f"{n:02}", "x", float(c), sha256=str(n))
                      for n, c in enumerate(rng.random(count))]  # fmt: skip
        vectors = {str(n): row for n, row in enumerate(rng.standard_normal((count, 3)))}
        by_risk = sorted(range(count), key=lambda place: candidates[place].confidence)
        rows = np.array([vectors[str(n)] / np.linalg.norm(vectors[str(n)]) for n in by_risk])
        mistakes = [risk_of(candidates[n]) for n in by_risk]
        slowly = [by_risk[turn] for turn in greedy_slowly(mistakes, rows)]
        assert review_order(candidates, vectors) == slowly

    @settings(deadline=None)
    @given(st.randoms(use_true_random=False), st.booleans())
    def test_shuffling_changes_nothing_and_all_are_there(self, random, with_vectors):
        candidates = [
            Candidate(
                f"{n:02}", random.choice("xy"), random.choice((0.1, 0.5, 0.9)),
                random.random() < 0.7, random.random() < 0.2, random.choice((None, True, False)),
                random.choice(("", "p", "q", "r")), str(n % 7),
            )
            for n in range(30)
        ]  # fmt: skip
        rng = np.random.default_rng(0)
        vectors = {str(n): rng.standard_normal(4) for n in range(6)} if with_vectors else None
        expected = names(candidates, vectors)
        assert sorted(expected) == sorted(each.path for each in candidates)
        random.shuffle(candidates)
        assert names(candidates, vectors) == expected
