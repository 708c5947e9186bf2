from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from touchline.errors import UsageError
from touchline.settings import Settings, resolve
from touchline.training.tuning.plans import grid_size, plan_of
from touchline.training.tuning.space import Choice, Range, Space, read_space


class Inner(Settings):
    rates: tuple[float, ...] = (0.1,)
    """Rates."""
    depth: int = Field(default=3, ge=1, le=9)
    """Depth."""


class Own(Settings):
    inner: Inner = Inner()
    """A group."""
    kind: Literal["a", "b"] = "a"
    """A name."""
    views: tuple[dict[str, int], ...] = ()
    """Groups in a list."""


def made(words: Sequence[str]) -> Own:
    return resolve(Own, words=words)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "space.yaml"
    file.write_text(text)
    return file


SPACE = """
inner.rates: {low: 1.0e-6, high: 1.0, log: true, listed: true}
inner.depth: {low: 2, high: 8, step: 2}
kind: {choices: [a, b]}
views: {choices: [[{size: 1}], [{size: 1}, {size: 2}]]}
"""


def test_whatever_is_drawn_is_a_configuration(tmp_path: Path) -> None:
    space = read_space(written(tmp_path, SPACE))
    space.check(made)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(30):
        drawn = study.ask(space.distributions()).params
        own = made(space.words(drawn))
        assert own.inner.rates == (drawn["inner.rates"],)
        assert own.inner.depth in (2, 4, 6, 8)
        assert own.kind == drawn["kind"]
        assert len(own.views) in (1, 2)


