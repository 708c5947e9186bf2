"""Teach a re-identifier and say how good it is: a configuration in, a run out."""

import time
from pathlib import Path

from touchline.files import write_atomically
from touchline.reid.beginning import begin
from touchline.reid.config import ReidConfig
from touchline.reid.galleries import embed_gallery
from touchline.reid.judging import judge_confidence
from touchline.reid.learning import comparing, teach
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.matching.strip_chart import strip_chart
from touchline.reid.model import save_reidentifier
from touchline.reid.records import require_same_split, write_records, write_split
from touchline.reid.report import STRIPS, write_report
from touchline.reporting.telling import tell
from touchline.runs import Run, create_run, manifest
from touchline.settings import as_yaml
from touchline.training.devices import choose_device, choose_precision, describe_device
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked


def train(
    config: ReidConfig,
    out: Path | None = None,
    resume: Run | None = None,
    lesson: Lesson | None = None,
) -> Run:
    """Learn from the training crops, choose by the validation split, score the test split once.

    Args:
        config: what to learn from and how.
        out: the run's folder; `runs/reid/<date and time>` when None.
        resume: an interrupted run of the same configuration to go on with.
        lesson: the data as it was read, and split, before; it is read when None.

    Raises:
        UsageError: when the data or the configuration cannot be used.
        EnvironmentMissingError: when a service that is to follow the run is missing.
        InterruptedRunError: when stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    lesson = lesson or gather_lesson(config)
    tell(lesson.faults)
    embedder, classes = begin(config, lesson)
    if resume:
        require_same_split(resume, lesson)
    run = resume or create_run("reid", out)
    write_atomically(run.config, as_yaml(config))
    write_split(run, lesson)
    with tracked(run, "reid", config, config.tracking) as tracker:
        rows = teach(embedder, lesson, config, run.folder, tracker, resume=resume is not None)
        extractor = comparing(embedder, config.stages[-1], config)
        found = {name: embed_gallery(extractor, gallery) for name, gallery in lesson.splits.items()}
        confidence = judge_confidence(found["valid"])
        save_reidentifier(run, config, classes, confidence)
        strip_chart(found.get("test", found["valid"]).matches(confidence), run.file(STRIPS))
        write_records(run, {name: (each.gallery, each.score()) for name, each in found.items()})
        unreadable = [fault for each in found.values() for fault in each.faults]
        tell(unreadable)
        device = choose_device(config.device)
        run.write_json("manifest.json", manifest(
            config.seed,
            data={
                "crops": len(lesson.train), "identities": lesson.people,
                "held_out": lesson.held_out,
            },
            faults=[fault.as_row() for fault in (*lesson.faults, *unreadable)],
            parameters=sum(parameter.numel() for parameter in embedder.trunk.parameters()),
            trainable_share=round(embedder.trainable_share, 4),
            epochs=len(rows),
            device=describe_device(device),
            precision=str(choose_precision(config.precision, device)),
            seconds=round(time.monotonic() - start, 2),
        ))  # fmt: skip
        write_report(run)
        tell_outcome(tracker, run, "strips.png")
    return run
