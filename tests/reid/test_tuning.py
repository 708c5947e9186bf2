"""Re-identifiers are tuned on validation queries; test queries score the winner once."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from optuna import TrialPruned

from crop_worlds import soccernet_world, table_world
from page_reader import PageReader
from taught_reidentifier import CPU, TINY
from touchline.cli import main
from touchline.errors import UsageError
from touchline.reid import learning, tuning
from touchline.reid.config import ReidConfig
from touchline.reid.crops import Gallery
from touchline.reid.galleries import EmbeddedGallery
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.metrics.paired import compare
from touchline.reid.model import load_reidentifier
from touchline.reid.paired_runs import pair_of_runs
from touchline.reid.tuning import tune
from touchline.runs import Run, open_run
from touchline.settings import resolve
from touchline.training.tuning import searching
from touchline.training.tuning.searching import Search
from touchline.training.tuning.studies import Method
from touchline.training.tuning.tuning import Budget
from touchline.training.tuning.worth import NO_TEST
from tuning_worlds import ReachedError, search_for, task_of

OWN_SPACE = Path(__file__).parents[2] / "recipes" / "tuning" / "reid.yaml"
SPACE = """
loss.margin: {low: 0.1, high: 0.6}
loss.centroid: {low: 0.0, high: 1.0}
"""
TWO_STAGES = (
    "stages=[{height: 32, width: 16, epochs: 2}, {share: 0.7, height: 32, width: 16, epochs: 1}]"
)


@pytest.fixture
def space(tmp_path: Path) -> Path:
    file = tmp_path / "space.yaml"
    file.write_text(SPACE)
    return file


def config_for(data: Path, *words: str) -> ReidConfig:
    return resolve(
        ReidConfig, None, {"data": data}, (*TINY, "device=cpu", "precision=fp32", *words)
    )


@pytest.fixture(scope="module")
def study(actions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study of two trials, made through the command line."""
    folder = tmp_path_factory.mktemp("tuned")
    (folder / "space.yaml").write_text(SPACE)
    assert main(command_for(actions, folder / "space.yaml", folder / "study")) == 0
    return folder / "study"


def command_for(data: Path, space: Path, out: Path) -> list[str]:
    return ["reid", "tune", str(data), *TINY, *CPU, "--space", str(space), "--trials", "2",
            "--out", str(out), "--json"]  # fmt: skip


def test_a_study_ends_with_a_winner_scored_on_test_beside_the_untuned(study: Path) -> None:
    trials = pd.read_csv(study / "trials.csv")
    assert list(trials["outcome"]) == ["complete"] * 2
    assert list(trials["reports"]) == [2, 2]
    worth = json.loads((study / "worth.json").read_text())
    assert worth["luck"]["won"] == trials["score"].max()
    winner, untuned = open_run(study / "winner"), open_run(study / "untuned")
    best = trials.sort_values(["score", "trial"], ascending=[False, True]).iloc[0]
    assert f"margin: {best['loss.margin']}\n" in winner.config.read_text()
    assert "margin: 0.3\n" in untuned.config.read_text()
    for run, name, fresh in (
        (winner, "winner", "fresh_won"), (untuned, "untuned", "fresh_untuned"),
    ):  # fmt: skip
        assert "\nseed: 1\n" in run.config.read_text()
        metrics = run.read_json("metrics.json")
        assert worth["test"][name] == metrics["test"]["mAP"]
        assert worth["luck"][fresh] == metrics["valid"]["mAP"]
    page = PageReader((study / "report.html").read_text(encoding="utf-8"))
    assert "with a fresh seed" in page.text
    assert "query by query" in page.text


@pytest.mark.parametrize("split", ["valid", "test"])
def test_two_runs_are_paired_by_what_they_wrote_as_by_scoring_them_again(
    study: Path, actions: Path, reid_run: Path, split: str
) -> None:
    runs = [open_run(study / "winner"), open_run(reid_run)]
    pair = pair_of_runs(*runs, split)
    assert pair is not None
    own, other = (_score_again(run, actions, split) for run in runs)
    assert pair.winner.value == pytest.approx(own.mAP.value)
    assert pair.untuned.value == pytest.approx(other.mAP.value)
    again = compare(own, other)
    assert np.allclose(
        [pair.lead.value, pair.lead.low, pair.lead.high, pair.lead.n],
        [again.value, again.low, again.high, again.n],
    )
    assert pair.lead.unit == "points"


def _score_again(run: Run, data: Path, split: str) -> Any:
    found = load_reidentifier(run, "cpu", "fp32")
    gallery = gather_lesson(found.config.model_copy(update={"data": data})).splits[split]
    return learning.embed_gallery(found.extractor, gallery).score()


