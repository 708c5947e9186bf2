"""How long a visitor who guesses passwords has to wait before the next guess counts."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

FREE_GUESSES = 3
LONGEST_WAIT_SECONDS = 300.0
MOST_VISITORS = 10_000
"""Remembered at once; those who guessed longest ago are forgotten first."""


@dataclass
class Guesses:
    """Wrong passwords by visitor.

    Attributes:
        clock: seconds that only rise.
    """

    clock: Callable[[], float] = time.monotonic
    _wrong: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def wait_seconds(self, address: str) -> float:
        """How long a visitor has to wait still; 0 when a guess counts now."""
        _, next_at = self._wrong.get(_network_of(address), (0, 0.0))
        return max(0.0, next_at - self.clock())

    def wrong(self, address: str) -> None:
        """Note a wrong password: the wait doubles with each after the first few."""
        network = _network_of(address)
        count = self._wrong.pop(network, (0, 0.0))[0] + 1
        self._wrong[network] = count, self.clock() + pause_after(count)
        if len(self._wrong) > MOST_VISITORS:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget what a visitor got wrong before."""
        self._wrong.pop(_network_of(address), None)


def pause_after(wrong: int) -> float:
    """Seconds to wait after so many wrong passwords.

    >>> [pause_after(wrong) for wrong in (1, 2, 3, 4, 5, 100)]
    [0.0, 0.0, 1.0, 2.0, 4.0, 300.0]
    """
    if wrong < FREE_GUESSES:
        return 0.0
    return float(min(2.0 ** min(wrong - FREE_GUESSES, 30), LONGEST_WAIT_SECONDS))


def _network_of(address: str) -> str:
    """A visitor's own address, or the network that one visitor of IPv6 usually has to himself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{address}/64", strict=False)) if parsed.version == 6 else address
