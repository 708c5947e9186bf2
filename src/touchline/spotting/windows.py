"""A stream of any length through a function of windows, as if it had been run over the whole.

The one way that frames become features and features become scores, from a file and live alike.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import torch
from torch import Tensor


def windowed(
    rows: Iterable[Tensor],
    run: Callable[[Tensor], Tensor],
    core: int,
    halo: int,
    multiple: int = 1,
    first: int = 0,
) -> Iterator[Tensor]:
    """Run over windows of a stream and yield the outputs of their cores: each row once, in order.

    A core of `core` rows with `halo` rows of context on either side is a window, cut off where the
    stream begins and ends. Cores begin at multiples of `core` counted from row 0 of the stream,
    whatever `first` is, so that a stream taken up again sees the very same windows. Where an output
    depends on no input further away than `halo` rows, the result is that of one run over the whole
    stream. At most `core + 2 * halo` rows are held, and an output comes at most `core + halo` rows
    after its input.

    Args:
        rows: tensors of one shape, from row `first_row(first, core, halo, multiple)` on.
        run: from a window `(time, ...)` to its outputs `(time, ...)`, row by row. Windows begin at
            multiples of `multiple`; only the last of a stream may have a length that is none, and
            it is for `run` to pad that one.
        core: rows of output a window, at least 1; rounded up to a multiple of `multiple`.
        halo: rows of context on either side, at least 0; rounded up likewise.
        multiple: the block length of what is run, at least 1.
        first: the first row whose output is wanted, from 0.

    Raises:
        ValueError: when `core`, `halo`, `multiple` or `first` is out of its range.

    >>> smooth = lambda window: torch.nn.functional.avg_pool1d(window[None], 3, 1, 1)[0]
    >>> [float(row) for row in windowed(torch.tensor([3.0, 6.0, 9.0, 3.0]), smooth, 2, 1)]
    [3.0, 6.0, 6.0, 4.0]
    """
    begin = first_row(first, core, halo, multiple)
    core, halo = round_up(core, multiple), round_up(halo, multiple)
    stream = iter(rows)
    held: list[Tensor] = []  # rows from `begin` on
    start = first - first % core
    while True:
        held += islice(stream, start + core + halo - begin - len(held))
        past = min(start + core, begin + len(held))  # one past the last row of the core
        if past <= first:
            return
        outputs = run(torch.stack(held))
        yield from outputs[max(start, first) - begin : past - begin]
        start = first = start + core
        kept = max(0, start - halo)
        del held[: kept - begin]
        begin = kept


def first_row(first: int, core: int, halo: int, multiple: int = 1) -> int:
    """The row from which `windowed` must be given the stream to yield from row `first` on.

    Raises:
        ValueError: when a number is out of its range.

    >>> [first_row(first, core=4, halo=3, multiple=2) for first in (0, 3, 4, 9, 12)]
    [0, 0, 0, 4, 8]
    """
    if core < 1 or halo < 0 or multiple < 1 or first < 0:
        raise ValueError(f"{core=}, {halo=}, {multiple=}, {first=}")
    core = round_up(core, multiple)
    return max(0, first - first % core - round_up(halo, multiple))


def round_up(steps: int, multiple: int) -> int:
    """The smallest multiple of `multiple` that is not below `steps`.

    >>> round_up(0, 4), round_up(5, 4), round_up(8, 4)
    (0, 8, 8)
    """
    return math.ceil(steps / multiple) * multiple
