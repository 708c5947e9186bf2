"""Teach a spotter and say how good it is: a configuration in, a run out."""

import time
from dataclasses import asdict, replace
from pathlib import Path

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.media.video.proxies import is_up_to_date, proxy_path
from touchline.reporting.progress import say
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import Footage, FootageSet, gather_footage
from touchline.spotting.learning import FootageScorer, Lesson, teach
from touchline.spotting.model import parameter_count, save_spotter, transfer_weights
from touchline.spotting.networks.spotter import Spotter, build_spotter
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.peaks.tuning import peak_grid, tune_peaks
from touchline.spotting.preparing import proxy_settings
from touchline.spotting.records import write_records, write_split
from touchline.spotting.report import write_report
from touchline.spotting.sample import open_spotting_run
from touchline.spotting.scoring import events_of, map_at_one, truth_of
from touchline.spotting.targets import mirrored_order
from touchline.training.devices import describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked


def train(config: SpottingConfig, out: Path | None = None, resume: Run | None = None) -> Run:
    """Learn from the training matches, choose by the validation matches, score the test once.

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
    lesson = _lesson(config, found)
    for fault in found.faults:
        say(f"left out or mended: {fault}")
    if config.augment.mirror:
        for classes in lesson.classes:
            mirrored_order(classes)  # refuses what cannot be mirrored before anything is written
    second = lesson.classes[1] if len(lesson.classes) > 1 else ()
    team = config.head.team == "auto" and found.has_teams
    network = build_spotter(config, found.classes, team, second)
    kept = list[str]()
    if config.transfer:
        kept = transfer_weights(network, open_spotting_run(str(config.transfer)))
    run = resume or create_run("spotting", out)
    write_atomically(run.config, as_yaml(config))
    write_split(run, found)
    with tracked(run, "spotting", config, config.tracking) as tracker:
        rows = teach(network, lesson, config, run.folder, tracker, resume=resume is not None)
        scores = _choose_peaks_and_score(network, config, found, run, second, team)
        run.write_json("manifest.json", manifest(
            config.seed,
            data={"matches": found.matches},
            faults=[fault.as_row() for fault in found.faults],
            parameters=parameter_count(network),
            not_transferred=kept,
            epochs=len(rows),
            device=describe_device(scores.device),
            precision=str(scores.precision),
            seconds=round(time.monotonic() - start, 2),
        ))  # fmt: skip
        write_report(run)
        tell_outcome(tracker, run, "match-*.png")
    return run


def _lesson(config: SpottingConfig, found: FootageSet) -> Lesson:
    """The footage to learn from, with a second label set behind it where there is one."""
    if config.joint is None:
        train = _read_from_proxies(found.train, config)
        return Lesson(train, found.valid, (found.classes,), (0,) * len(train))
    other = gather_footage(config.joint, config.seed, config.frames.height)
    shared = {p.video for p in other.train} & {p.video for p in (*found.valid, *found.test)}
    if shared:
        raise UsageError(
            "a joint set that holds no validation or test match of the data",
            f"{len(shared)} of them, e.g. {min(shared)}", "Take them out of the joint set.",
        )  # fmt: skip
    train = _read_from_proxies((*found.train, *other.train), config)
    sets = (0,) * len(found.train) + (1,) * len(other.train)
    return Lesson(train, found.valid, (found.classes, other.classes), sets)


def _read_from_proxies(footage: tuple[Footage, ...], config: SpottingConfig) -> tuple[Footage, ...]:
    """The footage with each video's small copy in its place, where there is one up to date."""
    if config.proxies is None:
        return footage
    frames = config.frames
    settings = proxy_settings(frames)
    found = []
    for piece in footage:
        copy = proxy_path(piece.video, config.proxies)
        there = is_up_to_date(piece.video, copy, settings)
        if not there:
            say(f"no copy of {piece.video} that is up to date in {config.proxies}; reading itself")
        found.append(replace(piece, video=copy) if there else piece)
    return tuple(found)


def _choose_peaks_and_score(
    network: Spotter, config: SpottingConfig, found: FootageSet, run: Run,
    second: tuple[str, ...], team: bool,
) -> FootageScorer:  # fmt: skip
    """Tune the peaks on validation, keep the spotter, and score the test matches once."""
    known = FootageScorer(config, network)
    columns = known.scorer().columns
    rate, classes = config.frames.rate, found.classes
    valid = known.score(found.valid)
    truth = truth_of(valid)
    base = PeakSettings(displacement_seconds=config.head.radius / rate)
    peaks = tune_peaks(
        lambda settings: events_of(valid, classes, columns, rate, settings), truth, classes,
        lambda events: map_at_one(truth, events, classes), peak_grid(base),
    )  # fmt: skip
    save_spotter(run, classes, second, team, peaks)
    parts = {"valid": valid, "test": known.score(found.test)}
    write_records(run, {
        name: (truth_of(scored), events_of(scored, classes, columns, rate, peaks))
        for name, scored in parts.items() if any(each.footage.events for each in scored)
    }, classes, {"peaks": asdict(peaks)})  # fmt: skip
    return known
