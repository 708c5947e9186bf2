"""A study of 60 probe trials, 24 photos a class: seconds, and winner beside untuned on test.

    python benchmarks/tuning.py DATA [--shots 24] [--trials 60] [--processes 1] [--out STUDY]

Runs `touchline photos tune` as a person would, with as many processes as asked on one journal, each
started on an empty cache of features unless `--cache` names one. Processor seconds are those of the
whole command, of all its processes: on a shared machine they say more than wall seconds.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd


def main() -> None:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="tuning-"))
    out, cache = options.out or folder / "study", options.cache or folder / "cache"
    command = [
        sys.executable, "-m", "touchline", "photos", "tune", str(options.data),
        "--shots", str(options.shots), "--trials", str(options.trials), "--seed", str(options.seed),
        "--out", str(out), f"cache={cache}", *options.settings,
    ]  # fmt: skip
    start = time.monotonic()
    running = [subprocess.Popen(command) for _ in range(options.processes)]
    if max(process.wait() for process in running):
        sys.exit("a process failed")
    wall, used = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    trials = pd.read_csv(out / "trials.csv")
    worth = json.loads((out / "worth.json").read_text(encoding="utf-8"))
    pair = worth["test"]["pairs"][0]
    sign = 1 if pair["first"] == "winner" else -1
    ends = sorted(100 * sign * pair["difference"][end] for end in ("low", "high"))
    print(f"whole command: {wall:.0f} s, {used.ru_utime + used.ru_stime:.0f} processor seconds")
    print(f"trials: {dict(trials['outcome'].value_counts())}, {trials['seconds'].sum():.0f} s")
    print(
        f"a trial: median {trials['seconds'].median():.2f} s, most {trials['seconds'].max():.1f} s"
    )
    for run in worth["test"]["runs"]:
        print(f"{run['name']}: {100 * run['accuracy']['value']:.1f} % of {run['accuracy']['n']}")
    print(f"winner - untuned on test: {100 * sign * pair['difference']['value']:+.1f} points "
          f"[{ends[0]:+.1f}, {ends[1]:+.1f}], p {pair['p_value']:.3f}")  # fmt: skip
    luck = worth["luck"]
    print(f"lead {100 * (luck['won'] - luck['untuned']):+.1f} points in the study, "
          f"{100 * luck['fresh_lead']['value']:+.1f} on fresh folds")  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--shots", type=int, default=24)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--settings", nargs="*", default=[], help="key=value, --flags")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
