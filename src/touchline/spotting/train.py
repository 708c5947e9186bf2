"""Teach a spotter and say how good it is: a configuration in, a run out."""

import time
from dataclasses import asdict
from pathlib import Path

from touchline.files import write_atomically
from touchline.reporting.telling import tell
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.spotting.beginning import Beginning, Gathered, begin, gather
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import FootageSet
from touchline.spotting.learning import FootageScorer, teach
from touchline.spotting.model import parameter_count, save_spotter
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.peaks.tuning import peak_grid, tune_peaks
from touchline.spotting.records import write_records, write_split
from touchline.spotting.report import write_report
from touchline.spotting.scoring import events_of, map_at_one, truth_of
from touchline.training.devices import describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked


def train(
    config: SpottingConfig,
    out: Path | None = None,
    resume: Run | None = None,
    gathered: Gathered | None = None,
) -> Run:
    """Learn from the training matches, choose by the validation matches, score the test once.

    Args:
        config: what to learn from and how.
        out: the run's folder; `runs/spotting/<date and time>` when None.
        resume: an interrupted run of the same configuration to go on with.
        gathered: the data as it was read, and split, before; it is read when None.

    Raises:
        UsageError: when the data or the configuration cannot be used.
        EnvironmentMissingError: when a service that is to follow the run is missing.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    gathered = gathered or gather(config)
    found = gathered.own
    tell(found.faults)
    begun = begin(config, gathered)
    network = begun.network
    run = resume or create_run("spotting", out)
    write_atomically(run.config, as_yaml(config))
    write_split(run, found)
    with tracked(run, "spotting", config, config.tracking) as tracker:
        rows = teach(network, begun.lesson, config, run.folder, tracker, resume=resume is not None)
        scores = _choose_peaks_and_score(begun, config, found, run)
        run.write_json("manifest.json", manifest(
            config.seed,
            data={"matches": found.matches},
            faults=[fault.as_row() for fault in found.faults],
            parameters=parameter_count(network),
            not_transferred=list(begun.not_transferred),
            epochs=len(rows),
            device=describe_device(scores.device),
            precision=str(scores.precision),
            seconds=round(time.monotonic() - start, 2),
        ))  # fmt: skip
        write_report(run)
        tell_outcome(tracker, run, "match-*.png")
    return run


def _choose_peaks_and_score(
    begun: Beginning, config: SpottingConfig, found: FootageSet, run: Run
) -> FootageScorer:
    """Tune the peaks on validation, keep the spotter, and score the test matches once."""
    known = FootageScorer(config, begun.network)
    columns = known.scorer().columns
    rate, classes = config.frames.rate, found.classes
    valid = known.score(found.valid)
    truth = truth_of(valid)
    base = PeakSettings(displacement_seconds=config.head.radius / rate)
    peaks = tune_peaks(
        lambda settings: events_of(valid, classes, columns, rate, settings), truth, classes,
        lambda events: map_at_one(truth, events, classes), peak_grid(base),
    )  # fmt: skip
    save_spotter(run, classes, begun.second, begun.team, peaks)
    parts = {"valid": valid, "test": known.score(found.test)}
    write_records(run, {
        name: (truth_of(scored), events_of(scored, classes, columns, rate, peaks))
        for name, scored in parts.items() if any(each.footage.events for each in scored)
    }, classes, {"peaks": asdict(peaks)})  # fmt: skip
    return known
