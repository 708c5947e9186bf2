"""A study from its beginning to its report, whatever is tuned.

Several processes may work on one study: each calls `search_settings` with the same folder or
database. The one that ends last teaches the winner and writes the report.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from touchline.errors import TouchlineError, UsageError
from touchline.files import write_atomically
from touchline.reporting.progress import say
from touchline.runs import create_run
from touchline.settings import as_yaml
from touchline.training.tuning.importance import importances
from touchline.training.tuning.one_line import in_one_line
from touchline.training.tuning.plans import plan_of
from touchline.training.tuning.report import StudyFindings, write_study_report
from touchline.training.tuning.storage import open_storage
from touchline.training.tuning.studies import Method, TuningStudy, join
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.trials import best_of
from touchline.training.tuning.tuned import Tuned
from touchline.training.tuning.tuning import Budget, work_through
from touchline.training.tuning.worth import worth_of

SPACE, JOURNAL = "space.yaml", "study.journal"
FINISHING = "finishing"


@dataclass(frozen=True)
class Search:
    """How a study is made.

    Attributes:
        space: the YAML file of what is tuned; None takes the task's own.
        method: sampler, pruner and seed.
        budget: how many trials, how long.
        storage: a journal file or a PostgreSQL URL; None keeps a journal in the study's folder.
        fixed: dotted settings that were given by hand, and so are not tuned.
    """

    space: Path | None = None
    method: Method = field(default_factory=Method)
    budget: Budget = field(default_factory=Budget)
    storage: str | None = None
    fixed: Sequence[str] = field(default_factory=tuple)


def search_settings(task: TuningTask, search: Search, out: Path | None = None) -> Tuned:
    """Search for better settings, then score the best once on data that chose nothing.

    Args:
        task: what is tuned.
        search: what is tried and how long.
        out: the study's folder; `runs/<task>/<date and time>` when None. An existing study is gone
            on with; another process may be at work on it.

    Raises:
        UsageError: when the untuned settings cannot be taught, the study was begun otherwise, the
            folder or the storage cannot be used, or no trial had a score.
        EnvironmentMissingError: a database cannot be reached.
        InterruptedRunError: stopped by the person; the same call goes on.
    """
    task.check(())  # they are taught in the end, as what the winner is held against
    plan_of(search.method.sampler, task.space, search.method.seed)
    made = out is None or not out.exists()
    folder = _open_folder(task.name, out, search.storage)
    try:
        opened = open_storage(search.storage or str(folder / JOURNAL), folder.name)
        study = join(opened, task.space, search.method, task.terms, task.examples)
    except TouchlineError:
        if made:
            with suppress(OSError):  # another process has just begun in it
                folder.rmdir()
        raise
    write_atomically(folder / SPACE, "".join(
        f"{key}: {in_one_line(item)}\n" for key, item in task.space.as_dict().items()
    ))  # fmt: skip
    write_atomically(folder / "config.yaml", as_yaml(task.config))
    say(f"Tuning {', '.join(task.space.items)} on {task.subject}")
    if study.is_closed:
        say("This study is closed: its winner has met the test data. A new one takes a new --out.")
    last = work_through(study, task.objective, search.budget)
    finishing = study.locks.take(FINISHING, wait=False) if last else None
    if finishing is None:
        return Tuned(folder, study.space, study.records(), None)
    with finishing:
        return _finish(study, task, folder)


def _open_folder(task: str, out: Path | None, storage: str | None) -> Path:
    """The study's folder: new, empty, or that of a study.

    Raises:
        UsageError: it holds something else, or processes on several machines could not find each
            other, for a study in a database is called as its folder.
    """
    if storage is not None and "://" in storage and out is None:
        raise UsageError(
            "--out beside a database", "none",
            "Name a folder: the study in the database is called as its last part.",
        )  # fmt: skip
    # Hidden files do not count: another process may be just about to write its first ones.
    if out is not None and ((out / SPACE).is_file() or (out / JOURNAL).is_file()):
        return out
    if out is not None and out.is_dir():
        if all(each.name.startswith(".") for each in out.iterdir()):
            return out
        raise UsageError(
            "a new or empty folder for a study, or that of one", f"something else in {out}",
            "Name another with --out.",
        )  # fmt: skip
    return create_run(task, out).folder


def _finish(study: TuningStudy, task: TuningTask, folder: Path) -> Tuned:
    records = study.records()
    best = best_of(records)
    assert best.score is not None
    worth = worth_of(task, study.space.words(best.values), best.score, folder)
    found = StudyFindings(records, study.space, importances(study.study), worth.luck.untuned)
    write_study_report(
        found, folder, f"Tuning: {folder.name}", f"Score: {task.measure}", worth.sections(task)
    )
    return Tuned(folder, study.space, records, worth)
