"""The routes of reports: the pages that runs and jobs have written, shown in a locked frame.

Reports are self-contained. They may run their own scripts, but as a page of nowhere: they reach
neither the app nor anything else.
"""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from touchline.app.jobs.records import read_job
from touchline.app.workspace import Workspace
from touchline.errors import UsageError
from touchline.run_listing.records import find_runs

POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; "
    "frame-ancestors 'self'"
)
JOB_REPORTS = {"audit": "audit/audit.html", "comparison": "comparison.html"}
"""What a job may leave in its folder, by the word in its address."""


def run_id(runs: Path, folder: Path) -> str:
    """What a run is called in an address: says nothing of where it lies.

    >>> run_id(Path("runs"), Path("runs/photos/a"))
    '97f76f13ae47fd80'
    """
    return hashlib.sha256(str(folder.relative_to(runs)).encode()).hexdigest()[:16]


def run_report_url(runs: Path, folder: Path) -> str:
    """The address of a run's report."""
    return f"/runs/{run_id(runs, folder)}/report"


def job_report_url(job_id: str, kind: str) -> str:
    """The address of a page that a job left in its folder; `kind` is a key of `JOB_REPORTS`."""
    return f"/jobs/{job_id}/{kind}"


def report_routes(workspace: Workspace) -> list[Route]:
    """The addresses that `run_report_url` and `job_report_url` give."""

    def of_run(request: Request) -> Response:
        wanted = request.path_params["run_id"]
        try:
            found = find_runs(workspace.runs)
        except UsageError:
            found = []
        for run in found:
            if run_id(workspace.runs, run.folder) == wanted:
                return _page(run.folder / "report.html", workspace.runs)
        return _absent()

    def of_job(request: Request) -> Response:
        kind = request.path_params["kind"]
        try:
            job = read_job(workspace.jobs, request.path_params["job_id"])
        except UsageError:
            return _absent()
        return (
            _page(job.folder / JOB_REPORTS[kind], job.folder) if kind in JOB_REPORTS else _absent()
        )

    return [Route("/runs/{run_id}/report", of_run), Route("/jobs/{job_id}/{kind}", of_job)]


def _page(file: Path, beneath: Path) -> Response:
    real = file.resolve()
    if not real.is_file() or not real.is_relative_to(beneath.resolve()):
        return _absent()
    return FileResponse(
        real, media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "private, no-cache"},
    )  # fmt: skip


def _absent() -> Response:
    return PlainTextResponse("There is no such report.", 404)
