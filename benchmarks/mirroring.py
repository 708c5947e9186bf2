"""What mirroring does to left and right: none, aware of labels, and plain, on the drawn poses.

    python benchmarks/mirroring.py [--per-class 12] [--shots 8] [--seeds 3]

Poses are drawn, players of the test photos are others than those learnt from. Three probes learn
from the same photos and are scored on the same photos: without mirroring, with mirrored photos
under the mirrored label (the default), and with mirrored photos under their own label (forced).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# The default shows photos both ways where classes have sides; forced plain mirroring believes that
# none has, so it is told to, for the comparison to be of labels only.
BOTH_WAYS = (
    "views=[{framing: letterbox, size: 320}, {framing: crop, size: 256, mirrored: true}, "
    "{framing: letterbox, size: 320, mirrored: true}, {framing: crop, size: 256}]"
)
MODES = {
    "none": ["mirror.mode=none"],
    "label-aware": [],
    "plain": ["mirror.mode=plain", "mirror.force=true", BOTH_WAYS],
}


def main() -> None:
    """Draw, teach the three, print confusions of left and right and the accuracy."""
    options = _options()
    totals = {mode: [0, 0, 0.0] for mode in MODES}
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory(prefix="mirroring-") as name:
            folder = Path(name)
            _touchline("demo", "photos", str(folder / "archive"), "--per-class",
                       str(options.per_class), "--unlabelled", "0", "--seed", str(seed),
                       "--no-spoilt", "--size", "240x320")  # fmt: skip
            for mode, words in MODES.items():
                run = folder / mode
                _touchline("photos", "train", str(folder / "archive" / "labels.csv"), "--shots",
                           str(options.shots), "--seed", str(seed), "--out", str(run),
                           f"cache={folder / 'cache'}", *words)  # fmt: skip
                metrics = json.loads((run / "metrics.json").read_text())
                confused, of, accuracy = _left_right(metrics)
                print(f"seed {seed} {mode:12} confused {confused}/{of}, accuracy {accuracy:.3f}")
                totals[mode][0] += confused
                totals[mode][1] += of
                totals[mode][2] += accuracy / options.seeds
    print()
    for mode, (confused, of, accuracy) in totals.items():
        print(f"{mode:12} left/right confusions {confused} of {of}, mean accuracy {accuracy:.3f}")


def _left_right(metrics: dict) -> tuple[int, int, float]:
    """Photos of a left or right class labelled as its mirror image, counted from the matrix."""
    from touchline.photos.mirror import pair_classes

    partner = pair_classes(metrics["classes"]).partner
    matrix = metrics["confusion_matrix"]
    sided = [place for place, other in enumerate(partner) if place != other]
    confused = sum(matrix[place][partner[place]] for place in sided)
    return confused, sum(sum(matrix[place]) for place in sided), metrics["accuracy"]["value"]


def _touchline(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "touchline", *words], check=True, capture_output=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-class", type=int, default=24)
    parser.add_argument("--shots", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
