"""The report of a scored run, made again from its files."""

import json
import shutil
from pathlib import Path

from touchline.reid.report import write_report
from touchline.runs import open_run


def test_a_score_without_an_interval_is_shown(reid_run: Path, tmp_path: Path) -> None:
    run = open_run(shutil.copytree(reid_run, tmp_path / "copy"))
    metrics = run.read_json("metrics.json")
    for score in ("mAP", "mINP"):  # as where all queries are of one action
        metrics["test"][score] |= {"low": None, "high": None}
    run.file("metrics.json").write_text(json.dumps(metrics))
    assert "mAP" in write_report(run).read_text(encoding="utf-8")
