"""What a run of the task *photos* answered to the photos that it was scored on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from touchline.app.components.photo_grid import Tile
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import photos

MOST_LISTED = 500
"""Photos of one cell of a confusion matrix that are looked up."""


@dataclass(frozen=True)
class Answer:
    """One photo of known class and what the run said.

    Attributes:
        path: of the photo, when it was scored.
        truth: its class.
        label: the run's.
        confidence: in [0, 1].
    """

    path: str
    truth: str
    label: str
    confidence: float


def read_answers(run: Path) -> list[Answer]:
    """The answers of a run, in the order of its file; none where the file is missing or broken."""
    import pandas as pd

    columns = ["path", "truth", "label", "confidence"]
    try:
        table = pd.read_parquet(run / "predictions.parquet", columns=columns)
    except Exception:  # Parquet readers raise a zoo of types on broken files
        return []
    return [Answer(str(p), str(t), str(label), float(c)) for p, t, label, c in table.to_numpy()]


def counted(answers: Sequence[Answer]) -> dict[tuple[str, str], int]:
    """How many photos of each true class were given each label; pairs that do not occur are absent.

    >>> counted([Answer("a", "kick", "kick", 1.0), Answer("b", "kick", "pass", 0.5)])
    {('kick', 'kick'): 1, ('kick', 'pass'): 1}
    """
    found: dict[tuple[str, str], int] = {}
    for answer in answers:
        pair = answer.truth, answer.label
        found[pair] = found.get(pair, 0) + 1
    return dict(sorted(found.items()))


def tiles_of(workspace: Workspace, answers: Sequence[Answer]) -> tuple[list[Tile], int]:
    """Answers as tiles, the surest first, and how many of them are in no catalog.

    Photos are shown by their number in the catalog; a run may have been scored on others.
    """
    from touchline.app.addresses import photo_url

    surest = sorted(answers, key=lambda answer: -answer.confidence)[:MOST_LISTED]
    places = {answer.path: str(Path(answer.path).resolve()) for answer in surest}
    with workspace.catalog.reading() as connection:
        rows = connection.execute(
            select(photos.c.path, photos.c.id).where(photos.c.path.in_(set(places.values())))
        )
        ids = {row.path: row.id for row in rows}
    tiles = [
        Tile(
            ids[places[answer.path]], photo_url(ids[places[answer.path]], 320),
            f"{answer.truth} labelled as {answer.label}", answer.path.rpartition("/")[2],
            f"{answer.confidence:.0%} sure",
        )
        for answer in surest
        if places[answer.path] in ids
    ]  # fmt: skip
    return tiles, len(surest) - len(tiles)
