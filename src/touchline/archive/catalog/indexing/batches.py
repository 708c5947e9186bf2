"""Work in transactions of some hundred rows, so that other writers get their turn."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

ROWS_A_BATCH = 256

Item = TypeVar("Item")


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items, some hundred at a time.

    >>> [len(batch) for batch in batches(range(600))]
    [256, 256, 88]
    """
    rest = iter(items)
    while batch := list(islice(rest, ROWS_A_BATCH)):
        yield batch
