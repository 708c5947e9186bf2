"""Spotting a video from the page: the work as a job, and its results into the catalog."""

import json
from pathlib import Path

from touchline.app.jobs.records import Job, list_jobs
from touchline.app.jobs.starting import new_folder, start
from touchline.app.match.event_sets import CataloguedVideo
from touchline.app.workspace import Workspace
from touchline.archive.catalog.indexing.events import add_events
from touchline.errors import UsageError
from touchline.run_listing.records import find_runs
from touchline.samples import SAMPLE
from touchline.spotting.annotations.results_file import RESULTS_FILE, read_results
from touchline.spotting.cataloguing import event_row

RESULTS = "spotted"
"""The folder of the results in the job's own."""
IMPORTED = "imported.json"
"""In a job's folder: which set of events its results became."""


def spotting_runs(workspace: Workspace) -> list[str]:
    """The finished spotting runs, newest first, and the one that ships with the package."""
    runs = find_runs(workspace.runs) if workspace.runs.is_dir() else []
    found = [each for each in runs if each.task == "spotting" and each.finished]
    ordered = sorted(found, key=lambda each: each.begun, reverse=True)
    return [*(str(each.folder.absolute()) for each in ordered), SAMPLE]


def spot(workspace: Workspace, run: str, video: CataloguedVideo) -> Job:
    """Start to spot a video.

    Raises:
        UsageError: the run is none of `spotting_runs`, the video lies outside the roots, or too
            much is under way.
    """
    if run not in spotting_runs(workspace):
        raise UsageError("a finished spotting run", repr(run), "Train one, or take the sample.")
    real = workspace.roots.inside(video.path)
    folder = new_folder(workspace)
    words = ["spotting", "predict", run, str(real), "--out", str(folder / RESULTS)]
    title = f"Spot events in {video.shown}"
    return start(workspace, title, words, folder, video_id=video.id, run=Path(run).name)


def spotting_jobs(workspace: Workspace, video_id: int) -> list[Job]:
    """The jobs that spot this video, newest first."""
    return [
        job for job in list_jobs(workspace.jobs)
        if job.words[:2] == ("spotting", "predict") and job.facts.get("video_id") == video_id
    ]  # fmt: skip


def import_results(workspace: Workspace, job: Job) -> int | None:
    """Put what a job found into the catalog, once; returns the id of the set.

    None where there is nothing yet, or it was done before.

    Raises:
        UsageError: the results cannot be read, or people have corrected a set of the run's name.
        EnvironmentMissingError: the catalog cannot be written.
    """
    results, done = job.folder / RESULTS / RESULTS_FILE, job.folder / IMPORTED
    if job.state not in ("finished", "partly done") or not results.is_file() or done.exists():
        return None
    _, events = read_results(results)
    name = str(job.facts["run"])
    set_id = add_events(
        workspace.catalog, int(job.facts["video_id"]), map(event_row, events), name=name,
        kind="predicted", source=results,
    )  # fmt: skip
    done.write_text(json.dumps({"event_set": set_id}) + "\n", encoding="utf-8")
    return set_id
