"""Make what ships with the package: the sample run out of a trained one, and the sample crops.

    python benchmarks/reid_sample.py run RUN
    python benchmarks/reid_sample.py crops DATA --actions 3

The first keeps of RUN (made by `recipes/reid/sample.yaml`) what comparing needs and its scores. The
second copies the first few actions of the rendered test split, numbered anew.
"""

import argparse
import json
import shutil
from pathlib import Path

import yaml

from touchline.reid.reading.soccernet_names import box_of, name_of
from touchline.reid.sample import sample_crops, sample_folder
from touchline.runs import Run, open_run

KEPT = ("labels.json", "calibration.json", "metrics.json", "preprocess.json")
LIST_FIELDS = ("query", "gallery")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("run").add_argument("run", type=Path)
    crops = kinds.add_parser("crops")
    crops.add_argument("data", type=Path)
    crops.add_argument("--actions", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.kind == "run":
        keep_run(open_run(arguments.run))
    else:
        keep_crops(arguments.data / "test", arguments.actions)


def keep_run(run: Run) -> None:
    """Copy the run into the package, without a path of the machine that it was made on."""
    target = Run(sample_folder())
    target.weights.parent.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        shutil.copyfile(run.file(name), target.file(name))
    settings = yaml.safe_load(run.config.read_text()) | {"data": "rendered players"}
    target.config.write_text(yaml.safe_dump(settings, sort_keys=False))
    shutil.copyfile(run.weights, target.weights)
    print(f"{target.weights}: {target.weights.stat().st_size / 1e6:.1f} MB")


def keep_crops(split: Path, count: int) -> None:
    """Copy the first actions of a split, numbered anew from 0."""
    whole = json.loads((split / "bbox_info.json").read_text())
    actions = sorted({box["action_idx"] for box in whole["query"].values()})[:count]
    target = sample_crops() / "test"
    shutil.rmtree(target, ignore_errors=True)
    kept: dict[str, dict[str, dict[str, object]]] = {}
    for part in LIST_FIELDS:
        boxes = [box for box in whole[part].values() if box["action_idx"] in actions]
        kept[part] = {}
        for number, box in enumerate(sorted(boxes, key=lambda box: box["bbox_idx"])):
            folder = Path(part) / box["relative_path"]
            (source,) = (split / folder).glob(f"{box['bbox_idx']}-*")
            name = name_of(box_of(source.name)._replace(number=number))
            (target / folder).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / folder / name)
            kept[part][str(number)] = {**box, "bbox_idx": number}
    (target / "bbox_info.json").write_text(json.dumps(kept, indent=1) + "\n")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {size / 1e6:.2f} MB, {len(kept['query'])} queries")


if __name__ == "__main__":
    main()
