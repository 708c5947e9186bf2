"""A dozen spotters on equal terms: one frozen encoder, everything behind it taught alike.

    python benchmarks/spotting_combinations.py DATA --out FOLDER [--stacks RUN]

DATA is an annotated set with train, valid and test matches. The encoder is that of
`recipes/spotting/sample.yaml` (taught on photos, cut off half way, left as it is), its maps are
computed once, and each neck, time model, head and loss is taught on them for the same number of
clips, chosen by validation mAP@1 and scored once on the test matches. The baseline looks at single
frames (shown as gray stacks, like all others). `--stacks RUN` adds a run of another encoder, taught
end to end. Printed are the test mAP@1 by exact area with its interval over minutes of play, the
official one, the difference from the baseline on the same minutes, and frames a second (encoder and
all, decoding left out).
"""

import argparse
import time
from collections.abc import Mapping
from pathlib import Path

import torch

from touchline.reporting.tables import Table, as_markdown, format_interval, format_value
from touchline.runs import Run, open_run
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.model import load_spotter
from touchline.spotting.paired_runs import pair_on_test
from touchline.spotting.recorded import recorded_scores
from touchline.spotting.train import train

RECIPE = Path(__file__).parents[1] / "recipes" / "spotting" / "sample.yaml"
PLAIN = "head.offset=none"
LSTM, SGP = "time.kind=lstm", ("time.kind=sgp", "time.layers=2")
COMBINATIONS: Mapping[str, tuple[str, ...]] = {
    "per frame (baseline)": ("time.kind=none", PLAIN),
    "BiLSTM": (LSTM, PLAIN),
    "transformer": ("time.kind=transformer", "time.layers=2", PLAIN),
    "TCN": ("time.kind=tcn", "time.layers=4", PLAIN),
    "T-DEED without displacement": (*SGP, PLAIN),
    "T-DEED with displacement": (*SGP, "head.offset=displacement"),
    "SGP with TriDet's head": (*SGP, "head.offset=relative"),
    "BiLSTM with displacement": (LSTM, "head.offset=displacement"),
    "BiLSTM, focal, gamma 1": (LSTM, PLAIN, "loss.kind=focal", "loss.gamma=1"),
    "BiLSTM, focal, gamma 2": (LSTM, PLAIN, "loss.kind=focal", "loss.gamma=2"),
    "per frame, RGB instead of gray": ("time.kind=none", PLAIN, "encoder.colour=rgb"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--stacks", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    arguments = parser.parse_args()
    runs = {}
    for number, (name, words) in enumerate(COMBINATIONS.items()):
        folder = arguments.out / f"{number:02}"
        if not (folder / "metrics.json").is_file():
            flags = {
                "data": arguments.data,
                "training.epochs": arguments.epochs,
                "time.hidden": 256,
            }
            train(resolve(SpottingConfig, RECIPE, flags, words), folder)
        runs[name] = open_run(folder)
    if arguments.stacks:
        runs["stacks + 3-D (end to end)"] = open_run(arguments.stacks)
    print(as_markdown(table_of(runs)))


def table_of(runs: Mapping[str, Run]) -> Table:
    """One row a run; differences are from the first."""
    baseline = next(iter(runs.values()))
    rows = []
    for name, run in runs.items():
        pair = pair_on_test(run, baseline)
        assert pair is not None  # the data has test matches
        test = recorded_scores(run)[0]
        rows.append((
            name, format_value(pair.winner), format_interval(pair.winner),
            format_value(test.official_score("at1")),
            f"{format_value(pair.lead)} {format_interval(pair.lead)}",
            f"{frames_a_second(run):.0f}",
        ))  # fmt: skip
    columns = (
        "spotter", "mAP@1 exact", "95 %", "mAP@1 official", "over the baseline", "frames/s",
    )  # fmt: skip
    return Table(columns, tuple(rows))


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
