import itertools
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from touchline.errors import InterruptedRunError, UsageError
from touchline.training.tuning.importance import importances
from touchline.training.tuning.plans import SamplerName
from touchline.training.tuning.space import Choice, Range, Space
from touchline.training.tuning.studies import Method
from touchline.training.tuning.trials import best_of, tally
from touchline.training.tuning.tuning import Budget, Report, work_through
from tuning_worlds import SPACE, climb, joined, opened, worker


@pytest.fixture
def journal(tmp_path: Path) -> str:
    return str(tmp_path / "study.journal")


def places(where: str) -> list[int]:
    """The place of each trial that was not lost, sorted."""
    records = joined(where, Method("random", "none")).records()
    return sorted(record.place for record in records if record.outcome != "lost")


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_study_finds_the_top_of_the_hill(journal: str, sampler: SamplerName) -> None:
    study = joined(journal, Method(sampler, "none"))
    assert work_through(study, climb, Budget(25))
    best = best_of(study.records())
    assert len(study.records()) == 25
    assert best.score is not None
    assert best.score > 0.8
    assert best.values["kind"] == "hill"
    assert best.reports == tuple((step, best.score) for step in (1, 2, 3))
    assert set(importances(study.study)) == {"height", "kind"}


def test_one_process_and_the_same_seed_try_the_same(tmp_path: Path) -> None:
    tried = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        study = joined(str(tmp_path / name), Method("tpe", "none", seed))
        work_through(study, climb, Budget(14))
        tried.append([dict(record.values) for record in study.records()])
    assert tried[0] == tried[1] != tried[2]


def test_two_processes_share_the_trials(journal: str) -> None:
    workers = [worker(journal, 12, manner="wait") for _ in range(2)]
    assert [own.stdout.readline() for own in workers if own.stdout] == ["seated\n"] * 2
    told = []
    for own in workers:
        assert own.stdin is not None
        own.stdin.write("go\n")
        own.stdin.flush()
    for own in workers:
        told.append(own.communicate(timeout=60)[0].splitlines())
        assert own.returncode == 0
    assert sorted(lines[-1] for lines in told) == ["last False", "last True"]
    words = [line for lines in told for line in lines[:-1]]
    assert len(words) == len(set(words)) == 12
    assert places(journal) == list(range(12))
    alone = joined(f"{journal}-alone", Method("random", "none"))
    work_through(alone, climb, Budget(12))
    assert {" ".join(SPACE.words(r.values)) for r in alone.records()} == set(words)


def test_a_killed_process_loses_one_trial_which_is_repeated(journal: str) -> None:
    dead = worker(journal, 6, manner="hang")
    assert dead.stdout is not None
    assert dead.stdin is not None
    assert dead.stdout.readline() == "seated\n"
    for _ in range(2):
        assert dead.stdout.readline() == "at work\n"
        dead.stdin.write("on\n")
        dead.stdin.flush()
        dead.stdout.readline()
    assert dead.stdout.readline() == "at work\n"
    os.kill(dead.pid, signal.SIGKILL)
    dead.communicate()
    study = joined(journal, Method("random", "none"))
    assert work_through(study, climb, Budget(6))
    records = study.records()
    assert tally(records) == {"complete": 6, "lost": 1}
    (lost,) = [record for record in records if record.outcome == "lost"]
    assert lost.error == "its process died or was interrupted"
    (again,) = [r for r in records if r.place == lost.place and r.outcome == "complete"]
    assert again.values == lost.values
    assert places(journal) == list(range(6))


def test_a_process_killed_while_it_claims_leaves_nothing_behind(journal: str) -> None:
    study = joined(journal, Method("random", "none"))
    study.study.enqueue_trial({}, {"place": 0, "worker": study.worker})
    study.seat.close()
    after = joined(journal, Method("random", "none"))
    assert work_through(after, climb, Budget(3))
    assert tally(after.records()) == {"complete": 3, "lost": 1}


def test_a_trial_of_a_living_process_is_not_given_out_again(journal: str) -> None:
    first, second = (joined(journal, Method("random", "none")) for _ in range(2))
    held = first.claim(3)
    assert held is not None
    assert not work_through(second, climb, Budget(3))
    assert tally(second.records()) == {"complete": 2, "running": 1}
    first.complete(held, 0.5)
    assert work_through(first, climb, Budget(3))
    assert tally(first.records()) == {"complete": 3}


def test_a_failing_trial_is_put_down_and_the_study_goes_on(journal: str) -> None:
    calls = itertools.count()

    def objective(words: Sequence[str], report: Report) -> float:
        match next(calls):
            case 1:
                raise UsageError("enough memory", "too little", "Lower the batch size.")
            case 2:
                raise ZeroDivisionError("oh")
            case 3:
                return float("nan")
        return climb(words, report)

    study = joined(journal)
    assert work_through(study, objective, Budget(6))
    assert tally(study.records()) == {"complete": 3, "failed": 3}
    assert [record.error for record in study.records() if record.error] == [
        "Wanted enough memory; found too little. Lower the batch size.",
        "ZeroDivisionError('oh')", "the score is nan",
    ]  # fmt: skip


def test_where_all_trials_fail_the_first_reason_is_told(journal: str) -> None:
    def objective(words: Sequence[str], report: Report) -> float:
        report(len(words), 0.0)
        raise ValueError("no room")

    study = joined(journal)
    work_through(study, objective, Budget(3))
    with pytest.raises(UsageError, match=r"none of 3 \(the first failed: ValueError"):
        best_of(study.records())
    with pytest.raises(UsageError, match="one trial with a score; found none of 0"):
        best_of([])