def test_a_space_reads_back_from_what_it_tells_of_itself(tmp_path: Path) -> None:
    space = read_space(written(tmp_path, SPACE))
    assert space.as_dict()["inner.depth"] == {"low": 2, "high": 8, "step": 2}
    assert space.as_dict()["kind"] == {"choices": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", r"names of settings with what to try; found none in .*space\.yaml"),
        ("[1, 2]", "keys and values; found list"),
        ("a: [", r"(?s)a YAML file; found .* in .*space\.yaml"),
        ("kind: 3", r"\{low, high\} or \{choices\}; found 3 for 'kind' in .*space\.yaml"),
        ("kind: {choices: [a, b], low: 1}", r"'kind' \(Extra inputs.* at 'low' in .*space"),
        ("kind: {low: 1}", r"'kind' \(Field required\).* at 'high'"),
        ("kind: {low: 2, high: 1}", "low must be less than high"),
        ("kind: {low: 0, high: 1, log: true}", "log needs a low above 0"),
        ("kind: {low: 1.0, high: 2.0, log: true, step: 0.5}", "choose one of log and step"),
        ("kind: {low: 1, high: 9, step: 0.5}", "a whole step"),
        ("kind: {low: 1, high: .inf}", r"\.inf.* at 'high'"),
        ("kind: {low: false, high: true}", "'kind' .* at 'low'"),
        ("kind: {low: 0.0, high: 1.0, step: .inf}", r"\.inf.* at 'step'"),
        ("kind: {low: 1, high: 3, step: 5}", "step must not be larger than the range"),
        ("kind: {low: 1, high: 8, step: 2}", "high must be low and some whole steps"),
        ("kind: {low: 0.0, high: 1.0, step: 0.3}", "high must be low and some whole steps"),
        (
            "a: {low: 1, high: 2}\na: {low: 1, high: 3}",
            r"each name once; found 'a' in lines 1 and 2 of .*space\.yaml",
        ),
        (
            "a: {low: 1, high: 2, low: 0}",
            r"each name once; found 'low' in line 1 of .*space\.yaml",
        ),
        (
            "a: {choices: [1, 2]}\na.b: {low: 1, high: 2}",
            r"each setting once; found 'a\.b', which is in 'a', beside it in .*space\.yaml",
        ),
        ("kind: {choices: [a, a]}", "each choice may stand there once"),
        ("kind: {choices: [a]}", "'kind' .* at 'choices'"),
    ],
)
def test_a_space_that_cannot_be_is_refused(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        read_space(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a configuration file; found No such file.*none\.yaml"):
        read_space(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("inner.dept: {low: 1, high: 2}", r"'inner\.dept' in .*space\.yaml.*is 'inner\.depth'"),
        ("inner.depth: {low: 1, high: 12}", r"'inner\.depth' in .*space\.yaml.*12"),
        ("inner.depth: {low: 1.5, high: 2.5}", r"'inner\.depth' in .*space\.yaml"),
        ("kind: {choices: [a, c]}", r"'kind' in .*space\.yaml.*'c'"),
        ("inner.rates: {low: 0.1, high: 0.2}", r"'inner\.rates' in .*space\.yaml"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_a_study(
    tmp_path: Path, text: str, match: str
) -> None:
    with pytest.raises(UsageError, match=match):
        read_space(written(tmp_path, text)).check(made)


def test_a_fault_of_a_space_is_not_said_to_be_of_the_command_line(tmp_path: Path) -> None:
    for text in ("inner.dept: {low: 1, high: 2}", "inner.depth: {low: 1, high: 12}"):
        with pytest.raises(UsageError) as caught:
            read_space(written(tmp_path, text)).check(made)
        assert "command line" not in str(caught.value)


def test_names_that_stand_for_a_group_in_two_places_repeat_nothing(tmp_path: Path) -> None:
    text = "a: &range {low: 1, high: 2}\nb: *range"
    assert list(read_space(written(tmp_path, text)).items) == ["a", "b"]


@given(
    low=st.integers(-50, 50), step=st.integers(1, 40), count=st.integers(1, 30),
    tenths=st.booleans(),
)  # fmt: skip
def test_what_steps_reach_is_taken_as_it_is(low: int, step: int, count: int, tenths: bool) -> None:
    """Optuna would warn where it had to change the range, and warnings are errors here."""
    ends = [number / 10 if tenths else number for number in (low, low + count * step, step)]
    found = Range(low=ends[0], high=ends[1], step=ends[2])
    assert found.distribution().high == ends[1]  # type: ignore[attr-defined]
    assert grid_size(Space({"a": found}, Path("grid.yaml"))) == count + 1


def test_what_is_fixed_by_hand_is_not_tuned(tmp_path: Path) -> None:
    space = read_space(written(tmp_path, SPACE))
    assert set(space.without(["kind", "data"]).items) == {"inner.rates", "inner.depth", "views"}
    with pytest.raises(UsageError, match="a setting to tune; found all of"):
        space.without(list(space.items))


GRID = Space(
    {"a": Range(low=0.1, high=0.3, step=0.1), "b": Range(low=1, high=5, step=2),
     "c": Choice(choices=("x", "y"))},
    Path("grid.yaml"),
)  # fmt: skip


def test_a_grid_has_each_point_once_and_then_ends() -> None:
    plan = plan_of("grid", GRID, seed=3)
    assert grid_size(GRID) == 18
    points = [plan(place) for place in range(18)]
    told = {(round(p["a"], 6), p["b"], p["c"]) for p in points if p}
    assert told == {(a, b, c) for a in (0.1, 0.2, 0.3) for b in (1, 3, 5) for c in ("x", "y")}
    assert plan(18) is None


def test_a_grid_in_another_order_has_the_same_points() -> None:
    first, second = (plan_of("grid", GRID, seed) for seed in (0, 1))
    orders = [[str(plan(place)) for place in range(18)] for plan in (first, second)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_a_grid_needs_steps() -> None:
    space = Space({"a": Range(low=0.1, high=0.3)}, Path("grid.yaml"))
    with pytest.raises(UsageError, match=r"a range without a step for 'a' in grid\.yaml"):
        plan_of("grid", space, 0)


def test_a_grid_that_nobody_waits_for_is_refused_before_it_is_made() -> None:
    wide = Range(low=0, high=1999, step=1)
    space = Space({"a": wide, "b": wide, "c": wide}, Path("grid.yaml"))
    with pytest.raises(
        UsageError, match=r"a grid of at most 100,000 points; found 8,000,000,000 in grid\.yaml"
    ):
        plan_of("grid", space, 0)


def test_chance_depends_on_seed_and_place_alone() -> None:
    first, again, other = (plan_of("random", GRID, seed) for seed in (0, 0, 1))
    assert [first(n) for n in (0, 1, 2)] == [again(n) for n in (2, 1, 0)][::-1]
    assert [first(n) for n in range(5)] != [other(n) for n in range(5)]
    assert plan_of("tpe", GRID, 0)(7) == {}
