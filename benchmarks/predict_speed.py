"""Labelling speed and memory: `touchline photos predict` against a plain timm loop.

    python benchmarks/predict_speed.py [--photos 5000] [--large 200]

Photos are made here (drawings under noise, JPEG quality 90): about 1 megapixel, and 24 megapixels.
The plain loop uses the same weights: timm, fp32, timm's own transform, a DataLoader with a worker
for each core. Ours is the default probe: two views, calibration, scope, hashes and a Parquet file.
Both sides label the same files in this one run; the memory of ours is measured at two lengths.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image

from touchline.backbones.loading import load_backbone
from touchline.demo import POSES, draw_photo, write_archive

MEASURE = """
import json, re, sys, time
import timm
import touchline.photos.labelling
from touchline.cli import main
start = time.monotonic()
code = main(sys.argv[1:])
seconds = time.monotonic() - start
# Not ru_maxrss, which a process inherits from the one that started it.
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
print(json.dumps([code, seconds, int(peak[1]) / 1024]))
"""
"""Neither side's imports are counted; loading the model is, on both."""


DIFFERENT = 40
"""Photos that are drawn; the rest are further names of these. No side knows."""

PLAIN = 1500
"""Photos the plain loop is timed on at most: its rate does not change."""


class Files(torch.utils.data.Dataset):
    """Photos through timm's transform."""

    def __init__(self, paths: list[Path], transform: object) -> None:
        self.paths, self.transform = paths, transform

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.transform(Image.open(self.paths[index]).convert("RGB"))


def main() -> None:
    """Make the photos, teach a small probe, and time both sides."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="predict-speed-") as name:
        folder = options.folder or Path(name)
        run = folder / "run" if (folder / "run").exists() else _taught(folder)
        for label, size, count in (
            ("1 megapixel", (1160, 870), options.photos),
            ("24 megapixels", (6000, 4000), options.large),
        ):
            photos = folder / label.replace(" ", "-")
            if not photos.exists():
                _make_photos(photos, size, count)
            paths = sorted(photos.iterdir())
            start = time.monotonic()
            _plain_loop(paths[:PLAIN])
            plain = min(len(paths), PLAIN) / (time.monotonic() - start)
            _, seconds, peak = _predict(run, photos, folder / "labels.parquet")
            ours = len(paths) / seconds
            print(
                f"{label}: {len(paths)} photos, plain {plain:.1f}/s, ours {ours:.1f}/s, "
                f"ratio {ours / plain:.2f}, peak {peak:.0f} MiB",
                flush=True,
            )
            if count >= 5000:
                part = folder / "part"
                part.mkdir(exist_ok=True)
                for path in paths[:1000]:
                    if not (part / path.name).exists():
                        os.link(path, part / path.name)
                _, _, few = _predict(run, part, folder / "few.parquet")
                print(f"{label}: peak {few:.0f} MiB for 1000 photos, {peak:.0f} for {count}")


def _taught(folder: Path) -> Path:
    """A probe taught on a few drawn poses that have no left or right: two views a photo."""
    write_archive(folder / "archive", players=2, per_class=6, unlabelled=0, seed=0,
                  size=(240, 320), spoilt=False)  # fmt: skip
    for sided in (folder / "archive" / "labelled").glob("*-[lr]"):
        shutil.rmtree(sided)
    _touchline("photos", "train", str(folder / "archive" / "labelled"), "--holdout", "0.3",
               "--out", str(folder / "run"), f"cache={folder / 'cache'}")  # fmt: skip
    return folder / "run"


def _make_photos(folder: Path, size: tuple[int, int], count: int) -> None:
    """JPEGs of some size; a few drawings under fresh noise each, for drawing is slow."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    drawn = [
        draw_photo(pose, 1, n, 0, size=(480, 640)).resize(size) for n, pose in enumerate(POSES)
    ]
    pixels = [np.asarray(image, np.int16) for image in drawn]
    block = rng.integers(-6, 7, (size[1], size[0], 1), np.int16)
    for number in range(min(count, DIFFERENT)):
        noise = np.roll(block, int(rng.integers(size[0])), axis=1)
        picture = (pixels[number % len(pixels)] + noise).clip(0, 255).astype(np.uint8)
        Image.fromarray(picture).save(folder / f"{number:05d}.jpg", quality=90)
    for number in range(DIFFERENT, count):
        os.link(folder / f"{number % DIFFERENT:05d}.jpg", folder / f"{number:05d}.jpg")


def _plain_loop(paths: list[Path]) -> None:
    network = load_backbone("tf_efficientnet_lite0", "packaged").network
    transform = timm.data.create_transform(**timm.data.resolve_data_config({}, model=network))
    loader = torch.utils.data.DataLoader(
        Files(paths, transform), batch_size=32, num_workers=os.cpu_count() or 1
    )
    with torch.inference_mode():
        for batch in loader:
            network(batch)


def _predict(run: Path, photos: Path, out: Path) -> tuple[int, float, float]:
    """Exit code, seconds (the model's loading included) and peak memory in MiB, in a process."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, "photos", "predict", str(run), str(photos), "--out",
         str(out)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    code, seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return code, seconds, peak


def _touchline(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "touchline", *words], check=True, capture_output=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--folder", type=Path, help="keep the photos here, to time them again")
    parser.add_argument("--large", type=int, default=200)
    return parser.parse_args()


if __name__ == "__main__":
    main()
