"""Work ahead of need: in order, bounded, lazy."""

import threading
from collections.abc import Iterator

import pytest

from touchline.media.prefetch import AHEAD_FOR_EACH_WORKER, prefetch


def test_results_come_in_order_whatever_the_workers() -> None:
    for workers in (1, 2, 7):
        assert list(prefetch(lambda x: x * x, range(500), workers)) == [x * x for x in range(500)]


def test_nothing_gives_nothing() -> None:
    assert list(prefetch(lambda x: x, [])) == []


def test_items_are_taken_only_as_far_ahead_as_promised() -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = prefetch(lambda x: x, endless(), workers=2)
    assert [next(results) for _ in range(10)] == list(range(1, 11))
    assert taken <= 10 + 2 * AHEAD_FOR_EACH_WORKER
    results.close()  # type: ignore[attr-defined]


def test_an_exception_is_raised_at_its_turn() -> None:
    def fail_at_three(x: int) -> int:
        if x == 3:
            raise ValueError("three")
        return x

    results = prefetch(fail_at_three, range(10), workers=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)


def test_the_threads_end_with_the_work() -> None:
    list(prefetch(lambda x: x, range(50), workers=3))
    assert not [t for t in threading.enumerate() if t.name.startswith("prefetch")]
