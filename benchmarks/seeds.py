"""What the recipes of the published experiments come to on the data that is here, row by row.

    python benchmarks/seeds.py SHARED_DATA --out FOLDER [--only 003-week6]

SHARED_DATA holds `sports22` (real photos), `matches` and `reid` (rendered). Each row runs its
recipe as a command, shrunk so that a CPU has it done in minutes, and shows that command. Weights
from a hub cannot be had offline: either the packaged EfficientNet-Lite0 stands in for the recipe's
network, or that network begins with random weights. Rows whose run lies in FOLDER are not run
again. Printed: the measured half of `docs/seeds.md`.
"""

import argparse
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.reporting.confidence import Score
from touchline.reporting.tables import Table, as_markdown
from touchline.runs import Run

RECIPES = Path(__file__).parents[1] / "recipes"
LITE0, RANDOM = "EfficientNet-Lite0, taught on photos", "random weights"


@dataclass(frozen=True)
class Small:
    """How a recipe is shrunk.

    Attributes:
        command: the words after `touchline`.
        data: the folder of it.
        weights: what the network begins with.
        words: the settings that shrink it; `{yolox}` is the detector's file.
    """

    command: str
    data: str
    weights: str
    words: tuple[str, ...]


PHOTOS = Small(
    "photos train --shots 24", "sports22", LITE0,
    ("backbone.name=tf_efficientnet_lite0", "backbone.weights=packaged"),
)  # fmt: skip
UNTAUGHT_PHOTOS = Small(
    "photos train --shots 24", "sports22", RANDOM,
    (
        "backbone.weights=random", "views=[{framing: squash, size: 64}]", "training.epochs=3",
        "training.patience=null", "training.refit=false",
    ),
)  # fmt: skip
CLIPS = Small(
    "spotting classify", "matches", LITE0,
    (
        "encoder.name=tf_efficientnet_lite0", "encoder.weights=packaged", "encoder.frozen=true",
        "frames.height=112", "frames.width=199", "clips.per_epoch=240", "training.epochs=3",
        "training.warmup_epochs=0.5",
    ),
)  # fmt: skip
UNTAUGHT = (
    "encoder.weights=random", "frames.height=64", "frames.width=112", "clips.per_epoch=120",
    "training.epochs=2", "training.warmup_epochs=0.5",
)  # fmt: skip
UNTAUGHT_CLIPS = Small("spotting classify", "matches", RANDOM, UNTAUGHT)
UNTAUGHT_SPOTTER = Small("spotting train", "matches", RANDOM, UNTAUGHT)
SPOTTER = Small(
    "spotting train", "matches", LITE0,
    (
        "encoder.name=tf_efficientnet_lite0", "encoder.weights=packaged", "encoder.colour=stack",
        "encoder.shift=none", "encoder.stage=3", "encoder.frozen=true", "clips.steps=50",
        "clips.batch_size=16", "clips.per_epoch=960", "clips.event_share=0.7",
        "training.epochs=5", "training.warmup_epochs=1",
    ),
)  # fmt: skip


def players(*sizes: int) -> Small:
    """A re-identifier in two short stages of these heights and widths."""
    stages = "stages=[{{share: 0.3, height: {}, width: {}, epochs: 1}}, "
    stages += "{{height: {}, width: {}, epochs: 2}}]"
    return Small(
        "reid train", "reid", RANDOM,
        (
            "network.weights=random", "batch.crops=3", "training.warmup_epochs=0.5",
            "training.ema_decay=0", stages.format(*sizes),
        ),
    )  # fmt: skip


