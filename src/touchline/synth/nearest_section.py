"""The photos learnt from that generated ones come nearest to, as a section of a report."""

from pathlib import Path

import pandas as pd
from PIL import Image

from touchline.reporting.data_uris import thumbnail_data_uri
from touchline.reporting.gallery import Gallery, Tile
from touchline.reporting.page import Part, Section, Text
from touchline.reporting.tables import Table
from touchline.runs import Run
from touchline.synth.run_files import COPIES
from touchline.synth.scores.pairs import PAIRS

PAIR_SIDE = 288
"""Longest side of a pair on the page, in pixels."""


def nearest_section(run: Run, threshold: float) -> tuple[Section, ...]:
    """Copies by name and the nearest pairs as pictures; none where no photo was compared.

    Args:
        run: with `copies.csv`, and the pictures of `touchline.synth.scores.pairs`.
        threshold: at this distance or below it a photo is a copy.
    """
    if not run.file(COPIES).is_file():
        return ()
    table = pd.read_csv(run.file(COPIES), keep_default_na=False, dtype={"nearest": str})
    table = table.sort_values("distance", kind="stable")
    found = table[table["copy"]]
    words = (
        f"{len(found):,} of {len(table):,} generated photos are copies: they lie within "
        f"{threshold:.3f} of a photo learnt from, or of its mirror image. Of real photos about one "
        "in a hundred lies that near to one of another burst."
    )
    parts: list[Part] = [Text((words,)), *([_copies(found)] if len(found) else [])]
    tiles = _tiles(run, table)
    if tiles:
        parts += [
            Text(("Left what was generated, right the photo nearest to it.",)),
            Gallery(tiles),
        ]
    return (Section("Nearest photos learnt from", tuple(parts)),)


def _copies(found: pd.DataFrame) -> Table:
    rows = zip(
        found["sample"].tolist(), found["label"].astype(str), found["nearest"],
        found["mirrored"].map({True: "yes", False: ""}), found["distance"].tolist(), strict=True,
    )  # fmt: skip
    columns = ("generated photo", "class", "copy of", "mirrored", "distance")
    return Table(columns, tuple(rows), "Copies, the nearest first")


def _tiles(run: Run, table: pd.DataFrame) -> tuple[Tile, ...]:
    """One for each pair that has a picture, the nearest first; only copies are marked."""
    tiles = []
    rows = zip(
        table["sample"], table["label"].astype(str), table["nearest"], table["distance"],
        table["copy"], strict=True,
    )  # fmt: skip
    for sample, label, nearest, distance, is_copy in rows:
        path = run.file(PAIRS) / f"{sample}.png"
        if path.is_file():
            with Image.open(path) as picture:
                thumbnail = thumbnail_data_uri(picture, PAIR_SIDE)
            lines = (f"{label}, distance {distance:.3f}", *(("copy",) if is_copy else ()))
            tiles.append(Tile(thumbnail, Path(nearest).name, lines, False if is_copy else None))
    return tuple(tiles)
