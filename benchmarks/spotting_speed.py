"""How fast and in how much memory a match is worked through, against windows encoded afresh.

    python benchmarks/spotting_speed.py VIDEO [--minutes 90]

A run of RegNetY-002 + BiLSTM (random weights: only its cost matters) looks at VIDEO at 398x224 and
12.5 frames a second. First, in one process and turn by turn on the same frames: every frame encoded
once, as `predict` does it; windows of 100 frames with 75 % overlap, each encoded anew by the very
same prepared network; and the same windows through the network as PyTorch has it (fp32), which is
what public code runs on a CPU. Then `touchline spotting predict` as a command on VIDEO repeated to
a length of 9 minutes and to `--minutes` (0 leaves this out): real time over run time, and the peak
of resident memory.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import torch
from safetensors.torch import save_file

from touchline.media.video.facts import probe
from touchline.media.video.streaming import stream_frames
from touchline.runs import Run, create_run
from touchline.settings import as_yaml
from touchline.spotting.config import EncoderSettings, SpottingConfig, TimeSettings
from touchline.spotting.model import load_network, load_spotter, save_spotter
from touchline.spotting.networks.spotter import build_spotter
from touchline.spotting.peaks.settings import PeakSettings

MEASURE = """
import re, sys
from touchline.cli import main
code = main(sys.argv[1:])
# Not ru_maxrss, which a process inherits from the one that started it.
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
sys.exit(code)
"""
CLASSES = tuple(f"class {number}" for number in range(12))
WINDOW, STEP, ROUNDS, SECONDS = 100, 25, 3, 120
PLAIN_WINDOWS = 4
BACKGROUND = 6.0
"""Logit of the background above the classes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--minutes", type=float, default=90)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder) / "run")
        compare(run, arguments.video)
        if arguments.minutes == 0:
            return
        for minutes in (9, arguments.minutes):
            long = repeat(arguments.video, Path(folder) / f"{minutes:g}min.mp4", minutes)
            measure(run, long, Path(folder) / f"out-{minutes:g}")


def make_run(folder: Path) -> Run:
    """A finished run with random weights that, like a taught one, mostly says background."""
    config = SpottingConfig(
        data=Path("none"),
        encoder=EncoderSettings(
            name="regnety_002", weights="random", colour="rgb", stage=None, frozen=False
        ),
        time=TimeSettings(kind="lstm", layers=1, hidden=256),
    )
    network = build_spotter(config, CLASSES, team=True)
    torch.nn.init.constant_(network.head.classes.bias[:1], BACKGROUND)
    run = create_run("spotting", folder)
    run.config.write_text(as_yaml(config))
    run.weights.parent.mkdir()
    save_file(network.state_dict(), run.weights)
    save_spotter(run, CLASSES, (), True, PeakSettings())
    return run


def compare(run: Run, video: Path) -> None:
    """Each frame encoded once against each window encoded anew, on the same frames in turn."""
    spotter, (plain, _, _) = load_spotter(run, "cpu"), load_network(run)
    shown, scorer = spotter.frames, spotter.scorer
    stream = stream_frames(video, shown.rate, shown.height, shown.width)
    frames = [frame.picture for frame in islice(stream, round(SECONDS * shown.rate))]
    starts = range(0, len(frames) - WINDOW + 1, STEP)
    list(scorer.rows(scorer.features(frames[:WINDOW])))
    same, fresh, rates = [], [], []
    for _ in range(ROUNDS):
        once = seconds_of(lambda: list(scorer.rows(scorer.features(frames))))
        again = seconds_of(lambda: [
            list(scorer.rows(scorer.features(frames[first : first + WINDOW]))) for first in starts
        ])  # fmt: skip
        with torch.inference_mode():
            some = seconds_of(lambda: [
                plain(torch.stack(frames[first : first + WINDOW])[None])
                for first in starts[:PLAIN_WINDOWS]
            ])  # fmt: skip
        rates.append(len(frames) / once)
        same.append(again / once)
        fresh.append(some / PLAIN_WINDOWS * len(starts) / once)
    rate = statistics.median(rates)
    print(
        f"encoded once: {rate:.0f} frames/s, {rate / shown.rate:.1f} times real time, no decoding"
    )
    for name, ratios in (("by the same network", same), ("by plain PyTorch", fresh)):
        print(
            f"windows of {WINDOW} with 75 % overlap {name}: {statistics.median(ratios):.2f} times "
            f"as long ({min(ratios):.2f} to {max(ratios):.2f} in {ROUNDS} rounds)",
            flush=True,
        )


def seconds_of(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def repeat(video: Path, long: Path, minutes: float) -> Path:
    """The video again and again, without decoding, until it is so long."""
    with av.open(str(long), "w") as output:
        target, shift = None, 0
        while shift < minutes * 60:
            with av.open(str(video)) as source:
                stream = source.streams.video[0]
                target = target or output.add_stream_from_template(stream)
                offset = round(shift / stream.time_base)
                for packet in source.demux(stream):
                    if packet.dts is None or shift + packet.pts * stream.time_base > minutes * 60:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    packet.stream = target
                    output.mux(packet)
            shift += probe(video).seconds or 0
    return long


def measure(run: Run, video: Path, out: Path) -> None:
    """The command on a video: times real time, and its peak of memory."""
    seconds = probe(video).seconds or 0
    start = time.perf_counter()
    command = ["spotting", "predict", str(run.folder), str(video), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], check=True, capture_output=True, text=True
    )
    wall = time.perf_counter() - start
    print(
        f"{seconds / 60:.0f} min of video in {wall:.0f} s: {seconds / wall:.1f} times real time, "
        f"imports and all; peak {int(done.stderr.split()[-1]) / 1024:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
