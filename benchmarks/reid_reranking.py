"""Re-ranking: sparse against the dense definition, and time and memory at SoccerNet's size.

    python benchmarks/reid_reranking.py [--equality 3000] [--part 1.0]

At N = 3,000 every distance is compared with that of `tests/reference/dense_reranking.py`. Then
11,638 queries and 34,355 gallery crops of 512 numbers, all made up, are re-ranked as one set and
action by action, every block that a ranking asks for included; each in a process of its own that
has the features before the clock starts. Memory is the peak of the whole process and, beside it,
what it had before. Processor seconds, summed over threads, tell how much was waiting for others.
mAP is inside actions for both, before and after: on features that are made up it says nothing
about players.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reference import dense_reranking
from soccernet_sized import SizedWorld, soccernet_sized
from touchline.reid.metrics.scoring import mean_average_precision
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.reranking.within import rerank_within

WITHIN, WHOLE = Protocol("action", "kept"), Protocol("everything", "kept")
QUERIES, GALLERY, ACTIONS = 11_638, 34_355, 1751
TOLERANCE = 1e-5
GLOBAL = RerankSettings()
SETTINGS_WITHIN = (RerankSettings(k1=5, k2=2), RerankSettings(k1=8, k2=3), RerankSettings())


def main() -> None:
    """Print the equality, then a row a job."""
    options = _options()
    if options.job:
        print(json.dumps(JOBS[options.job](_world(options.part))))
        return
    _compare(options.equality)
    print(f"\n{'job':38} {'seconds':>8} {'processor':>9} {'peak MB':>8} {'before':>7}  result")
    for job in JOBS:
        command = [sys.executable, __file__, "--job", job, "--part", str(options.part)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        for name, each in json.loads(done.stdout).items():
            print(f"{name:38} {each['seconds']:8.1f} {each['busy']:9.1f} {each['peak']:8.0f} "
                  f"{each['before']:7.0f}  {each['result']}")  # fmt: skip


def _compare(crops: int) -> None:
    world = _world(crops / (QUERIES + GALLERY)).distances
    print(f"{world.shape[0]} queries, {world.shape[1]} gallery crops: largest difference")
    for settings in (GLOBAL, RerankSettings(k1=5, k2=2), RerankSettings(k1=10, k2=1, weight=0.5)):
        sparse = rerank(world.queries, world.gallery, settings).block(slice(None), slice(None))
        dense = dense_reranking.reranked(
            world.queries, world.gallery, settings.k1, settings.k2, settings.weight
        )
        difference = float(np.abs(sparse - dense).max())
        print(f"  {_named(settings)}: {difference:.1e}")
        assert difference <= TOLERANCE


def whole(world: SizedWorld) -> dict:
    """All as one set; the ten likest of each query."""
    features = world.distances.queries, world.distances.gallery

    def work() -> str:
        found = rerank(*features, GLOBAL)
        lists = rank(found, world.queries, world.gallery, WHOLE, top=10)
        return f"{sum(1 for _ in lists)} lists"

    return {f"global, {_named(GLOBAL)}": _measured(work)}


def within(world: SizedWorld) -> dict:
    """Action by action; whole lists."""

    def work(settings: RerankSettings) -> str:
        found = _within(world, settings)
        lists = rank(found, world.queries, world.gallery, WITHIN)
        return f"{sum(1 for _ in lists)} lists, {found.left_alone} actions left alone"

    return {
        f"within, {_named(settings)}": _measured(lambda settings=settings: work(settings))
        for settings in SETTINGS_WITHIN
    }


def precision(world: SizedWorld) -> dict:
    """How well it ranks inside actions, before and after."""
    candidates = {"before": world.distances, "after, global": None}
    candidates |= {f"after, within, {_named(each)}": each for each in SETTINGS_WITHIN}

    def score(given) -> str:
        if given is None:
            given = rerank(world.distances.queries, world.distances.gallery, GLOBAL)
        elif isinstance(given, RerankSettings):
            given = _within(world, given)
        return f"mAP {mean_average_precision(given, world.queries, world.gallery, WITHIN):.4f}"

    return {name: _measured(lambda given=given: score(given)) for name, given in candidates.items()}


JOBS = {"whole": whole, "within": within, "precision": precision}


def _within(world: SizedWorld, settings: RerankSettings):
    return rerank_within(
        world.distances.queries, world.distances.gallery,
        world.queries.actions, world.gallery.actions, settings,
    )  # fmt: skip


def _measured(work) -> dict:
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before, start, busy = _memory("VmRSS"), time.perf_counter(), time.process_time()
    result = work()
    return {
        "seconds": time.perf_counter() - start, "busy": time.process_time() - busy,
        "before": before, "peak": _memory("VmHWM"), "result": result,
    }  # fmt: skip


def _memory(name: str) -> float:
    """Of this process, in MB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6


def _named(settings: RerankSettings) -> str:
    return f"k1 {settings.k1}, k2 {settings.k2}, weight {settings.weight:g}"


def _world(part: float) -> SizedWorld:
    return soccernet_sized(*(round(part * count) for count in (QUERIES, GALLERY, ACTIONS)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--equality", type=int, default=3000, help="Crops of the dense comparison.")
    parser.add_argument("--part", type=float, default=1.0, help="Of SoccerNet's size.")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
