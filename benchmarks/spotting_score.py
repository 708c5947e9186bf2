"""Our scorer against the `SoccerNet` package: the same events, every metric, time and difference.

    python benchmarks/spotting_score.py [LABELS] [--matches 1] [--repeats 3]

LABELS is a `Labels-ball.json` or a tree of them; without it matches are made up. Predictions are
jittered, duplicated, missing, tied and out of range. The package's time is that of its dense
vectors and its average-mAP; reading and writing of files counts on neither side. Ours starts from
the same events. Each metric is asked for alone, the way the package answers, and
then all at once; the shortest of some repeats counts, on both sides.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import event_worlds
import official_package
from touchline.spotting.events import Event
from touchline.spotting.metrics.official import WINDOWS, official_scores

BALL = (
    "PASS", "DRIVE", "HEADER", "HIGH PASS", "OUT", "CROSS", "THROW IN", "SHOT",
    "BALL PLAYER BLOCK", "PLAYER SUCCESSFUL TACKLE", "FREE KICK", "GOAL",
)  # fmt: skip


def main() -> None:
    """Print a row a metric, for grids of 2 and 25 frames a second and 2 and 12 classes."""
    options = _options()
    truth = _annotated(options.labels) if options.labels else _made_up(options.matches)
    found = {
        name: event_worlds.spoilt(event_worlds.found_in(events, BALL, seed=1), seed=2)
        for name, events in truth.items()
    }
    counts = [sum(map(len, timelines.values())) for timelines in (truth, found)]
    print(f"{len(truth)} matches, {counts[0]} true events, {counts[1]} predictions")
    official_scores(truth, found, BALL)  # the first call pays for what numpy loads late
    ratios, differences = [], []
    for rate in (2, 25):
        for classes in (BALL[:2], BALL):
            ratio, difference = _compare(truth, found, classes, rate, options.repeats)
            ratios += ratio
            differences += difference
    print(f"\nlargest difference {max(differences):g}; ratio at least {min(ratios):.0f}")


def _compare(truth, found, classes, rate: int, repeats: int) -> tuple[list[float], list[float]]:
    """Ratios of the times and differences of the scores, a metric each."""
    dense, filling = _best(
        repeats, lambda: official_package.vectors(truth, found, classes, rate=rate)
    )

    def ours(metrics):
        return _best(
            repeats,
            lambda: official_scores(truth, found, classes, frames_per_second=rate, metrics=metrics),
        )

    print(f"\n{len(classes)} classes, {rate} frames a second")
    print(f"{'metric':8} {'a_mAP':>8} {'package':>9} {'ours':>9} {'ratio':>6} {'difference':>11}")
    ratios, differences, whole = [], [], filling
    for metric in WINDOWS:
        theirs, alone = _best(
            repeats, lambda metric=metric: official_package.average_map(dense, metric, rate)
        )
        scores, seconds = ours([metric])
        values = scores[metric].as_dict()
        differences.append(
            max(np.abs(np.subtract(value, values[name])).max() for name, value in theirs.items())
        )
        ratios.append((filling + alone) / seconds)
        whole += alone
        print(f"{metric:8} {theirs['a_mAP']:8.4f} {filling + alone:8.2f}s {seconds:8.4f}s "
              f"{ratios[-1]:6.0f} {differences[-1]:11g}")  # fmt: skip
    _, seconds = ours(list(WINDOWS))
    print(f"{'all':8} {'':8} {whole:8.2f}s {seconds:8.4f}s {whole / seconds:6.0f}")
    return ratios, differences


def _best(repeats: int, work):
    """What the work gives, and the shortest time it took: other programs only ever add to it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return result, min(times)


def _annotated(labels: Path) -> dict[str, list[Event]]:
    files = [labels] if labels.is_file() else sorted(labels.rglob("Labels-ball.json"))
    return {
        str(path.parent): [
            Event(
                int(each["position"]) / 1000, each["label"], half=int(each["gameTime"][0]),
                visible=each.get("visibility") != "not shown",
            )
            for each in json.loads(path.read_text())["annotations"]
        ]
        for path in files
    }  # fmt: skip


def _made_up(matches: int) -> dict[str, list[Event]]:
    # Without sides, whose score the package has not.
    return {
        f"match {seed}": [
            replace(event, team="") for event in event_worlds.match_of(BALL, seed=seed, count=1800)
        ]
        for seed in range(matches)
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path, nargs="?")
    parser.add_argument("--matches", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