def test_an_interrupted_trial_is_repeated(journal: str) -> None:
    calls = itertools.count()

    def objective(words: Sequence[str], report: Report) -> float:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return climb(words, report)

    with pytest.raises(InterruptedRunError, match="an interruption after 2 trials"):
        work_through(joined(journal), objective, Budget(5))
    study = joined(journal)
    assert not study.is_closed
    assert work_through(study, climb, Budget(5))
    assert tally(study.records()) == {"complete": 5, "lost": 1}


def test_after_an_interruption_trials_are_told_by_their_place(
    journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(words: Sequence[str], report: Report) -> float:
        raise KeyboardInterrupt(words, report)

    with pytest.raises(InterruptedRunError):
        work_through(joined(journal), stop, Budget(2))
    work_through(joined(journal), climb, Budget(2))
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["trial 2 (1 of 2)", "trial 3 (2 of 2)"]
    assert re.fullmatch(r"trial 3 .*: \d+\.\d\d %  height=0\.\d+ kind=(hill|plain)", lines[1])


@pytest.mark.parametrize("minutes", [0, -1, float("nan")])
def test_no_time_is_refused(minutes: float) -> None:
    with pytest.raises(UsageError, match="Wanted --minutes above 0; found"):
        Budget(None, minutes)


def test_time_ends_a_study_between_trials(journal: str) -> None:
    seconds = itertools.count(0, 20)
    study = joined(journal)
    assert work_through(study, climb, Budget(None, minutes=1), lambda: float(next(seconds)))
    assert len(study.records()) == 2
    assert study.is_closed


def test_both_bounds_hold(journal: str) -> None:
    study = joined(journal)
    assert work_through(study, climb, Budget(2, minutes=1), lambda: 0.0)
    assert len(study.records()) == 2


def test_a_closed_study_takes_no_more_trials(journal: str) -> None:
    work_through(joined(journal), climb, Budget(2))
    again = joined(journal)
    assert work_through(again, climb, Budget(9))
    assert len(again.records()) == 2


def test_a_grid_ends_by_itself(journal: str) -> None:
    space = Space(
        {"height": Range(low=0.0, high=1.0, step=0.5), "kind": Choice(choices=("hill", "plain"))},
        Path("grid.yaml"),
    )
    study = joined(journal, Method("grid", "none"), space)
    assert work_through(study, climb, Budget(100))
    tried = [tuple(record.values.values()) for record in study.records()]
    assert sorted(tried) == [(h, k) for h in (0.0, 0.5, 1.0) for k in ("hill", "plain")]


def test_trials_worse_than_half_of_the_others_are_pruned(journal: str) -> None:
    scores = iter([0.5, 0.6, 0.7, 0.8, 0.9, 0.1, 0.95])
    steps: list[int] = []

    def objective(words: Sequence[str], report: Report) -> float:
        del words
        score = next(scores)
        for step in (1, 2, 3):
            steps.append(step)
            report(step, score)
        return score

    study = joined(journal, Method("random", "median"))
    work_through(study, objective, Budget(7))
    assert [record.outcome for record in study.records()] == [*["complete"] * 5, "pruned",
                                                              "complete"]  # fmt: skip
    assert len(steps) == 6 * 3 + 1
    pruned = study.records()[5]
    assert (pruned.score, pruned.reports) == (None, ((1, 0.1),))


@pytest.mark.parametrize(
    ("method", "space", "terms", "match"),
    [
        (Method(pruner="none"), SPACE, {"data": "xyz"},
         "the data .* with; found that the examples or their split have changed"),
        (Method(pruner="none"), SPACE, {"settings": {"folds": 3, "views": [320]}},
         "the settings that .* with, folds: 5; found folds: 3"),
        (Method(pruner="none"), SPACE, {"settings": {"folds": 5}}, r"views: \[320\]; found .* not"),
        (Method(pruner="none"), SPACE.without(["kind"]), {}, "the space .*kind.*; found kind: not"),
        (Method("random", "none"), SPACE, {}, "the sampler .*, tpe; found random"),
        (Method(), SPACE, {}, "the pruner .*, none; found median"),
        (Method(pruner="none", seed=1), SPACE, {}, "the seed .*, 0; found 1"),
    ],
)  # fmt: skip
def test_a_study_begun_otherwise_is_refused(
    journal: str, method: Method, space: Space, terms: dict[str, object], match: str
) -> None:
    joined(journal)
    with pytest.raises(UsageError, match=match):
        joined(journal, method, space, **terms)


def test_a_torn_last_line_is_cut_off(journal: str) -> None:
    work_through(joined(journal), climb, Budget(4))
    with open(journal, "ab") as stream:  # noqa: PTH123
        stream.write(b'{"op_code": 4, "worker')
    study = joined(journal)
    assert tally(study.records()) == {"complete": 4}
    assert len(joined(journal).records()) == 4


def test_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("Dear diary,\nnothing.\n")
    with pytest.raises(
        UsageError, match=r"the journal of a study; found something else in .*notes"
    ):
        opened(str(other))
    assert other.read_text() == "Dear diary,\nnothing.\n"


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="a PostgreSQL URL; found a mysql:// URL"):
        opened("mysql://somewhere/studies")
