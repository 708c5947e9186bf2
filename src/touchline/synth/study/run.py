"""Do synthetic photos help? Rounds of generators and classifiers in, a run with the answer out."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from touchline.errors import EnvironmentMissingError, InterruptedRunError
from touchline.files import write_atomically
from touchline.photos.records import data_hash
from touchline.photos.split_file import write_split
from touchline.reporting.progress import say
from touchline.runs import Run, create_run, manifest, require_new
from touchline.settings import as_yaml
from touchline.synth.run_files import LABELS
from touchline.synth.study.answers import keep_answers, read_answers
from touchline.synth.study.arms import arms_of
from touchline.synth.study.classifiers import answer_arms
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.generator_round import make_photos, teach_generator
from touchline.synth.study.outcome import outcome_of
from touchline.synth.study.preparing import (
    BEGUN,
    Prepared,
    begun,
    foreseen,
    prepare_study,
    refuse_other,
)
from touchline.synth.study.quality import write_quality
from touchline.synth.study.report import PREDICTIONS, write_report
from touchline.synth.study.round_work import RoundWork
from touchline.training.devices import describe_device
from touchline.training.tracking.opening import require_trackers, tracked

TASK = "synth-study"
NEW = Path("runs") / TASK
"""Where a study goes that nobody names a folder for."""


def study(config: StudyConfig, out: Path | None = None, resume: Run | None = None) -> Run:
    """Teach a generator and classifiers in each round, and compare these on real photos.

    What is finished of an interrupted study is kept: each generator up to its last snapshot, its
    photos, and the answers of each classifier.

    Args:
        config: the photos, the generator and its limits, the rounds, and the classifier.
        out: the run's folder; `runs/synth-study/<date and time>` when None.
        resume: an interrupted study of the same configuration to go on with.

    Raises:
        UsageError: the photos or the configuration cannot be used, the generator does not fit its
            limits, it has seen a photo that scores, or an interrupted study had other settings.
        EnvironmentMissingError: something is missing here, or a limit was met in mid-work.
        InterruptedRunError: stopped by the person; `resume` goes on.
    """
    start = time.monotonic()
    require_trackers(config.tracking)
    if out is not None:
        require_new(out)
    prepared = prepare_study(config)
    if resume is not None:
        refuse_other(resume, prepared)
    say(foreseen(prepared, resume.folder if resume else out or NEW))
    run = resume or create_run(TASK, out)
    with tracked(run, TASK, config, config.tracking) as tracker:
        if resume is None:
            run.write_json(BEGUN, begun(prepared))
            write_atomically(run.config, as_yaml(config))
        run.write_json(LABELS, prepared.real.mirror.as_dict())
        works = prepared.works(run.folder, tracker)
        for work in works:
            say(f"Round {work.round.number} of {len(works)}")
            with _naming_the_study(run, work.round.number):
                _work_round(work)
        _conclude(run, prepared, works, start)
    return run


def foresee_study(config: StudyConfig, folder: Path | None = None) -> str:
    """What a study would do and take, in words.

    Raises:
        UsageError: as `study`.
    """
    return foreseen(prepare_study(config), folder or NEW)


def _work_round(work: RoundWork) -> None:
    """Everything of one round that is not there yet."""
    arms = arms_of(work.config)
    files = [work.split, work.taught, work.quality, *(work.answers(arm) for arm in arms)]
    if all(path.is_file() for path in files):
        return
    write_split(work.round.split, work.split)
    teach_generator(work)
    synthetic = make_photos(work)
    for each in synthetic.left_out:
        say(f"left out: {each.path}: {each.reason}")
    if not work.quality.is_file():
        write_quality(work, synthetic.extra)
    answer_arms(work, arms, synthetic.extra)


@contextmanager
def _naming_the_study(run: Run, number: int) -> Iterator[None]:
    """What ends in the middle of a round names the study, which is what can be gone on with."""
    on = f"Everything finished is kept; go on with --resume {run.folder}"
    try:
        yield
    except InterruptedRunError as error:
        raise InterruptedRunError(
            "a whole study", f"{error.found}, in round {number}", on
        ) from error
    except EnvironmentMissingError as error:
        raise EnvironmentMissingError(
            error.wanted, f"{error.found}, in round {number}", on
        ) from error


def _conclude(run: Run, prepared: Prepared, works: Sequence[RoundWork], start: float) -> None:
    """Write down what all rounds answered, what follows from it, and how it came about."""
    arms = arms_of(prepared.config)
    answers = pd.concat(
        [read_answers(work.answers(arm)) for work in works for arm in arms], ignore_index=True
    )
    keep_answers(answers, run.file(PREDICTIONS))
    outcome = outcome_of(answers, arms, prepared.real.mirror)
    run.write_json("metrics.json", {"scheme": prepared.plan.scheme, **outcome.as_dict()})
    found, backbone = prepared.gathered.photo_set, prepared.real.backbone
    run.write_json("manifest.json", manifest(
        prepared.config.seed,
        data=data_hash(prepared.real),
        photos=len(prepared.real.photos),
        rejected=[[str(each.path), each.reason] for each in found.rejected],
        backbone={"name": backbone.name, "weights_sha256": backbone.weights_hash},
        mirroring=prepared.real.mirroring,
        scheme=prepared.plan.scheme,
        rounds=[work.as_dict() for work in works],
        device=describe_device(prepared.real.device),
        precision=str(prepared.real.precision),
        seconds=round(time.monotonic() - start, 2),
    ))  # fmt: skip
    write_report(run)
