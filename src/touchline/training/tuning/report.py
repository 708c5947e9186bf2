"""A study for people: `report.html` with its charts, and every trial as a row of `trials.csv`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.files import write_atomically
from touchline.reporting.page import Fact, Facts, Page, Part, Picture, Section, Text, write_page
from touchline.reporting.tables import Table, as_csv
from touchline.training.tuning.charts import (
    history_chart,
    importance_chart,
    parallel_chart,
    short_value,
)
from touchline.training.tuning.importance import FEWEST_TRIALS
from touchline.training.tuning.space import Choice, Space
from touchline.training.tuning.trials import TrialRecord, as_share, best_of, tally

REPORT, TRIALS = "report.html", "trials.csv"


@dataclass(frozen=True)
class StudyFindings:
    """What a study came to.

    Attributes:
        records: its trials, at least one of them complete.
        space: what was tuned.
        importances: the share of each setting, empty where too little is known.
        untuned: the score of the untuned settings, measured as the trials' was.
    """

    records: Sequence[TrialRecord]
    space: Space
    importances: Mapping[str, float]
    untuned: float | None = None


def write_study_report(
    found: StudyFindings, folder: Path, title: str, subtitle: str, sections: Sequence[Section] = ()
) -> Path:
    """Write `report.html`, `trials.csv` and the charts below `plots/`.

    Args:
        found: the study.
        folder: where to.
        title: of the page.
        subtitle: what the score is, and of what.
        sections: the task's own, shown behind the key figures: the winner on test, its luck.
    """
    table = trial_table(found)
    write_atomically(folder / TRIALS, as_csv(table))
    own = (
        Section("The study", (_facts(found), _winner(found))),
        *sections,
        Section("History", _history(found, folder)),
        Section("Which settings mattered", _importances(found, folder)),
        Section("Which values go with good scores", _parallel(found, folder)),
        Section("Trials", (_for_people(table),)),
    )
    return write_page(Page(title, own, subtitle), folder / REPORT)


def trial_table(found: StudyFindings) -> Table:
    """A row for each trial, the best first, those without a score last."""
    keys = tuple(found.space.items)
    ranked = sorted(found.records, key=lambda r: (r.score is None, -(r.score or 0.0), r.number))
    rows = [
        (r.number, r.outcome, r.score, *(r.values.get(key) for key in keys),
         len(r.reports), r.seconds, r.error)
        for r in ranked
    ]  # fmt: skip
    return Table(("trial", "outcome", "score", *keys, "reports", "seconds", "error"), tuple(rows))


def _for_people(table: Table) -> Table:
    """The same rows with scores as percentages."""
    place = table.columns.index("score")
    rows = (
        (*row[:place], as_share(score) if isinstance(score := row[place], float) else None,
         *row[place + 1 :])
        for row in table.rows
    )  # fmt: skip
    return Table(table.columns, tuple(rows))


def _winner(found: StudyFindings) -> Table:
    best = best_of(found.records)
    return Table(("setting", "value of the best trial"), tuple(best.values.items()))


def _facts(found: StudyFindings) -> Facts:
    best = best_of(found.records)
    counts = ", ".join(f"{count} {name}" for name, count in tally(found.records).items())
    facts = [
        *(
            Fact(name, None if score is None else as_share(score), note)
            for name, score, note in (
                ("Best score", best.score, f"trial {best.number}"),
                ("Untuned score", found.untuned, "the settings as given, scored as trials are"),
            )
        ),
        Fact("Trials", len(found.records), counts),
        Fact("Seconds in trials", round(sum(r.seconds or 0.0 for r in found.records), 1)),
    ]
    return Facts(tuple(fact for fact in facts if fact.value is not None))


def _history(found: StudyFindings, folder: Path) -> tuple[Part, ...]:
    chart = history_chart(found.records, folder / "plots" / "history.png", found.untuned)
    return (Picture(chart, "Score of each trial, and the best so far"),)


def _importances(found: StudyFindings, folder: Path) -> tuple[Part, ...]:
    if not found.importances:
        few = f"Fewer than {FEWEST_TRIALS} trials are complete, or all have the same score"
        return (Text((f"{few}: that tells nothing about which settings matter.",)),)
    chart = importance_chart(found.importances, folder / "plots" / "importances.png")
    how = (
        "How far each setting's values in the best quarter of the trials are from evenly spread "
        "over the space (PED-ANOVA), as shares. A search that settled early on a value makes its "
        "setting look more important than it is."
    )
    return (Picture(chart, "Importance of each setting"), Text((how,)))


def _parallel(found: StudyFindings, folder: Path) -> tuple[Part, ...]:
    chart = parallel_chart(found.records, found.space, folder / "plots" / "parallel.png")
    picture = Picture(chart, "Each complete trial as a line through its values to its score")
    long = [
        (key, name, str(value))
        for key, item in found.space.items.items()
        for value in item.ends
        if (name := short_value(found.space, key, value)) != value and isinstance(item, Choice)
    ]
    return (picture, Table(("setting", "choice", "value"), tuple(long))) if long else (picture,)
