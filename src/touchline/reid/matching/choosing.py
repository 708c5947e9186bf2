"""Which of many matches a page shows: the worst failures and the most doubtful hits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from touchline.reid.crops import NOBODY
from touchline.reid.matching.candidates import Match


@dataclass(frozen=True)
class Chosen:
    """What a page shows, and of how many.

    Attributes:
        failures: shown, the most confident first; where no identities are known all matches are
            here, the least confident first.
        hits: shown, the least confident first.
        failed, hit: how many there are, shown or not.
        unnamed: queries that nobody has named among others that are; they are not shown.
    """

    failures: tuple[Match, ...]
    hits: tuple[Match, ...]
    failed: int
    hit: int
    unnamed: int = 0

    @property
    def not_shown(self) -> int:
        """How many matches there is no room for."""
        return self.failed + self.hit - len(self.failures) - len(self.hits)


def choose(matches: Iterable[Match], limit: int, *, known: bool) -> Chosen:
    """Keep at most `limit` matches, however many there are.

    Failures and hits share the room evenly; what the one does not need the other takes.

    Args:
        matches: streamed; no more than a few times `limit` are held.
        limit: at least 2.
        known: whether identities are known.
    """
    if not known:
        doubtful = _Pile(limit, lambda match: match.confidence)
        for match in matches:
            doubtful.put(match)
        return Chosen(doubtful.best(limit), (), doubtful.count, 0)
    failures = _Pile(limit, lambda match: -match.confidence)
    hits = _Pile(limit, lambda match: match.confidence)
    unnamed = 0
    for match in matches:
        if match.query.identity == NOBODY:
            unnamed += 1
        else:
            (hits if match.hit else failures).put(match)
    room_of_failures = max(limit - limit // 2, limit - hits.count)
    shown = failures.best(room_of_failures)
    return Chosen(shown, hits.best(limit - len(shown)), failures.count, hits.count, unnamed)


@dataclass
class _Pile:
    """The first few by a key, equals in the order they came; of any number put in."""

    limit: int
    key: Callable[[Match], float]
    count: int = 0
    kept: list[Match] = field(default_factory=list)

    def put(self, match: Match) -> None:
        self.count += 1
        self.kept.append(match)
        if len(self.kept) >= 4 * self.limit:
            self._sort_out()

    def best(self, room: int) -> tuple[Match, ...]:
        self._sort_out()
        return tuple(self.kept[:room])

    def _sort_out(self) -> None:
        self.kept.sort(key=self.key)
        del self.kept[self.limit :]