ROWS: Mapping[str, Small] = {
    "photos/000-layer4-and-head": PHOTOS,
    "photos/001-resnet50": UNTAUGHT_PHOTOS,
    "photos/001-resnet101": UNTAUGHT_PHOTOS,
    "photos/001-resnet152": UNTAUGHT_PHOTOS,
    "photos/001-yolov8s-cls": UNTAUGHT_PHOTOS,
    "spotting/002-slow-fusion-netvlad": UNTAUGHT_CLIPS,
    "spotting/003-week5-baseline": CLIPS,
    "spotting/003-week5-augmented": CLIPS,
    "spotting/003-week5-resnet50": UNTAUGHT_CLIPS,
    "spotting/003-week5-efficientnet-b0": UNTAUGHT_CLIPS,
    "spotting/003-week5-convnext-tiny": UNTAUGHT_CLIPS,
    "spotting/003-week5-tracks": Small(
        CLIPS.command, CLIPS.data, LITE0, (*CLIPS.words, "tracks.weights={yolox}")
    ),
    "spotting/003-week6-baseline": SPOTTER,
    "spotting/003-week6-lstm": SPOTTER,
    "spotting/003-week6-lstm-wide": SPOTTER,
    "spotting/003-week6-transformer": SPOTTER,
    "spotting/003-week6-x3d": UNTAUGHT_SPOTTER,
    "spotting/003-week6-x3d-lstm": UNTAUGHT_SPOTTER,
    "spotting/003-week7-focal-lstm": SPOTTER,
    "spotting/003-week7-focal-gamma2": SPOTTER,
    "spotting/003-week7-tcn": SPOTTER,
    "spotting/003-week7-tdeed": SPOTTER,
    "spotting/003-week7-tridet": SPOTTER,
    "spotting/003-week7-x3d-lstm": UNTAUGHT_SPOTTER,
    "reid/004-resnet50": players(64, 32, 128, 64),
    "reid/004-dinov2-lora": players(70, 28, 126, 56),
    "reid/004-osnet-ain": players(64, 32, 128, 64),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="recipes whose name begins so")
    arguments = parser.parse_args()
    measured = []
    for recipe, small in ROWS.items():
        if Path(recipe).name.startswith(arguments.only):
            run = Run(arguments.out / Path(recipe).name)
            take(recipe, small, arguments.data, run)
            figure, score, beside = headline(recipe, run.read_json("metrics.json"))
            measured.append((Path(recipe).name, small.data, small.weights, figure, score, beside))
    columns = ("recipe", "data", "begins with", "figure", "measured", "beside it")
    print(as_markdown(Table(columns, tuple(measured))))


def take(recipe: str, small: Small, data: Path, run: Run) -> None:
    """Run the recipe as a command, unless its run is finished."""
    if run.file("metrics.json").is_file():
        return
    words = [word.replace("{yolox}", str(data / "weights/yolox_nano.onnx")) for word in small.words]
    command = [
        *small.command.split(), str(data / small.data), "--config",
        str(RECIPES / f"{recipe}.yaml"), "--out", str(run.folder), *words,
    ]  # fmt: skip
    print("touchline", shlex.join(command), file=sys.stderr, flush=True)
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "touchline", *command], check=True, stdout=sys.stderr)
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def headline(recipe: str, metrics: Mapping[str, Any]) -> tuple[str, Score, str]:
    """The figure that the published table has, its score on test, and the baseline beside it."""
    if recipe.startswith("photos/"):
        majority = metrics["baseline_majority"]["value"]
        return "accuracy", Score(**metrics["accuracy"]), f"majority {100 * majority:.1f} %"
    test = metrics["test"]
    if recipe.startswith("reid/"):
        return "mAP", Score(**test["mAP"]), f"chance {100 * test['chance']['mAP']:.1f} %"
    if "exact" in test:
        majority = test["baselines"]["majority"]["mAP12"]
        return "mAP@1 (exact)", Score(**test["exact"]["mAP12"]), f"majority {100 * majority:.1f} %"
    if metrics["one_label"]:
        majority = test["baseline_majority"]["value"]
        return "accuracy", Score(**test["micro_accuracy"]), f"majority {100 * majority:.1f} %"
    return "mAP12", Score(**test["mAP12"]), f"chance {100 * test['baseline_mean_ap']:.1f} %"


if __name__ == "__main__":
    main()
