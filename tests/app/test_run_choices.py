"""Which runs the pages offer: those of the right task, wherever they lie beneath the runs."""

import json
from pathlib import Path

from app_worlds import AppWorld
from touchline.app.players.network import network_names
from touchline.app.review.relearning import probe_runs
from touchline.samples import SAMPLE


def finished(folder: Path, setting: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(f"{setting}\n", encoding="utf-8")
    for name in ("metrics.json", "manifest.json"):
        (folder / name).write_text(json.dumps({"seed": 0}), encoding="utf-8")
    return folder


def test_runs_are_found_at_any_depth_and_by_their_task(world: AppWorld) -> None:
    runs = world.workspace.runs
    near = finished(runs / "run", "recipe: probe")
    deep = finished(runs / "photos" / "first", "recipe: probe")
    finished(runs / "photos" / "other", "recipe: finetune")
    player = finished(runs / "players", "network: {name: osnet_x0_25}")
    assert {run.folder for run in probe_runs(runs)} == {near, deep}
    assert network_names(world.workspace) == [str(player), SAMPLE]


def test_without_a_folder_of_runs_there_is_the_sample(world: AppWorld, tmp_path: Path) -> None:
    assert probe_runs(tmp_path / "nowhere") == []
    assert network_names(world.workspace) == [SAMPLE]
