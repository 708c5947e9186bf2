"""Long work that is under way: how far it is, and a button for each to cancel it."""

from collections.abc import Mapping, Sequence
from typing import Any

from touchline.app.components.inline import inline_component, redraw


def mount_work(jobs: Sequence[Mapping[str, Any]]) -> None:
    """Show work under way; the page is run again when something of it ends.

    Args:
        jobs: as `jobs.routes.told` gives each. The component asks for them itself from then on, so
            that the page is not run again for every step of theirs.
    """
    render = inline_component("work", ("elements", "work"), "work")
    render(key="work under way", data=list(jobs), on_ended_change=redraw)