def test_a_finished_study_only_writes_its_report_again(
    study: Path, actions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "train", None)
    monkeypatch.setattr(tuning, "teach", None)
    (study / "report.html").unlink()
    assert main(command_for(actions, study.parent / "space.yaml", study)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["luck"] == json.loads((study / "worth.json").read_text())["luck"]
    assert (study / "report.html").is_file()


def test_a_trial_is_its_last_stage_and_never_sees_test_queries(
    actions: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = learning.embed_gallery
    task = task_of(tuning, config_for(actions, TWO_STAGES), space, monkeypatch)

    def refusing(extractor: Any, gallery: Gallery, **named: Any) -> EmbeddedGallery:
        assert "/valid/" in str(gallery.queries[0].path), "a test query was looked at"
        return embed(extractor, gallery, **named)

    monkeypatch.setattr(learning, "embed_gallery", refusing)
    monkeypatch.setattr("touchline.reid.train.embed_gallery", refusing)
    monkeypatch.setattr(tuning, "gather_lesson", None)  # gathered once
    told: list[tuple[int, float]] = []
    score = task.objective(["loss.margin=0.2"], lambda *each: told.append(each))
    assert [step for step, _ in told] == [1, 2, 3]
    assert score == told[-1][1]
    with pytest.raises(AssertionError, match="a test query was looked at"):
        task.teach((), space.parent / "run", None)


def test_a_trial_is_pruned_at_its_epoch(
    actions: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_of(tuning, config_for(actions, TWO_STAGES), space, monkeypatch)
    told: list[int] = []

    def report(step: int, _score: float) -> None:
        told.append(step)
        if step == 2:
            raise TrialPruned

    with pytest.raises(TrialPruned):
        task.objective((), report)
    assert told == [1, 2]


def test_what_cannot_be_taught_fails_and_the_study_goes_on(
    actions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "space.yaml"
    file.write_text("network.name: {choices: [osnet_x0_25, no_such_network]}")

    def stop(*_: object) -> None:
        raise ReachedError

    monkeypatch.setattr(searching, "worth_of", stop)
    search = Search(file, Method("grid", "none"), Budget(None))
    with pytest.raises(ReachedError):
        tune(config_for(actions, "stages=[{height: 32, width: 16, epochs: 1}]"), search,
             tmp_path / "study")  # fmt: skip
    table = (tmp_path / "study" / "study.journal").read_text()
    assert "a backbone that timm knows; found 'no_such_network'" in table
    with pytest.raises(UsageError, match="the settings that this study began with, stages: "):
        tune(config_for(actions), search, tmp_path / "study")


def test_without_test_queries_the_winner_is_not_scored_on_any(tmp_path: Path, space: Path) -> None:
    data = soccernet_world(tmp_path / "data", ("train", "valid"))
    config = config_for(data, "stages=[{height: 32, width: 16, epochs: 1}]")
    found = tune(config, search_for(space, 1), tmp_path / "study")
    assert found.worth is not None
    assert found.worth.tested is None
    assert NO_TEST in found.describe()


def test_another_seed_does_not_set_other_crops_aside(
    tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = soccernet_world(tmp_path / "data", ("train",), actions=6)
    config = config_for(data)
    assert gather_lesson(config).held_out
    given: list[tuple[ReidConfig, Lesson]] = []

    def note(own: ReidConfig, _out: Path, _resume: Run | None, lesson: Lesson) -> None:
        given.append((own, lesson))

    task = task_of(tuning, config, space, monkeypatch)
    monkeypatch.setattr(tuning, "train", note)
    task.teach(("loss.margin=0.2",), tmp_path / "run", None)
    ((own, lesson),) = given
    assert (own.seed, own.loss.margin) == (1, 0.2)
    assert lesson == gather_lesson(config) != gather_lesson(own)


def test_other_names_are_another_study(
    tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "work_through", lambda study, *_: study.leave(close=False))
    tables = [table_world(tmp_path / place) for place in ("here", "there")]
    for table in tables:  # the same, somewhere else
        tune(config_for(table), search_for(space), tmp_path / "study")
    tables[1].write_text(tables[1].read_text().replace("person 0", "somebody"))
    with pytest.raises(UsageError, match="that the crops or their split have changed"):
        tune(config_for(tables[1]), search_for(space), tmp_path / "study")


@pytest.mark.parametrize("key", ["seed", "data", "tracking.wandb"])
def test_what_decides_the_score_is_not_tuned(key: str, tmp_path: Path) -> None:
    file = tmp_path / "space.yaml"
    file.write_text(f"{key}: {{low: 2, high: 5}}")
    with pytest.raises(UsageError, match=f"a better re-identifier; found '{key}' in .*space.yaml"):
        tune(config_for(tmp_path), search_for(file))


def test_the_space_among_the_recipes_can_be_used(tmp_path: Path) -> None:
    config = ReidConfig(data=tmp_path)
    assert len(tuning.TUNABLE.space(config, OWN_SPACE).items) >= 5


def test_a_dry_run_tells_what_would_be_tuned_and_writes_nothing(
    actions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["reid", "tune", str(actions), "--out", str(tmp_path / "study"), "--dry-run"]
    assert main([*command, "loss.margin=0.3"]) == 0
    said = capsys.readouterr().out
    assert "valid: " in said
    assert "training.learning_rate, training.weight_decay, loss.centroid, " in said
    assert main([*command, "--sampler", "grid"]) == 2
    assert not (tmp_path / "study").exists()
