"""24 photos a class to learn, the rest to test: our recipes against plain logistic regression.

    python benchmarks/few_shot.py DATA [--shots 24] [--seed 0] [--recipes probe two-stage finetune]

The baseline is what most people would write: the same backbone and weights through timm in fp32
with timm's own preprocessing, pooled features, `StandardScaler` and `LogisticRegression`. Both
sides learn from and are scored on the very same photos. Prints accuracies with intervals, paired
differences and wall times; runs that `--out` already holds are taken as they are.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import timm
import torch
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from touchline.backbones.loading import load_backbone
from touchline.photos.compare import ScoredRun, compare_runs
from touchline.photos.records import groups_of_run, scored_run
from touchline.reporting.tables import as_terminal_text
from touchline.runs import Run

BATCH = 32


def main() -> None:
    """Run the recipes through the command line, then the baseline on the same split."""
    options = _options()
    out = options.out or Path(tempfile.mkdtemp(prefix="few-shot-"))
    cache = out / "cache"
    runs = []
    for recipe in options.recipes:
        runs.append(Run(out / recipe))
        if runs[-1].file("metrics.json").exists():
            print(f"{recipe}: already in {out}")
            continue
        seconds = _train(options, recipe, runs[-1], cache)
        print(f"{recipe}: {seconds:.1f} s as a whole command, from raw files")
        if recipe == "probe":
            again = _train(options, recipe, Run(out / "probe-again"), cache)
            print(f"{recipe}: {again:.1f} s the second time, on cached features")
    start = time.monotonic()
    plain = baseline(options.data, Run(out / options.recipes[0]))
    print(f"baseline: {time.monotonic() - start:.1f} s")
    found = compare_runs([*map(scored_run, runs), plain], groups=groups_of_run(runs[0]))
    print()
    print(as_terminal_text(found.run_table()))
    print()
    print(as_terminal_text(found.pair_table()))


def baseline(data: Path, run: Run) -> ScoredRun:
    """Scaled logistic regression on plain pooled features, on the split of `run`."""
    split = pd.read_csv(run.file("split.csv"), keep_default_na=False)
    features = plain_features([data / path for path in split["path"]])
    train = (split["part"] == "train").to_numpy()
    labels = split["label"].to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    model.fit(features[train], labels[train])
    test = split[~train]
    return ScoredRun(
        name="plain features + logistic regression", photos=list(test["path"]),
        truth=list(test["label"]), predicted=list(model.predict(features[~train])),
    )  # fmt: skip


def plain_features(paths: list[Path]) -> np.ndarray:
    """Pooled features in fp32 with timm's own evaluation transform."""
    network = load_backbone("tf_efficientnet_lite0", "packaged").network
    transform = timm.data.create_transform(**timm.data.resolve_data_config({}, model=network))
    rows = []
    for start in range(0, len(paths), BATCH):
        images = [transform(Image.open(p).convert("RGB")) for p in paths[start : start + BATCH]]
        with torch.inference_mode():
            rows.append(network(torch.stack(images)).numpy())
    return np.concatenate(rows)


def _train(options: argparse.Namespace, recipe: str, run: Run, cache: Path) -> float:
    start = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "touchline", "photos", "train", str(options.data),
         "--recipe", recipe, "--shots", str(options.shots), "--seed", str(options.seed),
         "--out", str(run.folder), f"cache={cache}", *options.settings],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.monotonic() - start


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--shots", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipes", nargs="+", default=["probe", "two-stage", "finetune"])
    parser.add_argument("--settings", nargs="*", default=[], help="key=value for every recipe")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
