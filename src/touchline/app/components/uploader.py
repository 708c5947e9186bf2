"""Files from this computer, streamed to the disk of the server; never through its memory."""

from typing import Any

from touchline.app.components.inline import inline_component, redraw
from touchline.media.folder_contents import VIDEO_ENDINGS
from touchline.media.images import IMAGE_ENDINGS


def uploader(root: int, limit: int, key: str) -> list[str]:
    """Show the place to choose or drop files; the names of those that have just arrived.

    Args:
        root: which of the roots they go beneath, counted from 0.
        limit: the most bytes of one file.
        key: names the element on its page.
    """
    render = inline_component("uploader", ("elements", "uploader"), "uploader")
    data: dict[str, Any] = {
        "address": f"/uploads/{root}", "limit": limit,
        "accept": ",".join(sorted(IMAGE_ENDINGS.union(VIDEO_ENDINGS))),
    }  # fmt: skip
    told = render(key=key, data=data, on_arrived_change=redraw).get("arrived")
    return [str(name) for name in told] if isinstance(told, list) else []
