"""Ranking and scoring at the size of SoccerNet's validation split: time, memory, the official side.

    python benchmarks/reid_scoring.py [--repeats 3] [--part 1000]

11,638 queries, 34,355 gallery crops, 1,751 actions, 512 numbers a crop, all made up. Each job runs
in a process of its own that has the features before the clock starts; memory is the peak above what
it held then. The shortest of some repeats counts; processor seconds, summed over threads, tell how
much of it was waiting for other programs. The straightforward reference (a whole matrix,
argsort, a loop over the queries) sees a part of the queries and is multiplied up.
"""

import argparse
import gc
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import official_reid
from retrieval_worlds import bbox_info_of
from soccernet_sized import SizedWorld, crops_of, soccernet_sized
from touchline.reid.crops import Codes
from touchline.reid.distances import FeatureDistances
from touchline.reid.metrics.positive_ranks import positive_ranks
from touchline.reid.metrics.query_scores import average_precisions
from touchline.reid.metrics.scoring import mean_average_precision, score_distances
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank
from touchline.reid.ranking.ranking_file import write_ranking
from touchline.reid.scoring_files import score_ranking

WITHIN, WHOLE = Protocol("action", "kept"), Protocol("everything", "kept")


def main() -> None:
    options = _options()
    if options.job:
        print(json.dumps(JOBS[options.job](options.folder, options)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _save(soccernet_sized(), Path(folder))
        print(f"{'job':42} {'seconds':>8} {'processor':>9} {'MB above':>9}  result")
        results = {}
        for job in JOBS:
            results |= _in_a_process(job, Path(folder), options)
        seconds = {name: each["seconds"] for name, each in results.items()}
        ours = seconds["rank"] + seconds["score, intervals"]
        print(f"\nrank and score within actions: {ours:.2f} s")
        slow = seconds["reference, whole gallery"]
        print(f"argsort reference / ours, whole gallery: {slow / seconds['whole gallery']:.0f}")
        print(f"argsort reference / ours, within actions: {slow / ours:.0f} "
              "(it sorts the whole gallery, as the public kits do)")  # fmt: skip
        ratio = seconds["official evaluate"] / seconds["score the file"]
        print(f"official evaluate / our score of the same file, with intervals: {ratio:.1f}")


def within_actions(folder: Path, options: argparse.Namespace) -> dict:
    world = _load(folder)
    everything = (world.distances, world.queries, world.gallery, WITHIN)
    return {
        "rank": _measured(options, lambda: len(list(rank(*everything)))),
        "mAP alone": _measured(options, lambda: mean_average_precision(*everything)),
        "score, intervals": _measured(options, lambda: score_distances(*everything).mAP.value),
    }


def files(folder: Path, options: argparse.Namespace) -> dict:
    world, ranking, truth = _load(folder), folder / "ranking.json", folder / "bbox_info.json"
    crops = crops_of(world)
    truth.write_text(json.dumps(bbox_info_of(crops)))
    rankings = list(rank(world.distances, world.queries, world.gallery, WITHIN))
    results = {
        "write the file": _measured(options, lambda: write_ranking(ranking, rankings, crops)),
        "score the file": _measured(options, lambda: score_ranking(truth, ranking).mAP.value),
        "official evaluate": _measured(
            options, lambda: float(official_reid.evaluate_files(truth, ranking)["mAP"])
        ),
    }
    ours, theirs = (results[name]["result"] for name in ("score the file", "official evaluate"))
    assert abs(ours - theirs) < 1e-12
    return results


def whole_gallery(folder: Path, options: argparse.Namespace) -> dict:
    world = _load(folder)
    everything = (world.distances, world.queries, world.gallery, WHOLE)
    return {
        "mAP alone, whole gallery": _measured(options, lambda: mean_average_precision(*everything)),
        "whole gallery": _measured(options, lambda: score_distances(*everything).mAP.value),
    }


def reference(folder: Path, options: argparse.Namespace) -> dict:
    """The whole gallery, the way it is mostly written; and that ours gives the same."""
    world, part = _load(folder), options.part
    matrix: list = []

    def loop() -> list[float]:
        matrix[:] = [world.distances.block(slice(0, part), slice(None))]
        order = np.argsort(matrix[0], axis=1, kind="stable")
        matches = world.gallery.identities[order] == world.queries.identities[:part, None]
        found = []
        for row in matches:
            precision = row.cumsum() / np.arange(1, len(row) + 1)
            found.append(float((precision * row).sum() / row.sum()))
        return found

    aps: list = []
    measured = _measured(options, lambda: aps.__setitem__(slice(None), loop()), repeats=1)
    for name in ("seconds", "busy"):
        measured[name] *= len(world.queries) / part
    ours = average_precisions(
        positive_ranks(
            _Matrix(matrix[0]), _first(world.queries, part), world.gallery, WHOLE
        )
    )  # fmt: skip
    measured["result"] = f"largest difference of an AP {np.abs(ours - aps).max():.1e}"
    return {"reference, whole gallery": measured}


JOBS = {
    "within": within_actions, "files": files, "whole": whole_gallery, "reference": reference,
}  # fmt: skip


class _Matrix:
    def __init__(self, matrix: np.ndarray):
        self.matrix, self.shape = matrix, matrix.shape

    def block(self, queries, gallery) -> np.ndarray:
        return self.matrix[queries][:, gallery]


def _first(codes: Codes, count: int) -> Codes:
    return Codes(codes.identities[:count], codes.actions[:count], codes.cameras[:count])


def _measured(options: argparse.Namespace, work, repeats: int | None = None) -> dict:
    """The shortest time, the peak memory above what was there before, and the result."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before, times, busy, result = _memory("VmRSS"), [], [], None
    for _ in range(repeats or options.repeats):
        start, started = time.perf_counter(), time.process_time()
        result = work()
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - started)
    above = _memory("VmHWM") - before
    return {"seconds": min(times), "busy": min(busy), "above": above, "result": result}


def _memory(name: str) -> float:
    """Of this process, in MB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6


def _in_a_process(job: str, folder: Path, options: argparse.Namespace) -> dict:
    command = [
        sys.executable, __file__, "--job", job, "--folder", str(folder),
        "--repeats", str(options.repeats), "--part", str(options.part),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    results = json.loads(done.stdout)
    for name, each in results.items():
        figures = f"{each['seconds']:8.2f} {each['busy']:9.2f} {each['above']:9.0f}"
        print(f"{name:42} {figures}  {each['result']}")
    return results


def _save(world: SizedWorld, folder: Path) -> None:
    np.save(folder / "queries.npy", world.distances.queries)
    np.save(folder / "gallery.npy", world.distances.gallery)
    for name, codes in (("queries", world.queries), ("gallery", world.gallery)):
        np.save(folder / f"{name}_codes.npy", [codes.identities, codes.actions, codes.cameras])


def _load(folder: Path) -> SizedWorld:
    features = (np.load(folder / f"{name}.npy") for name in ("queries", "gallery"))
    codes = (Codes(*np.load(folder / f"{name}_codes.npy")) for name in ("queries", "gallery"))
    return SizedWorld(FeatureDistances(*features), *codes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--part", type=int, default=1000, help="Queries the reference sees.")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
