"""A study for people: one HTML page with its chart, and a few lines for the terminal.

Everything is read back from the run's files, so that a report can be made again at any time.
"""

from pathlib import Path
from typing import Any

from touchline.photos.mirror import MirrorMap
from touchline.reporting.confidence import Score
from touchline.reporting.page import (
    Fact,
    Facts,
    Page,
    Part,
    Picture,
    Section,
    Text,
    write_page,
)
from touchline.reporting.tables import Cell, Table, as_terminal_text
from touchline.runs import Run
from touchline.settings import resolve
from touchline.synth.run_files import LABELS
from touchline.synth.study.answers import read_answers
from touchline.synth.study.arms import arms_of
from touchline.synth.study.chart import difference_chart
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.explaining import how_it_was_done, what_it_covers
from touchline.synth.study.outcome import Outcome, outcome_of
from touchline.synth.study.sheets import sheets_of
from touchline.synth.study.verdicts import Contrast

PREDICTIONS = "predictions.parquet"
REPORT = "report.html"


def write_report(run: Run) -> Path:
    """Draw the chart and the sheets below `plots/` and write `report.html`.

    Raises:
        UsageError: the study is not finished.
    """
    outcome, config = _outcome(run), resolve(StudyConfig, run.config)
    facts = run.read_json("manifest.json")
    sections = [
        Section("The answer", (_facts(outcome), Text((outcome.headline,)), *_answer(run, outcome))),
        Section("What was held equal", (Text(how_it_was_done(config, outcome)),)),
        Section("What the intervals cover", (Text(what_it_covers(config, outcome)),)),
        Section("Accuracy on real photos", (_arm_table(outcome),)),
        Section("Classes", (_class_table(outcome),)),
        Section("The generators", (_generator_table(facts["rounds"]), *_sheets(run, facts))),
    ]
    if facts["rejected"]:
        rows = tuple((path, reason) for path, reason in facts["rejected"])
        sections.append(Section("Photos left out", (Table(("file", "why"), rows),)))
    return write_page(
        Page("Do synthetic photos help?", tuple(sections), facts["scheme"]), run.file(REPORT)
    )


def describe(run: Run) -> str:
    """The study in a few lines for a terminal."""
    outcome = _outcome(run)
    tables = (_arm_table(outcome), *_contrast_tables(outcome))
    lines = [outcome.headline, "", *(as_terminal_text(table) for table in tables)]
    return "\n".join([*lines, f"Report  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The study for programs: where it is, and all it found."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _outcome(run: Run) -> Outcome:
    config = resolve(StudyConfig, run.config)
    mirror = MirrorMap.from_dict(run.read_json(LABELS))
    return outcome_of(read_answers(run.file(PREDICTIONS)), arms_of(config), mirror)


def _facts(outcome: Outcome) -> Facts:
    none = outcome.arms[0]
    return Facts((
        Fact("Verdict", outcome.verdict),
        Fact("Real photos alone", none.accuracy),
        *(Fact(f"{each.ratio:g} synthetic for each", each.difference, each.verdict)
          for each in outcome.helps),
        Fact("Rounds", outcome.rounds, "a generator each"),
        Fact("Real photos that score", outcome.photos),
    ))  # fmt: skip


def _answer(run: Run, outcome: Outcome) -> tuple[Part, ...]:
    chart = difference_chart(
        outcome.helps, outcome.augmentation, run.file("plots") / "differences.png"
    )
    alt = "Change in accuracy by the number of photos added, synthetic ones and changed real ones"
    return (Picture(chart, alt), *_contrast_tables(outcome))


def _contrast_tables(outcome: Outcome) -> tuple[Table, ...]:
    named = (
        (outcome.helps, "Synthetic photos against none"),
        (outcome.beats, "Synthetic photos against as many randomly changed real photos"),
        (outcome.augmentation, "Randomly changed real photos against none"),
        (outcome.copies, "The real photos once more, at the generator's size, against none"),
    )
    columns = ("added for each", "difference", "verdict", "rounds ahead", "seen from (points)")
    return tuple(
        Table(columns, tuple(map(_contrast_row, contrasts)), caption)
        for contrasts, caption in named if contrasts
    )  # fmt: skip


def _contrast_row(each: Contrast) -> tuple[Cell, ...]:
    seen = each.as_dict()["smallest_seen"]
    return (
        f"{each.ratio:g}", each.difference, each.verdict, f"{each.ahead} of {each.rounds}",
        None if seen is None else round(100 * seen, 1),
    )  # fmt: skip


def _arm_table(outcome: Outcome) -> Table:
    sided = any(each.mirrored for each in outcome.arms)
    columns = ("arm", "added", "accuracy", *(("taken for the mirror class",) if sided else ()))
    return Table(columns, tuple(
        (each.arm.name, f"{each.added:,.0f}", each.accuracy, *((each.mirrored,) if sided else ()))
        for each in outcome.arms
    ))  # fmt: skip


def _class_table(outcome: Outcome) -> Table:
    ratios = [f"with {each.ratio:g}" for each in outcome.helps]
    rows = tuple(
        (each.name, each.partner or None, each.accuracy, *each.changes) for each in outcome.classes
    )
    return Table(
        ("class", "in a mirror", "real alone", *ratios), rows,
        "Each interval by itself: among so many, some exclude 0 by chance.",
    )  # fmt: skip


def _generator_table(rounds: list[dict[str, Any]]) -> Table:
    sided = any(each["quality"]["side"] for each in rounds)
    columns = ("round", "learnt from", "tested on", "images shown", "seconds", "KID",
               "class is right", "judge on real photos",
               *(("side is right", "judge's sides") if sided else ()))  # fmt: skip
    return Table(columns, tuple(_generator_row(each, sided) for each in rounds))


def _generator_row(each: dict[str, Any], sided: bool) -> tuple[Cell, ...]:
    quality, taught = each["quality"], each["generator"]
    names = ("right", "judge_right", *(("side", "judge_side") if sided else ()))
    return (
        each["round"], each["train"], each["test"], taught["images"], taught["seconds"],
        Score.from_dict(quality["kid"], "number"),
        *(Score.from_dict(quality[name]) if quality[name] else None for name in names),
    )  # fmt: skip


def _sheets(run: Run, facts: dict[str, Any]) -> tuple[Part, ...]:
    stopped = [
        f"Round {each['round']}: {each['generator']['stopped']}."
        for each in facts["rounds"] if each["generator"]["stopped"]
    ]  # fmt: skip
    return (*((Text(tuple(stopped)),) if stopped else ()), *sheets_of(run, len(facts["rounds"])))
