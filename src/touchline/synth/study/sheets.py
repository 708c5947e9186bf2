"""Some synthetic photos of each round, to look at."""

from pathlib import Path

import torch
from PIL import Image

from touchline.files import write_atomically
from touchline.media.framing import as_pixels
from touchline.media.images import UnreadableImageError, read_image
from touchline.reporting.page import Part, Picture
from touchline.runs import Run
from touchline.synth.contact_sheet import COLUMNS, sheet_bytes

MOST_ROUNDS = 3
"""Sheets of more rounds would make a page too large to mail."""
MOST_ROWS = 30


def sheets_of(run: Run, rounds: int) -> tuple[Part, ...]:
    """A sheet for each of the first rounds, a row a class, as wide as every class has photos."""
    pictures = []
    for number in range(1, min(rounds, MOST_ROUNDS) + 1):
        folders = sorted((run.folder / "rounds" / f"{number}" / "made").glob("*/"))[:MOST_ROWS]
        rows = [row for folder in folders if (row := _first(folder))]
        if not rows:
            continue
        columns = min(len(row) for row in rows)
        path = run.file("plots") / f"synthetic-round-{number}.jpg"
        tiles = torch.stack([as_pixels(image) for row in rows for image in row[:columns]])
        write_atomically(path, sheet_bytes(tiles, columns))
        words = f"Synthetic photos of round {number}, a row for each class"
        pictures.append(Picture(path, words, words))
    return tuple(pictures)


def _first(folder: Path) -> list[Image.Image]:
    images = []
    for path in sorted(folder.glob("*.png"))[:COLUMNS]:
        try:
            images.append(read_image(path))
        except UnreadableImageError:  # tampered with since; the page is still worth having
            continue
    return images
