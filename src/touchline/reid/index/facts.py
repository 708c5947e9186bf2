"""What an index says of itself: `index.json`, which also names its other files.

The other files are never changed. A new state of an index is written beside the old one and becomes
the index when `index.json`, written last, names it; so it is there whole or not at all.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from touchline.errors import UsageError
from touchline.files import write_atomically

FACTS = "index.json"
VERSION = 1
"""Of the form; an index of another one is not read."""

Kind = Literal["flat", "ivf"]


@dataclass(frozen=True)
class Recall:
    """How well an approximate search finds what an exact one does.

    Attributes:
        value: of the ten nearest by exact search, the share that is found, in [0, 1].
        n: vectors of the index that were searched for, none of which chose `probes`.
    """

    value: float
    n: int


@dataclass(frozen=True)
class IndexFacts:
    """What an index holds and who made its vectors.

    Attributes:
        run: names the run whose network made the vectors.
        weights: SHA-256 of that network's weights; only its vectors can be compared with these.
        dimensions: length of a vector.
        count: vectors.
        kind: `flat` is exact; `ivf` searches only the lists of vectors nearest to a query.
        vectors, crops: names of the files.
        lists: of an `ivf` index, how many lists there are.
        probes: how many of them are searched.
        recall: what that costs; None for `flat`, which misses nothing.
    """

    run: str
    weights: str
    dimensions: int
    count: int
    kind: Kind
    vectors: str = "index.faiss"
    crops: str = "crops.parquet"
    lists: int = 0
    probes: int = 0
    recall: Recall | None = None

    def require_weights(self, weights: str) -> None:
        """Refuse the vectors of another network.

        Raises:
            UsageError: when `weights` is not the hash that made this index.
        """
        if weights != self.weights:
            raise UsageError(
                f"vectors of the network that made the index (run {self.run}, weights "
                f"{self.weights[:12]})",
                f"a network with weights {weights[:12]}",
                "Search with that run, or build an index with this one.",
            )

    def describe(self) -> str:
        """In words.

        >>> IndexFacts("sample", "ab", 512, 34355, "flat").describe()
        '34,355 crops, 512 features each, by the run sample; the search is exact'
        """
        search = "the search is exact"
        if self.recall:
            search = (
                f"the search finds {100 * self.recall.value:.1f} % of the ten nearest "
                f"({self.probes} of {self.lists} lists, n = {self.recall.n})"
            )
        vectors = f"{self.count:,} crops, {self.dimensions} features each, by the run {self.run}"
        return f"{vectors}; {search}"


def write_facts(folder: Path, facts: IndexFacts) -> None:
    """Make the files that `facts` names the index in `folder`.

    Raises:
        OSError: when it cannot be written; the index is then what it was.
    """
    text = json.dumps({"version": VERSION, **asdict(facts)}, indent=1, ensure_ascii=True)
    write_atomically(folder / FACTS, text + "\n")


def read_facts(folder: Path) -> IndexFacts:
    """What the index in `folder` says of itself.

    Raises:
        UsageError: when there is no index, it is of another version, or what it says is broken.
    """
    path = folder / FACTS
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["version"] != VERSION:
            raise UsageError(
                f"an index of version {VERSION}", f"version {values['version']} at {path}",
                "Build it again, or use the Touchline that made it.",
            )  # fmt: skip
        return _facts(values)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            "the folder of an index", f"{type(error).__name__} at {path}",
            "Make one with `touchline reid index`.",
        ) from error  # fmt: skip


def _facts(values: dict[str, Any]) -> IndexFacts:
    del values["version"]
    recall = values.pop("recall")
    facts = IndexFacts(**values, recall=Recall(**recall) if recall else None)
    if not isinstance(facts.weights, str) or facts.kind not in get_args(Kind):
        raise ValueError("no weights, or a kind that is not known")
    for name in (facts.vectors, facts.crops):
        if Path(name).name != name:
            raise ValueError(f"{name} lies elsewhere")
    return facts
