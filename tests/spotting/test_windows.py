from collections.abc import Callable, Iterator

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from touchline.spotting.windows import first_row, windowed

WEIGHTS = torch.tensor([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, -2.0, 6.0, 5.0])


def _convolve(reach: int) -> Callable[[Tensor], Tensor]:
    """Sums of whole numbers weighted over `reach` rows either way: exact in any order."""
    weights = WEIGHTS[: 2 * reach + 1].view(1, 1, -1)

    def run(window: Tensor) -> Tensor:
        return F.conv1d(window.T[:, None], weights, padding=reach)[:, 0].T

    return run


def _rows(length: int) -> Tensor:
    numbers = torch.Generator().manual_seed(length)
    return torch.randint(-9, 10, (length, 2), generator=numbers).float()


def _joined(outputs: Iterator[Tensor]) -> Tensor:
    return torch.stack([torch.zeros(2), *outputs])[1:]


@settings(max_examples=200, deadline=None)
@given(
    length=st.integers(0, 40), core=st.integers(1, 50), reach=st.integers(0, 4),
    spare=st.integers(0, 3), multiple=st.integers(1, 5), data=st.data(),
)  # fmt: skip
def test_windows_give_what_one_run_over_the_whole_gives(
    length: int, core: int, reach: int, spare: int, multiple: int, data: st.DataObject
) -> None:
    rows, run, halo = _rows(length), _convolve(reach), reach + spare
    whole = run(rows) if length else rows
    first = data.draw(st.integers(0, length + 3))
    supplied = rows[first_row(first, core, halo, multiple) :]
    assert torch.equal(_joined(windowed(supplied, run, core, halo, multiple, first)), whole[first:])


def test_too_little_context_is_seen() -> None:
    outputs = _joined(windowed(_rows(20), _convolve(3), core=5, halo=2))
    assert not torch.equal(outputs, _convolve(3)(_rows(20)))


@pytest.mark.parametrize(
    ("length", "windows"),
    [
        (0, []),
        (3, [(0, 3)]),  # shorter than a core
        (4, [(0, 4)]),  # exactly a core
        (5, [(0, 5), (2, 5)]),
        (8, [(0, 6), (2, 8)]),
        (11, [(0, 6), (2, 10), (6, 11)]),  # the last core is cut off
    ],
)
def test_windows_lie_on_a_grid_and_end_with_the_stream(
    length: int, windows: list[tuple[int, int]]
) -> None:
    seen = []

    def run(window: Tensor) -> Tensor:
        seen.append((int(window[0]), int(window[-1]) + 1))
        return window

    assert [int(row) for row in windowed(torch.arange(length), run, 4, 2)] == list(range(length))
    assert seen == windows


@pytest.mark.parametrize("first", range(14))
def test_a_stream_taken_up_again_sees_the_same_windows(first: int) -> None:
    def spans(first: int) -> list[tuple[int, int]]:
        seen = []

        def run(window: Tensor) -> Tensor:
            seen.append((int(window[0]), len(window)))
            return window

        begin = first_row(first, core=3, halo=1, multiple=2)
        taken = windowed(torch.arange(begin, 14), run, 3, 1, 2, first)
        assert [int(row) for row in taken] == list(range(first, 14))
        return seen

    assert spans(first) == spans(0)[first // 4 :]


@pytest.mark.parametrize("multiple", [1, 4])
def test_windows_begin_at_multiples_and_memory_and_delay_are_bounded(multiple: int) -> None:
    read, held = 0, []

    def endless() -> Iterator[Tensor]:
        nonlocal read
        while True:
            read += 1
            yield torch.tensor(read - 1)

    def run(window: Tensor) -> Tensor:
        held.append(len(window))
        assert int(window[0]) % multiple == 0
        assert len(window) % multiple == 0
        return window

    core, halo = (6, 3) if multiple == 1 else (8, 4)  # as rounded up
    outputs = windowed(endless(), run, 6, 3, multiple)
    for index in range(200):
        assert int(next(outputs)) == index
        assert read - index <= core + halo
    assert max(held) == core + 2 * halo


@pytest.mark.parametrize(
    ("core", "halo", "multiple", "first"),
    [(0, 0, 1, 0), (1, -1, 1, 0), (1, 0, 0, 0), (1, 0, 1, -1)],
)
def test_sizes_that_cannot_be_are_refused(core: int, halo: int, multiple: int, first: int) -> None:
    with pytest.raises(ValueError, match=f"core={core}"):
        next(windowed([], _convolve(0), core, halo, multiple, first))
