"""Photos that changed names among themselves, as when a folder is numbered anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Replaced:
    """A path that now holds other bytes than the catalog knows of it.

    Attributes:
        path: the file.
        row_id: the row of the path; None where it has none.
        before: SHA-256 of what the path held; empty where it has no row.
        after: SHA-256 of what it holds.
    """

    path: str
    row_id: int | None
    before: str
    after: str


def renamed_among(
    files: Iterable[Replaced], free: Mapping[str, Sequence[int]] | None = None
) -> dict[int, str]:
    """The rows that follow their content to another path.

    A row only moves to a path that has none, or whose own row moves away as well, so that no row
    loses its place: a file that was overwritten by a copy of another stays what it is, with changed
    content.

    Args:
        files: paths with new content.
        free: by SHA-256 the rows whose files are gone altogether.

    >>> one, two = Replaced("a.jpg", 1, "A", "B"), Replaced("b.jpg", 2, "B", "A")
    >>> renamed_among([one, two])
    {2: 'a.jpg', 1: 'b.jpg'}
    >>> renamed_among([one, Replaced("b.jpg", 2, "B", "new")])
    {}
    >>> renamed_among([one, Replaced("c.jpg", None, "", "A")], {"B": [3]})
    {3: 'a.jpg', 1: 'c.jpg'}
    """
    files = list(files)
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for file in reversed(files):
        if file.row_id is not None:
            owners[file.before].append(file.row_id)
    for content, row_ids in (free or {}).items():
        owners[content] += reversed(row_ids)
    moves = {file: owners[file.after].pop() for file in files if owners.get(file.after)}
    occupant = {file.row_id: file for file in moves if file.row_id is not None}
    moving = set(moves.values())
    blocked = [file for row_id, file in occupant.items() if row_id not in moving]
    while blocked:  # a row that stays blocks the one that would come, and so on down the chain
        row_id = moves.pop(blocked.pop())
        if row_id in occupant and occupant[row_id] in moves:
            blocked.append(occupant[row_id])
    return {row_id: file.path for file, row_id in moves.items()}
