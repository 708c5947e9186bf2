"""Scored photos of a generator for people: one HTML page and a few lines for the terminal.

Everything is read back from the run's files, so that a report can be made again at any time.
"""

from pathlib import Path
from typing import Any

from touchline.reporting.confidence import Score, Unit
from touchline.reporting.page import Fact, Facts, Page, Picture, Section, Text, write_page
from touchline.reporting.tables import Cell, Table, format_cell
from touchline.runs import Run
from touchline.settings import read_yaml
from touchline.synth.history_chart import history_chart
from touchline.synth.nearest_section import nearest_section
from touchline.synth.run_files import SHEET
from touchline.training.history import read_rows

REPORT = "report.html"
FIGURES: dict[str, tuple[str, Unit]] = {
    "kid": ("KID", "number"),
    "precision": ("Precision", "share"),
    "recall": ("Recall", "share"),
    "density": ("Density", "number"),
    "coverage": ("Coverage", "share"),
    "copies": ("Copies", "share"),
}
VERDICTS = {
    "right": "Judged as the class asked for",
    "side": "On the right side",
    "mirrored": "Judged as its mirror image",
}
MEANING = (
    "KID is 0 for photos that cannot be told from real ones, and may fall below by chance. It is "
    "computed on features of EfficientNet-Lite0: compare it with the other rows here, never with "
    "figures of papers, which use another network.",
    "Precision: share of photos that look real; recall: share of real photos that are shown. "
    "Density and coverage are their steadier kin. All depend on how many photos there are.",
    "Copies of photos learnt from have the best figures of all and are worth nothing, so a row of "
    "figures is only good beside a small share of copies.",
    "The judge of classes learnt from real photos only; the row of real photos says how often it "
    "is right on photos it has not seen. Noise confuses the judge as well as the network: the rows "
    "of noisy copies say what a poor copy scores, not that it shows another class.",
)


def write_report(run: Run) -> Path:
    """Draw the charts below `plots/` and write `report.html`.

    Raises:
        UsageError: when the run is not finished.
    """
    metrics = run.read_json("metrics.json")
    sections = [
        Section("Scores", (_facts(metrics), Text(_about(run, metrics)))),
        *_sheet_section(run),
        Section("Beside real photos and noisy copies", (_compared(metrics), Text(MEANING))),
        Section("Classes and sides", (_classes(metrics),)),
        *nearest_section(run, metrics["nearest"]["threshold"]),
        *_history_section(run),
        *_left_out_section(run),
    ]
    page = Page(f"Generated photos: {run.folder.name}", tuple(sections), _subtitle(metrics))
    return write_page(page, run.file(REPORT))


def describe(run: Run) -> str:
    """The run in a few lines for a terminal."""
    facts = _facts(run.read_json("metrics.json")).facts
    width = max(len(fact.name) for fact in facts)
    lines = [
        f"{fact.name:<{width}}  {format_cell(fact.value)}{f'; {fact.note}' if fact.note else ''}"
        for fact in facts
    ]
    return "\n".join([*lines, f"{'Report':<{width}}  {run.file(REPORT)}"])


def summary(run: Run) -> dict[str, Any]:
    """The run for programs: where it is, and all its scores."""
    return {"run": str(run.folder), **run.read_json("metrics.json")}


def _facts(metrics: dict[str, Any]) -> Facts:
    """The scores of the generated photos, each beside that of real ones."""
    made, real = metrics["samples"], metrics["floor"]
    names = ("kid", "precision", "recall", "copies")
    facts = [_fact(*FIGURES[name], made[name], real and real[name]) for name in names]
    judged, judge = made["verdict"], metrics["judge"]
    facts += [
        _fact(title, "share", judged[name], judge[name])
        for name, title in VERDICTS.items() if judged[name] is not None
    ]  # fmt: skip
    return Facts(tuple(facts))


