"""Matches in files and pipes: one row a query and rank in CSV, one object a query in JSON lines.

CSV columns: `query`, `rank` (from 1), `gallery`, `distance`, `confidence` (that the first candidate
is the right person; the same in all rows of a query), and the truth where identities are known:
`query_identity`, `gallery_identity`, `right` (0 or 1). A query without candidates has one row whose
rank is empty.
"""

import csv
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

from touchline.errors import UsageError
from touchline.reid.matching.candidates import Match, same_person

COLUMNS = (
    "query", "rank", "gallery", "distance", "confidence",
    "query_identity", "gallery_identity", "right",
)  # fmt: skip
_NAMES_AS_BYTES = "surrogateescape"  # a file name need not be UTF-8

Writer: TypeAlias = Callable[[Match], object]


def write_matches(path: Path, matches: Iterable[Match], *, known: bool) -> Path:
    """Write all matches and return `path`; arguments as for `recorded`."""
    deque(recorded(path, matches, known=known), maxlen=0)
    return path


def recorded(path: Path, matches: Iterable[Match], *, known: bool) -> Iterator[Match]:
    """Hand each match on as it is written; the file appears when the last one has been taken.

    So a stream of matches can be written and shown without being held in memory.

    Args:
        path: a `.csv` or `.jsonl` file; its folder is made.
        matches: in the order they are written.
        known: whether identities are known; the columns of the truth are empty otherwise.

    Raises:
        UsageError: another ending.
        OSError: the file cannot be written; nothing is left behind then.
    """
    if path.suffix.lower() not in _FORMS:
        raise UsageError(
            f"a file of matches ending in one of {', '.join(_FORMS)}", f"{path}",
            "Give the file one of these endings.",
        )  # fmt: skip
    return _recorded(path, matches, known)


def _recorded(path: Path, matches: Iterable[Match], known: bool) -> Iterator[Match]:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", errors=_NAMES_AS_BYTES, newline="") as stream:
            write = _FORMS[path.suffix.lower()](stream, known)
            for match in matches:
                write(match)
                yield match
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def csv_writer(stream: IO[str], known: bool) -> Writer:
    """Write the header of the columns, and give what writes the rows of a match.

    Args:
        stream: opened with `newline=""`.
        known: whether identities are known.
    """
    rows = csv.writer(stream)
    rows.writerow(COLUMNS)
    return lambda match: rows.writerows(_rows(match, known))


def json_lines_writer(stream: IO[str], known: bool) -> Writer:
    """Give what writes a match as one line: the query, its confidence and all its candidates."""
    return lambda match: stream.write(json.dumps(_as_object(match, known)) + "\n")


_FORMS = {".csv": csv_writer, ".jsonl": json_lines_writer}


def _rows(match: Match, known: bool) -> Iterator[tuple[Any, ...]]:
    query, sure = match.query, f"{match.confidence:.6f}"
    named = query.identity if known else ""
    if not match.ranked:
        yield query.path, "", "", "", sure, named, "", ""
    for rank, each in enumerate(match.ranked, start=1):
        right = int(same_person(query, each.crop)) if named else ""
        truth = (named, each.crop.identity if known else "", right)
        yield query.path, rank, each.crop.path, f"{each.distance:.6f}", sure, *truth


def _as_object(match: Match, known: bool) -> dict[str, Any]:
    """JSON keeps the bytes of names that are no UTF-8 as escapes."""
    query = match.query
    candidates = []
    for each in match.ranked:
        candidate = {"gallery": str(each.crop.path), "distance": each.distance}
        if known:
            candidate["gallery_identity"] = each.crop.identity
            candidate["right"] = same_person(query, each.crop) if query.identity else None
        candidates.append(candidate)
    truth = {"query_identity": query.identity} if known else {}
    return {
        "query": str(query.path), "confidence": match.confidence, **truth, "candidates": candidates,
    }  # fmt: skip
