"""Runs as tables: many in a list, one in full, two side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from touchline.reporting.tables import Cell, Table
from touchline.run_listing.records import RunRecord, score_of
from touchline.training.tuning.one_line import in_one_line

COMMIT_LETTERS = 10
LEFT_OUT = {"per_class"}
"""Of the scores: as many as there are classes, and in the report."""
ABSENT = "-"


def list_table(runs: Sequence[RunRecord]) -> Table:
    """One row a run: its task, folder, date, main score, seconds, commit and state."""
    rows = tuple(
        (
            each.task, str(each.folder), each.begun.strftime("%Y-%m-%d %H:%M"), *_score(each),
            each.seconds, short_commit(each.commit), each.state,
        )
        for each in runs
    )  # fmt: skip
    return Table(("task", "run", "begun", "score", "value", "seconds", "commit", "state"), rows)


def facts_table(run: RunRecord) -> Table:
    """One run but for its settings: what made it and how it scored."""
    facts: list[tuple[Cell, ...]] = [
        ("run", str(run.folder)), ("task", run.task), ("state", run.state),
        ("begun", run.begun.strftime("%Y-%m-%d %H:%M:%S")),
        *((name, flat(run.manifest.get(name))) for name in ("touchline", "commit", "device")
          if run.manifest.get(name)),
        *((("seconds", run.seconds),) if run.seconds is not None else ()),
    ]  # fmt: skip
    return Table(("", "value"), (*facts, *scores(run.metrics).items()))


def differing_table(first: RunRecord, second: RunRecord) -> Table:
    """The settings, and of what made the runs the version, commit and data, that differ."""
    sides = [
        {
            **_leaves({"task": each.task, **each.settings}),
            **_leaves({name: each.manifest[name] for name in ("touchline", "commit", "libraries")
                       if name in each.manifest}, "made by."),
        }
        for each in (first, second)
    ]  # fmt: skip
    names = dict.fromkeys([*sides[0], *sides[1]])
    rows = tuple(
        (name, *(flat(side[name]) if name in side else ABSENT for side in sides))
        for name in names
        if name not in sides[0] or name not in sides[1] or sides[0][name] != sides[1][name]
    )
    return Table(("what differs", str(first.folder), str(second.folder)), rows)


def scores_table(first: RunRecord, second: RunRecord) -> Table:
    """Every score of either run, side by side.

    Whether one is better on the same examples is for the task's `compare` to say.
    """
    sides = [scores(each.metrics) for each in (first, second)]
    rows = tuple(
        (name, *(side.get(name, ABSENT) for side in sides))
        for name in dict.fromkeys([*sides[0], *sides[1]])
    )
    return Table(("score", str(first.folder), str(second.folder)), rows)


def scores(metrics: Mapping[str, Any], above: str = "") -> dict[str, Cell]:
    """The scores of a `metrics.json` with their intervals by dotted path, but those of a class.

    >>> scores({"test": {"mAP": {"value": 0.5, "n": 2, "low": 0.1, "high": 0.9}, "n": 3}})
    {'test.mAP': Score(value=0.5, n=2, low=0.1, high=0.9, unit='share')}
    """
    found: dict[str, Cell] = {}
    for name, values in metrics.items():
        if (score := score_of(values, name)) is not None:
            found[above + name] = score
        elif isinstance(values, Mapping) and name not in LEFT_OUT:
            found |= scores(values, f"{above}{name}.")
    return found


def short_commit(commit: str | None) -> str:
    """The first letters of a commit, and whether there were changes besides.

    >>> short_commit("0123456789abcdef-dirty"), short_commit(None)
    ('0123456789 +changes', '')
    """
    if commit is None:
        return ""
    changes = " +changes" if commit.endswith("-dirty") else ""
    return commit.removesuffix("-dirty")[:COMMIT_LETTERS] + changes


def flat(value: Any) -> str:
    """A setting in one line, as YAML and the words of a command write it.

    >>> flat({"kind": "cpu", "threads": 2}), flat(None), flat("auto")
    ('{kind: cpu, threads: 2}', 'null', 'auto')
    """
    return value if isinstance(value, str) else in_one_line(value)


def _score(run: RunRecord) -> tuple[Cell, Cell]:
    return run.score if run.score is not None else ("", None)


def _leaves(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = value
    return found
