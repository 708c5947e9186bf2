"""Made photos side by side, a row for each class: what people look at while it learns."""

from io import BytesIO

from PIL import Image
from torch import Tensor

COLUMNS = 8
TILE = 128
"""Photos are shown at most this large, in pixels."""
MOST_TILES = 400


def sheet_order(classes: int) -> tuple[list[int], list[int]]:
    """The class place and the seed of each photo of a sheet, row by row.

    The same seeds every time, so that the sheets of one training can be leafed through.

    >>> sheet_order(2)[0][:9], sheet_order(2)[1][:9]
    ([0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 2, 3, 4, 5, 6, 7, 0])
    """
    columns = max(1, min(COLUMNS, MOST_TILES // max(classes, 1)))
    labels = [place for place in range(classes) for _ in range(columns)]
    return labels, [seed for _ in range(classes) for seed in range(columns)]


def sheet_bytes(pixels: Tensor, columns: int) -> bytes:
    """Photos as one JPEG: as a PNG a sheet is some five times as large.

    Args:
        pixels: uint8 `(n, 3, size, size)`, row by row.
        columns: photos a row.
    """
    tiles = [Image.fromarray(each.permute(1, 2, 0).numpy()) for each in pixels]
    side = min(TILE, pixels.shape[-1])
    sheet = Image.new("RGB", (columns * side, -(-len(tiles) // columns) * side))
    for number, tile in enumerate(tiles):
        small = tile if tile.width == side else tile.resize((side, side), Image.Resampling.BICUBIC)
        sheet.paste(small, (number % columns * side, number // columns * side))
    content = BytesIO()
    sheet.save(content, "JPEG", quality=90)
    return content.getvalue()
