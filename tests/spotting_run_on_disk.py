"""A scored spotting run as training leaves it, of made-up matches: no network, no video."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from event_worlds import found_in, match_of
from touchline.runs import Run
from touchline.spotting.events import Event
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.records import write_records

CLASSES = ("PASS", "DRIVE", "OUT", "GOAL")
HOSTILE_MATCH = "<script>alert(1)</script> & 'Città' v \"B\""
THRESHOLDS = {"PASS": 0.4, "DRIVE": 0.45}
Part = tuple[dict[str, list[Event]], dict[str, list[Event]]]


def write_run(
    folder: Path,
    splits: Sequence[str] = ("valid", "test"),
    *,
    peaks: bool = True,
    trained: bool = True,
) -> Run:
    """Write a run; an evaluated one has one split, no peaks and no history."""
    run = Run(folder)
    folder.mkdir(parents=True)
    run.config.write_text("data: matches\n")
    parts = {name: made_up_part(seed) for seed, name in enumerate(splits)}
    settings = PeakSettings(thresholds=THRESHOLDS)
    write_records(run, parts, CLASSES, {"peaks": asdict(settings)} if peaks else {})
    run.write_json("manifest.json", {"faults": [["game/Labels.json", "annotation 3", "no label"]]})
    if trained:
        run.file("split.csv").write_text(
            "video,match,half,events,split\na.mp4,m1,1,40,train\nb.mp4,m2,1,10,valid\n"
        )
        run.file("results.csv").write_text(
            "epoch,stage,learning_rate,train_loss,validation_map,seconds\n"
            "1,train,0.1,2.0,0.1,3.0\n2,train,0.1,1.0,0.4,3.0\n3,train,0.1,0.5,0.3,3.0\n"
        )
    return run


def made_up_part(seed: int) -> Part:
    """True and predicted events of two short matches, one of them with a name of ill will."""
    truth, found = {}, {}
    for number, name in enumerate(("a quiet match", HOSTILE_MATCH)):
        events = match_of(CLASSES[:3], seed=10 * seed + number, count=60)
        events.append(Event(2801.0, "GOAL", team="left", half=1))
        truth[name] = shortened(events)
        found[name] = shortened(found_in(events, CLASSES, seed=seed + 5))
    return truth, found


def shortened(events: Sequence[Event]) -> list[Event]:
    """The same within one strip of a chart, so that drawing takes no longer than it must."""
    return [replace(event, seconds=event.seconds / 5) for event in events]
