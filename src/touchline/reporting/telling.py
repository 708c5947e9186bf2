"""What is broken in the data, said to the person while the work goes on."""

from collections.abc import Iterable

from touchline.faults import Fault
from touchline.reporting.progress import say


def tell(faults: Iterable[Fault]) -> None:
    """Say each fault once on stderr, in order."""
    for fault in dict.fromkeys(faults):
        say(f"left out or mended: {fault}")
