"""Make what ships with the package: the sample run out of a trained one, and the sample match.

    python benchmarks/spotting_sample.py run RUN
    python benchmarks/spotting_sample.py match GAME --start 30 --seconds 45

The first keeps of RUN (made by `recipes/spotting/sample.yaml`) what predicting needs and its
scores, its weights in half precision. The second cuts a stretch out of a rendered test match.
"""

import argparse
import csv
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from touchline.files import sha256_of_file
from touchline.media.video.facts import probe
from touchline.media.video.streaming import stream_frames
from touchline.media.video.writing import VideoWriter
from touchline.runs import Run, open_run
from touchline.spotting.annotations.labels_file import LABEL_FILES
from touchline.spotting.sample import sample_clip, sample_folder

RATE = 25.0
KEPT = ("config.yaml", "labels.json", "calibration.json", "metrics.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("run").add_argument("run", type=Path)
    match = kinds.add_parser("match")
    match.add_argument("game", type=Path)
    match.add_argument("--start", type=float, default=30)
    match.add_argument("--seconds", type=float, default=45)
    arguments = parser.parse_args()
    if arguments.kind == "run":
        keep_run(open_run(arguments.run))
    else:
        cut_match(arguments.game, arguments.start, arguments.seconds)


def keep_run(run: Run) -> None:
    """Copy the run into the package."""
    target = Run(sample_folder())
    (target.folder / "weights").mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(run.file(name), target.file(name))
    # No path of the machine that it was made on.
    settings = target.config.read_text().splitlines()
    paths = {"data": "rendered matches", "transfer": "null", "proxies": "null"}
    target.config.write_text("".join(
        f"{line.partition(':')[0]}: {paths[line.partition(':')[0]]}\n"
        if line.partition(":")[0] in paths else f"{line}\n"
        for line in settings
    ))  # fmt: skip
    with run.file("split.csv").open(newline="") as file:
        rows = [{**row, "video": Path(row["video"]).name} for row in csv.DictReader(file)]
    with target.file("split.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    state = load_file(run.weights)
    half = {k: v.to(torch.float16) if v.dtype == torch.float32 else v for k, v in state.items()}
    save_file(half, target.weights)
    target.write_json("preprocess.json", {"weights_sha256": sha256_of_file(target.weights)})
    print(f"{target.weights}: {target.weights.stat().st_size / 1e6:.1f} MB")


def cut_match(game: Path, start: float, seconds: float) -> None:
    """Cut a stretch out of a game."""
    video, target = game / "224p.mp4", sample_clip()
    facts = probe(video)
    with VideoWriter(target, RATE, facts.height, facts.width, quality=28) as writer:
        for frame in stream_frames(video, RATE, facts.height, facts.width, start=start):
            if frame.seconds >= start + seconds:
                break
            writer.write(frame.picture)
    labels = json.loads((game / LABEL_FILES[0]).read_text())
    kept = []
    for item in labels["annotations"]:
        position = int(item["position"]) - round(1000 * start)
        if 0 <= position < 1000 * seconds:
            moment = f"1 - {position // 60000:02}:{position // 1000 % 60:02}"
            kept.append({**item, "position": str(position), "gameTime": moment})
    labels = {**labels, "UrlLocal": "rendered/sample", "annotations": kept}
    (target.parent / LABEL_FILES[0]).write_text(json.dumps(labels, indent=1) + "\n")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {len(kept)} events")


if __name__ == "__main__":
    main()
