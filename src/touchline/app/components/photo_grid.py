"""A grid of thumbnails; pressing one tells which."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from touchline.app.components.inline import inline_component, redraw


@dataclass(frozen=True)
class Tile:
    """One picture of a grid.

    Attributes:
        id: what is told when it is pressed.
        picture: the address of its thumbnail.
        alt: what is on it, for those who cannot see it.
        caption: shown below.
        note: shown below the caption, e.g. how sure the model is.
    """

    id: int
    picture: str
    alt: str
    caption: str
    note: str = ""


def photo_grid(tiles: Sequence[Tile], key: str) -> int | None:
    """Show tiles; the id of the one just pressed, or None.

    Args:
        tiles: a page of them; the browser loads what comes into view.
        key: names the grid on its page.
    """
    render = inline_component("photo_grid", ("elements", "photo_grid"), "photo_grid")
    told = render(key=key, data=[asdict(tile) for tile in tiles], on_pressed_change=redraw).get(
        "pressed"
    )
    return told if isinstance(told, int) and told in {tile.id for tile in tiles} else None
