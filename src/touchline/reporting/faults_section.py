"""What was broken in the data, as a section of a report."""

from collections.abc import Iterable, Sequence

from touchline.reporting.page import Section
from touchline.reporting.tables import Table


def faults_section(rows: Iterable[Sequence[str]]) -> tuple[Section, ...]:
    """One section that lists faults by file, place and reason; none where nothing was broken."""
    table = Table(("file", "place", "what was wrong"), tuple(map(tuple, rows)))
    return (Section("Left out or mended", (table,)),) if table.rows else ()
