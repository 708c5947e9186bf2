"""The routes of long work: what is under way, and the wish to cancel something of it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from touchline.app.jobs.records import Job, list_jobs, read_job
from touchline.app.jobs.starting import cancel
from touchline.app.workspace import Workspace
from touchline.errors import UsageError


def job_routes(workspace: Workspace) -> list[Route]:
    """`GET /jobs`: what is under way; `POST /jobs/ID/cancel`: ask that it stops."""

    def under_way(_: Request) -> Response:
        return JSONResponse(running(workspace), headers={"Cache-Control": "no-store"})

    def cancelled(request: Request) -> Response:
        try:
            cancel(read_job(workspace.jobs, request.path_params["job_id"]))
        except (UsageError, OSError):  # it has ended meanwhile, and its folder was removed
            return JSONResponse({"error": "there is no such work"}, 404)
        return JSONResponse({})

    return [
        Route("/jobs", under_way),
        Route("/jobs/{job_id}/cancel", cancelled, methods=["POST"]),
    ]


def running(workspace: Workspace) -> list[dict[str, Any]]:
    """What is under way, the newest first, as pages are told of it."""
    return [told(job) for job in list_jobs(workspace.jobs) if job.state == "running"]


def told(job: Job) -> dict[str, Any]:
    """A job as JSON: its id, its title, its last line, and the share done where it is known."""
    line, share = job.progress
    return {"id": job.id, "title": job.title, "line": line, "share": share}