def _fact(title: str, unit: Unit, made: dict[str, Any], real: dict[str, Any] | None) -> Fact:
    beside = Score.from_dict(real, unit) if real and real["value"] is not None else None
    note = f"real photos {format_cell(beside)}" if beside else ""
    return Fact(title, Score.from_dict(made, unit), note)


def _subtitle(metrics: dict[str, Any]) -> str:
    photos = metrics["photos"]
    return (
        f"{photos['samples']:,} generated photos compared with {photos['reference']:,} real ones: "
        f"{metrics['reference']}"
    )


def _about(run: Run, metrics: dict[str, Any]) -> tuple[str, ...]:
    config, photos = read_yaml(run.config), metrics["photos"]
    facts = run.read_json("manifest.json") if run.file("manifest.json").is_file() else {}
    lines = [
        f"Asked for: {config['generator']} at {config['size']} x {config['size']} pixels, learnt "
        f"from {photos['training']:,} photos of {config['data']}.",
        f"The judge of classes learnt from {photos['judge']:,} real photos.",
    ]
    if "images" in facts:
        stopped = f"; it stopped early: {facts['stopped']}" if facts.get("stopped") else ""
        lines.append(f"In training {facts['images']:,} photos were shown{stopped}.")
    lines.append(
        f"Scored is the best snapshot by its KID in training, at {metrics['snapshot']:,} photos."
    )
    if "of_run" in facts:
        lines.append(f"Made by the generator in {facts['of_run']}.")
    return (*lines, f"Run folder: {run.folder}")


def _sheet_section(run: Run) -> tuple[Section, ...]:
    if not run.file(SHEET).is_file():
        return ()
    classes = ", ".join(run.read_json("metrics.json")["judge"]["classes"])
    words = f"Not chosen: the first of each class. Rows from the top: {classes}."
    picture = Picture(run.file(SHEET), "Generated photos, a row for each class", words)
    return (Section("Generated photos", (picture,)),)


def _compared(metrics: dict[str, Any]) -> Table:
    rows: dict[str, dict[str, Any]] = {"generated photos": metrics["samples"]}
    if metrics["floor"]:
        rows["real photos"] = metrics["floor"]
    for strength, scores in metrics["noise"].items():
        rows[f"copies with noise of {float(strength):.0%}"] = scores
    verdicts = [name for name in VERDICTS if metrics["judge"][name] is not None]
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            *(Score.from_dict(scores[key], unit) for key, (_, unit) in FIGURES.items()),
            *(Score.from_dict(scores["verdict"][key]) for key in verdicts),
        )
        for name, scores in rows.items()
    )
    columns = ("photos", *(t for t, _ in FIGURES.values()), *(VERDICTS[n] for n in verdicts))
    return Table(columns, cells)


def _classes(metrics: dict[str, Any]) -> Table:
    made, judge = metrics["samples"]["verdict"]["classes"], metrics["judge"]["classes"]
    sided = metrics["judge"]["side"] is not None
    kinds = {"right": "as it"} | ({"mirrored": "as its mirror image"} if sided else {})
    columns = [f"{who}, judged {how}" for who in ("generated", "real") for how in kinds.values()]
    rows = tuple(
        (name, *(_cell(scores[name][kind]) for scores in (made, judge) for kind in kinds))
        for name in made
    )
    return Table(("class", *columns), rows)


def _cell(values: dict[str, Any] | None) -> Cell:
    return None if values is None else Score.from_dict(values)


def _history_section(run: Run) -> tuple[Section, ...]:
    rows = read_rows(run.file("results.csv"))
    if not rows:
        return ()
    run.file("plots").mkdir(exist_ok=True)
    chart = history_chart(rows, run.file("plots/training.png"))
    return (Section("Training", (Picture(chart, "KID and losses over the photos shown"),)),)


def _left_out_section(run: Run) -> tuple[Section, ...]:
    facts = run.read_json("manifest.json") if run.file("manifest.json").is_file() else {}
    rejected = facts.get("rejected", [])
    table = Table(("file", "why it was left out"), tuple(tuple(row) for row in rejected))
    return (Section("Files left out", (table,)),) if rejected else ()
