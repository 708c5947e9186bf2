"""Everything that is said about a set of rankings: scores, intervals, chance, what was left out."""

from dataclasses import dataclass, field
from typing import Any

from touchline.reid.distances import Places
from touchline.reid.metrics.positive_ranks import Ranks
from touchline.reid.metrics.query_scores import METRICS
from touchline.reid.protocol import Protocol
from touchline.reporting.confidence import Numbers, Score
from touchline.reporting.tables import Table, as_terminal_text

_TITLES = ("mAP", "rank-1", "rank-5", "rank-10", "mINP")


@dataclass(frozen=True)
class ReidScores:
    """The scores of one ranker on one gallery.

    Means over the queries that have a positive in what they are compared with; that many is the
    `n` of each score.

    Attributes:
        mAP: mean average precision (see `query_scores.average_precisions`).
        rank1, rank5, rank10: share of queries with a positive among the first 1, 5, 10 (CMC).
        mINP: mean inverse negative penalty: how far down the last positive stands.
        chance: what a random order is expected to score, by the names above.
        protocol: what was compared.
        queries: how many queries there are, scored or not.
        gallery: how many gallery crops there are.
        compared: how many of them a scored query was compared with, on average.
        scored: places of the scored queries, ascending, shape (n,).
        average_precisions: of each of them, shape (n,).
        first_ranks: rank of the first positive of each, from 1, shape (n,).
        clusters: number of the group (action or identity) of each, shape (n,).
    """

    mAP: Score  # noqa: N815, the field's own spelling
    rank1: Score
    rank5: Score
    rank10: Score
    mINP: Score  # noqa: N815
    chance: dict[str, float]
    protocol: Protocol
    queries: int
    gallery: int
    compared: float
    scored: Places = field(repr=False, compare=False)
    average_precisions: Numbers = field(repr=False, compare=False)
    first_ranks: Ranks = field(repr=False, compare=False)
    clusters: Places = field(repr=False, compare=False)

    @property
    def left_out(self) -> int:
        """Queries without a positive, which no score can count."""
        return self.queries - len(self.scored)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: each score as value, n, low, high; not the values of single queries."""
        return {
            **{name: getattr(self, name).as_dict() for name in METRICS},
            "chance": dict(self.chance),
            "protocol": {"within": self.protocol.within, "same_camera": self.protocol.same_camera},
            "queries": self.queries,
            "queries_left_out": self.left_out,
            "gallery": self.gallery,
            "compared": self.compared,
        }

    def table(self) -> Table:
        """One row a score, with what chance reaches."""
        rows = tuple(
            (title, getattr(self, name), f"{100 * self.chance[name]:.1f} %")
            for title, name in zip(_TITLES, METRICS, strict=True)
        )
        return Table(("score", "value", "chance"), rows)

    def describe(self) -> str:
        """The scores for a terminal, beside chance, and what they rest on."""
        lines = [
            f"{self.queries:,} queries, {self.gallery:,} gallery crops; "
            f"{self.protocol.describe()} ({self.compared:,.1f} crops on average)."
        ]
        if self.left_out:
            lines.append(
                f"{self.left_out:,} queries have no positive and are left out: "
                f"all means are over {len(self.scored):,}."
            )
        return as_terminal_text(self.table()) + "\n".join(lines) + "\n"
