"""Spotters are tuned on validation matches; test matches score the winner once."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from optuna import TrialPruned

from match_videos import draw_matches
from page_reader import PageReader
from taught_spotter import TINY
from touchline.cli import main
from touchline.errors import InterruptedRunError, UsageError
from touchline.runs import Run, open_run
from touchline.settings import resolve
from touchline.spotting import learning, tuning
from touchline.spotting.beginning import Gathered, gather
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import Footage
from touchline.spotting.tuning import tune
from touchline.training.history import read_rows
from touchline.training.tuning import searching
from touchline.training.tuning.worth import NO_TEST
from tuning_worlds import ReachedError, search_for, task_of

SPACES = Path(__file__).parents[2] / "recipes" / "tuning"
SHORT = (
    *TINY, "clips.per_epoch=8", "clips.steps=12", "training.epochs=2", "device=cpu",
    "precision=fp32",
)  # fmt: skip
SPACE = """
loss.event_weight: {low: 1.0, high: 10.0, log: true}
time.dropout: {low: 0.0, high: 0.5}
"""


@pytest.fixture(scope="module")
def short_matches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four games of four seconds: two to learn from, one to choose by, one to test on."""
    return draw_matches(tmp_path_factory.mktemp("short") / "data", seconds=4.0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in the user's folder."""
    monkeypatch.setenv("TOUCHLINE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def space(tmp_path: Path) -> Path:
    file = tmp_path / "space.yaml"
    file.write_text(SPACE)
    return file


def config_for(data: Path, *words: str) -> SpottingConfig:
    return resolve(SpottingConfig, None, {"data": data}, (*SHORT, *words))


def test_the_command_tunes_and_goes_on_where_it_is_finished(
    short_matches: Path, tmp_path: Path, space: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out = tmp_path / "study"
    command = ["spotting", "tune", str(short_matches), *SHORT, "time.dropout=0.1", "--space",
               str(space), "--sampler", "random", "--trials", "2", "--out", str(out),
               "--json"]  # fmt: skip
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trials"] == {"complete": 2}
    assert list(told["best"]["values"]) == ["loss.event_weight"]
    winner, untuned = open_run(out / "winner"), open_run(out / "untuned")
    weight = told["best"]["values"]["loss.event_weight"]
    assert f"event_weight: {weight}\n" in winner.config.read_text()
    assert "event_weight: 5.0\n" in untuned.config.read_text()
    for run, name in ((winner, "winner"), (untuned, "untuned")):
        assert "\nseed: 1\n" in run.config.read_text()
        metrics = run.read_json("metrics.json")["test"]
        assert told["test"][name] == metrics["exact"]["mAP2"]
        best = max(float(row["validation_map"]) for row in read_rows(run.file("results.csv")))
        fresh = "fresh_won" if name == "winner" else "fresh_untuned"
        assert told["luck"][fresh]["value"] == best
    lead = told["test"]["winner"]["value"] - told["test"]["untuned"]["value"]
    assert told["test"]["lead"]["value"] == pytest.approx(lead)
    trials = pd.read_csv(out / "trials.csv")
    assert list(trials["reports"]) == [2, 2]
    assert told["luck"]["won"] == trials["score"].max()
    page = PageReader((out / "report.html").read_text(encoding="utf-8"))
    assert "with a fresh seed" in page.text
    assert "on the same minutes of play" in page.text
    monkeypatch.setattr(tuning, "train", None)
    monkeypatch.setattr(tuning, "teach", None)
    (out / "report.html").unlink()
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert (out / "report.html").is_file()


def test_a_trial_is_its_best_epoch_and_never_sees_test_matches(
    short_matches: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = learning.encode_footage

    def refusing(piece: Footage, *others: Any) -> torch.Tensor:
        assert piece.match != "game d", "a test match was looked at"
        return encode(piece, *others)

    task = task_of(tuning, config_for(short_matches), space, monkeypatch)
    monkeypatch.setattr(learning, "encode_footage", refusing)
    monkeypatch.setattr("touchline.spotting.beginning.gather_footage", None)  # gathered once
    told: list[tuple[int, float]] = []
    score = task.objective(["loss.event_weight=2.0"], lambda *each: told.append(each))
    assert [step for step, _ in told] == [1, 2]
    assert score == max(figure for _, figure in told)
    with pytest.raises(AssertionError, match="a test match was looked at"):
        task.teach((), space.parent / "run", None)


def test_a_trial_is_pruned_at_its_epoch(
    short_matches: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_of(tuning, config_for(short_matches), space, monkeypatch)
    told: list[int] = []

    def report(step: int, _score: float) -> None:
        told.append(step)
        raise TrialPruned

    with pytest.raises(TrialPruned):
        task.objective((), report)
    assert told == [1]


def test_an_interrupted_study_goes_on(
    short_matches: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for(short_matches, "training.epochs=1")
    score, calls = learning.map_at_one, []

    def interrupting(*arguments: Any) -> float:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return score(*arguments)

    def stop(*_: object) -> None:
        raise ReachedError

    monkeypatch.setattr(learning, "map_at_one", interrupting)
    monkeypatch.setattr(searching, "worth_of", stop)
    with pytest.raises(InterruptedRunError, match="an interruption after 1 trials"):
        tune(config, search_for(space), tmp_path / "study")
    with pytest.raises(ReachedError):
        tune(config, search_for(space), tmp_path / "study")
    assert len(calls) == 3


def test_without_test_matches_the_winner_is_not_scored_on_any(
    short_matches: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline.spotting.train.write_report", lambda _run: None)
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    shutil.rmtree(data / "game d")
    config = config_for(data, "training.epochs=1")
    found = tune(config, search_for(space, 1), tmp_path / "study")
    assert found.worth is not None
    assert found.worth.tested is None
    assert found.as_dict()["test"] is None
    assert NO_TEST in found.describe()
    page = PageReader((tmp_path / "study" / "report.html").read_text(encoding="utf-8"))
    assert NO_TEST in page.text.replace("\n", " ")


def test_another_seed_does_not_deal_other_splits(
    short_matches: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Matches that tested the winner must not have chosen its settings."""
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    for split in ("train", "valid", "test"):
        (data / f"{split}.json").unlink()
    config = next(
        each for seed in range(50)
        if gather(each := config_for(data, f"seed={seed}")).own.test
        != gather(config_for(data, f"seed={seed + 1}")).own.test
    )  # fmt: skip
    given: list[tuple[SpottingConfig, Gathered]] = []

    def note(own: SpottingConfig, _out: Path, _resume: Run | None, gathered: Gathered) -> None:
        given.append((own, gathered))

    task = task_of(tuning, config, space, monkeypatch)
    monkeypatch.setattr(tuning, "train", note)
    task.teach((), tmp_path / "run", None)
    ((own, gathered),) = given
    assert own.seed == config.seed + 1
    assert own.model_copy(update={"seed": config.seed}) == config
    assert gathered == gather(config)


def test_other_events_are_another_study(
    short_matches: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "work_through", lambda study, *_: study.leave(close=False))
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    tune(config_for(short_matches), search_for(space), tmp_path / "study")
    tune(config_for(data), search_for(space), tmp_path / "study")  # the same, somewhere else
    labels = data / "game d" / "Labels-ball.json"
    content = json.loads(labels.read_text())
    content["annotations"].pop()
    labels.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="that the matches or their split have changed"):
        tune(config_for(data), search_for(space), tmp_path / "study")
    with pytest.raises(UsageError, match="the settings that this study began with, head"):
        tune(config_for(short_matches, "head.team=none"), search_for(space), tmp_path / "study")


@pytest.mark.parametrize("key", ["seed", "data", "joint", "tracking.wandb"])
def test_what_decides_the_score_is_not_tuned(key: str, tmp_path: Path) -> None:
    file = tmp_path / "space.yaml"
    file.write_text(f"{key}: {{low: 2, high: 5}}")
    with pytest.raises(UsageError, match=f"a better spotter; found '{key}' in .*space.yaml"):
        tune(config_for(tmp_path), search_for(file))


@pytest.mark.parametrize("name", ["spotting.yaml", "spotting-002.yaml"])
def test_each_space_among_the_recipes_can_be_used(name: str, tmp_path: Path) -> None:
    config = resolve(SpottingConfig, None, {"data": tmp_path})
    assert len(tuning.TUNABLE.space(config, SPACES / name).items) >= 3


def test_a_dry_run_tells_what_would_be_tuned_and_writes_nothing(
    short_matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["spotting", "tune", str(short_matches), "--out", str(tmp_path / "study"), "-n"]
    assert main([*command, "loss.event_weight=3"]) == 0
    said = capsys.readouterr().out
    assert "valid: 1 videos, 2 events" in said
    assert "training.weight_decay, time.dropout, clips.dilation, clips.event_share, " in said
    seed_002 = ["--space", str(SPACES / "spotting-002.yaml"), "--sampler", "grid"]
    assert main([*command, *seed_002]) == 0
    assert "would be tuned, a grid of 18 points" in capsys.readouterr().out
    assert not (tmp_path / "study").exists()
