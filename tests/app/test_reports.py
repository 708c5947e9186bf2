from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app_worlds import AppWorld
from touchline.app.jobs.records import ASKED
from touchline.app.reports import job_report_url, report_routes, run_report_url

PAGE = "<h1>A report</h1><script>1</script>"


@pytest.fixture
def client(world: AppWorld) -> TestClient:
    return TestClient(Starlette(routes=report_routes(world.workspace)))


def write_run(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("data: x\nrecipe: probe\nviews: []\nprobe: {}\n")
    (folder / "report.html").write_text(PAGE)
    return folder


def test_a_report_is_a_page_of_nowhere(world: AppWorld, client: TestClient) -> None:
    run = write_run(world.workspace.runs / "photos" / "a <b>")
    url = run_report_url(world.workspace.runs, run)
    assert "photos" not in url
    answer = client.get(url)
    assert (answer.text, answer.headers["content-type"]) == (PAGE, "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy


def test_what_is_no_run_has_no_report(world: AppWorld, client: TestClient) -> None:
    for name in ("0123456789abcdef", "..", "%2e%2e", "..%2f..%2fetc"):
        assert client.get(f"/runs/{name}/report").status_code == 404
    run = write_run(world.workspace.runs / "photos" / "a")
    (run / "report.html").unlink()
    assert client.get(run_report_url(world.workspace.runs, run)).status_code == 404
    (world.folder / "secret.html").write_text("secret")
    (run / "report.html").symlink_to(world.folder / "secret.html")
    assert client.get(run_report_url(world.workspace.runs, run)).status_code == 404


def test_a_job_shows_the_pages_we_know_only(world: AppWorld, client: TestClient) -> None:
    folder = world.workspace.jobs / "20261121-120000-0000000a"
    (folder / "audit").mkdir(parents=True)
    (folder / ASKED).write_text('{"title": "t", "words": ["photos", "audit"], "begun_at": 1}')
    (folder / "audit" / "audit.html").write_text(PAGE)
    assert client.get(job_report_url(folder.name, "audit")).text == PAGE
    for name, kind in ((folder.name, "job.json"), (folder.name, "comparison"),
                       ("..", "audit"), ("20261121-120000-0000000b", "audit")):  # fmt: skip
        assert client.get(job_report_url(name, kind)).status_code == 404
