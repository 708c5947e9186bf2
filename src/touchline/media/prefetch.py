"""Work done ahead of need in threads, in order, with a bounded number of results waiting.

Decoders release Python's lock, so threads decode while the network computes.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD_FOR_EACH_WORKER = 16


def prefetch(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int | None = None,
    ahead: int | None = None,
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, computed ahead in threads.

    A bounded number of results waits at any time, so memory does not grow with the number of
    items; items are taken lazily. An exception of `function` is raised at its turn.

    Args:
        function: what to do with an item; called in several threads at once.
        items: any iterable, endless ones too.
        workers: the number of threads; as many as there are cores when None.
        ahead: at most this many results wait, at least 1; 16 a worker when None.
    """
    count = workers or os.cpu_count() or 1
    most = ahead or AHEAD_FOR_EACH_WORKER * count
    waiting: deque[Future[Result]] = deque()
    rest = iter(items)
    with ThreadPoolExecutor(count, thread_name_prefix="prefetch") as pool:
        try:
            for item in rest:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= most:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
