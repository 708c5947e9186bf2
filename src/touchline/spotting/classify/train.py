"""Teach a classifier of clips and say how good it is: a configuration in, a run out."""

import time
from pathlib import Path

from touchline.files import write_atomically
from touchline.reporting.progress import say, track
from touchline.reporting.telling import tell
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.spotting.classify.clips import LabelledClip, clips_of
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.drawing import ClipDraw
from touchline.spotting.classify.examples import ClipExamples, tracks_of
from touchline.spotting.classify.learning import confidences_of, teach
from touchline.spotting.classify.model import save_clip_classifier
from touchline.spotting.classify.network import build_clip_classifier
from touchline.spotting.classify.records import table_of, write_records
from touchline.spotting.classify.report import write_report
from touchline.spotting.footage import FootageSet, gather_footage
from touchline.spotting.model import parameter_count
from touchline.spotting.records import write_split
from touchline.training.devices import choose_device, choose_precision, describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked


def train(config: ClassifyConfig, out: Path | None = None, resume: Run | None = None) -> Run:
    """Learn from the training matches, choose by the validation matches, score the test once.

    Every clip of the validation and test matches is scored exactly once, in order.

    Args:
        config: what to learn from and how.
        out: the run's folder; `runs/spotting/<date and time>` when None.
        resume: an interrupted run of the same configuration to go on with.

    Raises:
        UsageError: when the data or the configuration cannot be used.
        EnvironmentMissingError: when a service that is to follow the run is missing.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    found = gather_footage(config.data, config.seed, config.frames.height)
    tell(found.faults)
    network = build_clip_classifier(config, len(found.classes))
    footage = (*found.train, *found.valid, *found.test)
    examples = ClipExamples(config, network, found.classes, tracks_of(config, footage))
    clips = _clips_to_score(config, found)
    run = resume or create_run("spotting", out)
    write_atomically(run.config, as_yaml(config))
    write_split(run, found)
    with tracked(run, "spotting", config, config.tracking) as tracker:
        rows = teach(
            network, ClipDraw(found.train, config), clips["valid"], examples, found.classes,
            run.folder, tracker, resume=resume is not None,
        )  # fmt: skip
        save_clip_classifier(run, found.classes, config)
        device = choose_device(config.device)
        network.to(device)
        tables = [
            table_of(
                name, part,
                confidences_of(network, track(part, f"Scoring the {name} clips"), examples),
                config.frames.rate,
            )
            for name, part in clips.items()
        ]  # fmt: skip
        write_records(run, tables, found.classes, config.one_label, config.seed)
        run.write_json("manifest.json", manifest(
            config.seed,
            data={"matches": found.matches},
            faults=[fault.as_row() for fault in found.faults],
            parameters=parameter_count(network),
            epochs=len(rows),
            device=describe_device(device),
            precision=str(choose_precision(config.precision, device)),
            seconds=round(time.monotonic() - start, 2),
        ))  # fmt: skip
        write_report(run)
        tell_outcome(tracker, run)
    return run


def _clips_to_score(config: ClassifyConfig, found: FootageSet) -> dict[str, list[LabelledClip]]:
    """The clips of each split that scores; a test in which nothing happens is left out."""
    parts = {
        name: clips_of(footage, config.clips, config.frames.rate)
        for name, footage in (("valid", found.valid), ("test", found.test))
    }
    if found.test and not any(clip.labels for clip in parts["test"]):
        say("left out: the test matches, for none has an event")
    return {name: part for name, part in parts.items() if any(clip.labels for clip in part)}
