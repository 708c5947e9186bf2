"""Rankings as SoccerNet's challenge takes them: JSON, gallery numbers by the number of a query."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.reid.crops import Gallery
from touchline.reid.ranking.rank import Ranking
from touchline.reid.ranking.ranking_check import check_lists


def write_ranking(path: Path, rankings: Iterable[Ranking], gallery: Gallery) -> None:
    """Write `{"query number": [gallery number, ...], ...}`, best first, queries in their order.

    Args:
        path: written whole or not at all.
        rankings: of every query, in any order.
        gallery: gives places their numbers.

    Raises:
        UsageError: where crops have actions, when a list is not the whole gallery of its action:
            the official scorer would refuse the file.
        OSError: when the file cannot be written.
    """
    numbers = np.array([crop.number for crop in gallery.gallery], np.int64)
    lists = {ranking.query: numbers[ranking.gallery].tolist() for ranking in rankings}
    content = {str(gallery.queries[query].number): lists[query] for query in sorted(lists)}
    if any(crop.action for crop in gallery.queries):
        check_lists(content, gallery)
    write_atomically(path, json.dumps(content))


def read_ranking(path: Path) -> Any:
    """What a file of rankings holds, not yet checked (see `ranking_check`).

    Raises:
        UsageError: when it cannot be read or is not JSON.
    """
    return read_json(path, "a JSON file of rankings")


def read_json(path: Path, wanted: str) -> Any:
    """The content of a JSON file.

    Raises:
        UsageError: when it cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(wanted, f"{path}: {error.strerror}", "Check the path.") from error
    except (ValueError, RecursionError) as error:
        found = f"{path}, which is not valid JSON: {error}"
        raise UsageError(wanted, found, "Write the file again.") from error
