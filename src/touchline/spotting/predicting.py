"""Predictions as a person asks for them: many videos into a folder, or one live source."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.media.video.opening import Source
from touchline.reporting.progress import say, track
from touchline.runs import Run
from touchline.spotting.annotations.prediction_tables import as_json_line
from touchline.spotting.events import Event
from touchline.spotting.footage import length_of
from touchline.spotting.model import TrainedSpotter, load_spotter
from touchline.spotting.outputs import PARTIAL, finished, write_outputs
from touchline.spotting.peaks.streaming import StreamingPeaks
from touchline.spotting.predict import BLOCK, Prediction, blocks_of_rows, push
from touchline.spotting.score_store import ScoreStore
from touchline.training.devices import DeviceName, PrecisionName

Problem = tuple[str, str]
"""The name of a video, and what was wrong with it."""


@dataclass(frozen=True)
class Tally:
    """What became of the videos.

    Attributes:
        folders: where the results of each video are that could be read.
        events: how many events are shown in all.
        problems: videos that could not be read, or not to their end.
    """

    folders: tuple[Path, ...]
    events: int
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "folders": [str(folder) for folder in self.folders],
            "events": self.events,
            "problems": [list(problem) for problem in self.problems],
        }

    def describe(self) -> str:
        """For a terminal."""
        where = "\n".join(f"  {folder / 'timeline.html'}" for folder in self.folders)
        return f"{self.events} events in {len(self.folders)} videos; look at\n{where}"


def predict_files(
    run: Run, videos: Sequence[Path], out: Path | None, stdout: TextIO, annotate: bool,
    everything: bool = False,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Tally:  # fmt: skip
    """Spot the events of video files, each into a folder of its own, or as JSON lines on stdout.

    Interrupted work goes on where it stopped when it is asked for again with the same `out`; a
    video whose results are there is left alone.

    Args:
        run: a finished run.
        videos: files; one that cannot be read is named in the tally and the rest goes on.
        out: the folder for one video, with a folder for each video when there are several.
        stdout: where JSON lines go without `out`.
        annotate: also write the video with its events drawn in.
        everything: without `out`, give faint events too, not only those to be shown.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: when the run is unfinished, or the folder holds results of another run or video.
    """
    spotter = load_spotter(run, device, precision)
    folders, problems, events = list[Path](), list[Problem](), 0
    for video, folder in zip(videos, folders_for(videos, out), strict=True):
        try:
            length = length_of(video)
        except UsageError as error:
            problems.append((str(video), error.found))
            continue
        if folder is None:
            found = spot_video(spotter, video, length)
            for event in spotter.told(found.events, everything):
                print(as_json_line(str(video), event), file=stdout)
            problems += [(str(video), problem) for problem in found.problems]
            continue
        facts = _into_folder(spotter, video, length, folder, annotate)
        problems += [(str(video), problem) for problem in facts["problems"]]
        events += facts["events"]
        folders.append(folder)
    return Tally(tuple(folders), events, tuple(problems))


def _into_folder(
    spotter: TrainedSpotter, video: Path, length: float, folder: Path, annotate: bool
) -> dict[str, Any]:
    """Spot one video into a folder, unless that has been done."""
    identity = {
        "video": sha256_of_file(video), "weights": spotter.weights_hash,
        "precision": str(spotter.scorer.precision),
    }  # fmt: skip
    done = finished(folder, identity)
    if done is not None and (done["annotated"] or not annotate):
        say(f"{video}: done before, in {folder}")
        return done
    store = ScoreStore(folder / PARTIAL, identity, spotter.scorer.columns.count)
    found = spot_video(spotter, video, length, store)
    return write_outputs(folder, found, spotter, identity, annotate)


def folders_for(videos: Sequence[Path], out: Path | None) -> list[Path | None]:
    """The folder of each video's results: `out` for one, one below it each for several.

    Videos of one name are told apart by the folders they lie in, or else by numbers.

    >>> [str(f) for f in folders_for([Path("a/x.mp4"), Path("b/x.mp4")], Path("out"))]
    ['out/a-x', 'out/b-x']
    """
    if out is None:
        return [None] * len(videos)
    if len(videos) == 1:
        return [out]
    whole = [video.resolve() for video in videos]
    parts = [path.with_suffix("").relative_to(path.anchor).parts for path in whole]
    for depth in range(1, max(map(len, parts), default=0) + 1):
        names = ["-".join(each[-depth:]) for each in parts]
        if len(set(names)) == len(set(whole)):
            return [out / name for name in names]
    places = {path: place for place, path in enumerate(dict.fromkeys(whole), start=1)}
    return [out / f"{path.stem}-{places[path]}" for path in whole]


def spot_video(
    spotter: TrainedSpotter, video: Path, length: float, store: ScoreStore | None = None
) -> Prediction:
    """The events of one file, with progress.

    Args:
        spotter: who looks.
        video: the file.
        length: how many seconds it claims to have.
        store: keeps score rows while the work lasts; what it holds of an earlier attempt is not
            worked out again.
    """
    rate = spotter.frames.rate
    problems: list[str] = []
    peaks = StreamingPeaks(spotter.classes, rate, spotter.peaks)
    if store is None:
        blocks = blocks_of_rows(spotter, video, tell=problems.append)
    else:
        if len(store.rows):
            say(f"{video}: going on after {len(store.rows) / rate:.0f} s")
        blocks = _kept_and_new(spotter, video, store, problems.append)
    label = f"Spotting in {video.name}, {BLOCK / rate:g} s a block"
    events, steps = list[Event](), 0
    for block in track(blocks, label, math.ceil(length * rate / BLOCK)):
        events += push(spotter, peaks, block)
        steps += len(block)
    return Prediction(video, (*events, *peaks.finish()), steps / rate, tuple(problems))


def predict_stream(
    run: Run, source: str, stdout: TextIO, everything: bool = False,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> list[Problem]:  # fmt: skip
    """Events of a live source as JSON lines, each as soon as nothing to come can change it.

    They are those that the recording would give. Memory does not grow.

    Args:
        run: a finished run.
        source: `-` for standard input, an address, or a file.
        stdout: where the events go.
        everything: give faint events too, not only those to be shown.
        device: where the network runs.
        precision: how it computes.
    """
    spotter = load_spotter(run, device, precision)
    rate, name = spotter.frames.rate, "standard input" if source == "-" else source
    peaks = StreamingPeaks(spotter.classes, rate, spotter.peaks)
    delay = spotter.scorer.live_delay / rate + peaks.longest_delay
    say(f"Events come at most {delay:.1f} s after they happened, plus the time to compute.")
    problems: list[Problem] = []
    where: Source = source if source == "-" or "://" in source else Path(source)
    blocks = blocks_of_rows(
        spotter, where, live=True, tell=lambda text: problems.append((name, text))
    )
    for block in blocks:
        for event in spotter.told(push(spotter, peaks, block), everything):
            print(as_json_line(name, event), file=stdout, flush=True)
    for event in spotter.told(peaks.finish(), everything):
        print(as_json_line(name, event), file=stdout, flush=True)
    return problems


def _kept_and_new(
    spotter: TrainedSpotter, video: Path, store: ScoreStore, tell: Callable[[str], None]
) -> Iterator[np.ndarray]:
    """The rows of an earlier attempt, then the others, kept as they come."""
    if len(store.rows):
        yield store.rows
    for block in blocks_of_rows(spotter, video, len(store.rows), tell=tell):
        store.append(block)
        yield block
