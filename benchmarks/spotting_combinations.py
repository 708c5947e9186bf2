"""Eleven spotters on equal terms: one encoder, taught frame by frame, then frozen under each.

    python benchmarks/spotting_combinations.py DATA ENCODER_RUN --out FOLDER

DATA is an annotated set with train, valid and test matches. ENCODER_RUN is a run of the per-frame
baseline on DATA (`time.kind=none`); its encoder is frozen, its features are computed once, and
every time model, head and loss is taught on them for the same number of clips, chosen by validation
mAP@1 and scored once on the test matches. `--stacks RUN` adds a run with another encoder that was
taught end to end. Printed are the test mAP@1 by exact area with its interval over minutes of play,
the official one, the paired difference from the per-frame baseline, and frames a second.
"""

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import torch

from touchline.reporting.tables import Table, as_markdown
from touchline.runs import Run, open_run
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.events import Event
from touchline.spotting.metrics.paired import paired_difference
from touchline.spotting.model import load_spotter
from touchline.spotting.train import train

COMBINATIONS: Mapping[str, tuple[str, ...]] = {
    "per frame (baseline)": ("time.kind=none",),
    "BiLSTM": ("time.kind=lstm", "time.hidden=256"),
    "transformer": ("time.kind=transformer", "time.hidden=256", "time.layers=2"),
    "TCN": ("time.kind=tcn", "time.hidden=256", "time.layers=4"),
    "T-DEED, no displacement": ("time.kind=sgp", "time.hidden=256", "time.layers=2"),
    "T-DEED, displacement": (
        "time.kind=sgp", "time.hidden=256", "time.layers=2", "head.offset=displacement",
    ),
    "SGP + TriDet head": (
        "time.kind=sgp", "time.hidden=256", "time.layers=2", "head.offset=relative",
    ),
    "BiLSTM + displacement": ("time.kind=lstm", "time.hidden=256", "head.offset=displacement"),
    "BiLSTM, focal gamma 1": ("time.kind=lstm", "time.hidden=256", "loss.kind=focal"),
    "BiLSTM, focal gamma 2": (
        "time.kind=lstm", "time.hidden=256", "loss.kind=focal", "loss.gamma=2",
    ),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stacks", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--clips", type=int, default=640)
    arguments = parser.parse_args()
    runs = {}
    for number, (name, words) in enumerate(COMBINATIONS.items()):
        folder = arguments.out / f"{number:02}"
        if not (folder / "metrics.json").is_file():
            config = resolve(SpottingConfig, arguments.encoder / "config.yaml", {
                "data": arguments.data, "transfer": arguments.encoder, "encoder.frozen": True,
                "training.epochs": arguments.epochs, "clips.per_epoch": arguments.clips,
                "training.learning_rate": 1e-3,
            }, words)  # fmt: skip
            train(config, folder)
        runs[name] = open_run(folder)
    if arguments.stacks:
        runs["stacks + 3-D (end to end)"] = open_run(arguments.stacks)
    print(as_markdown(table_of(runs)))


def table_of(runs: Mapping[str, Run]) -> Table:
    """One row a run; differences are from the first."""
    baseline = events_of(next(iter(runs.values())))
    rows = []
    for name, run in runs.items():
        scores = json.loads(run.file("metrics.json").read_text())["test"]
        exact = scores["exact"][f"mAP{len(scores['classes'])}"]
        truth, found = events_of(run)
        lead = paired_difference(truth, baseline[1], found, scores["classes"])
        rows.append((
            name, f"{100 * exact['value']:.1f}",
            f"[{100 * exact['low']:.1f}, {100 * exact['high']:.1f}]",
            f"{100 * scores['official']['at1']['a_mAP']:.1f}",
            f"{100 * lead.value:+.1f} [{100 * lead.low:+.1f}, {100 * lead.high:+.1f}]",
            f"{frames_a_second(run):.0f}",
        ))  # fmt: skip
    columns = (
        "spotter", "mAP@1 exact", "95 %", "mAP@1 official", "over the baseline", "frames/s",
    )  # fmt: skip
    return Table(columns, tuple(rows))


def events_of(run: Run) -> tuple[dict[str, list[Event]], dict[str, list[Event]]]:
    """True and predicted events of the test matches."""
    table = pd.read_parquet(run.file("predictions.parquet"))
    table = table[table["split"] == "test"]
    parts = []
    for true in (True, False):
        events: dict[str, list[Event]] = {str(match): [] for match in table["match"].unique()}
        for row in table[table["true"] == true].itertuples():
            events[row.match].append(
                Event(row.seconds, row.label, row.confidence, row.team, row.half)
            )
        parts.append(events)
    return parts[0], parts[1]


def frames_a_second(run: Run, frames: int = 400) -> float:
    """Frames encoded and decided on a second, decoding left out, as `predict` runs it."""
    spotter = load_spotter(run)
    shown, scorer = spotter.frames, spotter.scorer
    channels = scorer.network.encoder.channels
    clip = torch.randint(
        0, 255, (frames, channels, shown.height, shown.width), dtype=torch.uint8
    )  # fmt: skip
    list(scorer.rows(scorer.features(clip[:50])))
    start = time.perf_counter()
    list(scorer.rows(scorer.features(clip)))
    return frames / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
