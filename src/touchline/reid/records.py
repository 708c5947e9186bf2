"""What a run keeps of its crops: the split, every query's best match, and the figures."""

import csv
import io
from collections.abc import Mapping

import pandas as pd

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.reid.crops import Gallery
from touchline.reid.lesson import Lesson
from touchline.reid.metrics.scores import ReidScores
from touchline.runs import Run

SPLIT_FILE = "split.csv"
PREDICTIONS = "predictions.parquet"


def write_split(run: Run, lesson: Lesson) -> None:
    """Write `split.csv`: every crop, its identity, action and match, its split and its part in it.

    The part is `learn`, `query` or `gallery`.
    """
    write_atomically(run.file(SPLIT_FILE), _split_text(lesson))


def require_same_split(run: Run, lesson: Lesson) -> None:
    """Refuse to go on with a run whose data has changed since it began.

    Raises:
        UsageError: `split.csv` is there and lists other crops.
    """
    path = run.file(SPLIT_FILE)
    if path.is_file() and path.read_bytes() != _split_text(lesson).encode():
        raise UsageError(
            f"the crops that the run began with, as {path} lists them", "others",
            "Put the data back as it was, or begin a new run.",
        )  # fmt: skip


def _split_text(lesson: Lesson) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("path", "identity", "action", "match", "split", "part"))
    parts = [("train", "learn", lesson.train)]
    for name, gallery in lesson.splits.items():
        parts += [(name, "query", gallery.queries), (name, "gallery", gallery.gallery)]
    for split, part, crops in parts:
        for crop in crops:
            rows.writerow((crop.path, crop.identity, crop.action, crop.match, split, part))
    return _legible(text.getvalue())


def write_records(run: Run, parts: Mapping[str, tuple[Gallery, ReidScores]]) -> None:
    """Write `predictions.parquet` (one row a scored query) and `metrics.json`."""
    tables = [
        pd.DataFrame({
            "split": name,
            "query": [_legible(str(gallery.queries[place].path)) for place in scores.scored],
            "identity": [_legible(gallery.queries[place].identity) for place in scores.scored],
            "action": [gallery.queries[place].action for place in scores.scored],
            "average_precision": scores.average_precisions,
            "first_right": scores.first_ranks,
        })
        for name, (gallery, scores) in parts.items()
    ]  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    write_atomically(run.file(PREDICTIONS), table.to_parquet(index=False))
    run.write_json("metrics.json", {name: scores.as_dict() for name, (_, scores) in parts.items()})


def _legible(text: str) -> str:
    """Text with names that are no UTF-8 written as escapes; tables hold nothing else."""
    return text.encode(errors="backslashreplace").decode()
