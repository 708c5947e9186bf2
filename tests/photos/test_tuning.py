import itertools
import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from optuna import TrialPruned

from page_reader import PageReader
from photo_world import TINY
from studies_of_photos import tiny_config
from touchline.cli import main
from touchline.errors import InterruptedRunError, UsageError
from touchline.photos.config import (
    BackboneSettings,
    EvaluationSettings,
    PhotosConfig,
    ProbeSettings,
    TrainingSettings,
)
from touchline.photos.gather import gather, prepare
from touchline.photos.probe import learn_probe
from touchline.photos.split import folds
from touchline.photos.split_file import write_split
from touchline.photos.tune_folds import FoldScorer
from touchline.photos.tune_plan import tunable, with_test
from touchline.photos.tuning import tune
from touchline.training.tuning import searching
from touchline.training.tuning.own_space import tried
from touchline.training.tuning.searching import Search
from touchline.training.tuning.studies import Method
from touchline.training.tuning.tuned import Tuned
from touchline.training.tuning.tuning import Budget

RECIPES = Path(__file__).parents[2] / "recipes" / "tuning"
SPACE = """
probe.strengths: {low: 0.001, high: 1.0, log: true, listed: true}
mirror.mode: {choices: [auto, none]}
"""
FOLDS = EvaluationSettings(shots=6, folds=3)


@pytest.fixture
def space(tmp_path: Path) -> Path:
    file = tmp_path / "space.yaml"
    file.write_text(SPACE)
    return file


def scorer_of(config: PhotosConfig) -> FoldScorer:
    gathered = gather(config.data, config.cache or Path())
    _, plan = with_test(config, gathered.photo_set.photos)
    return FoldScorer(gathered, plan.train, plan.validation)


@pytest.mark.parametrize("strengths", [(0.1,), (0.01, 1.0)])
def test_a_score_is_that_of_the_recipe_itself_on_each_fold(
    world: Path, tmp_path: Path, strengths: tuple[float, ...]
) -> None:
    config = tiny_config(
        world, tmp_path, evaluation=FOLDS, probe=ProbeSettings(strengths=strengths, inner_folds=2)
    )
    scorer = scorer_of(config)
    told: list[tuple[int, float]] = []
    found = scorer.score(config, lambda step, score: told.append((step, score)))
    study = prepare(config, scorer.gathered)
    parts = np.array(folds([study.photos[p] for p in scorer.learning], 3, config.seed).parts)
    means = []
    for fold in ("1", "2", "3"):
        learnt = learn_probe(study, scorer.learning[parts != fold], tmp_path)
        logits, _ = study.score(learnt.network, scorer.learning[parts == fold])
        hits = logits.argmax(axis=1) == study.labels[scorer.learning[parts == fold]]
        assert (found.hits[parts == fold] == hits).all()
        means.append(hits.mean())
    assert found.mean == pytest.approx(np.mean(means))
    assert told == [(n, pytest.approx(np.mean(means[:n]))) for n in (1, 2, 3)]


def test_other_repeats_deal_other_folds(world: Path, tmp_path: Path) -> None:
    config = tiny_config(world, tmp_path, evaluation=FOLDS)
    scorer = scorer_of(config)
    same = [scorer.score(config, repeat=0).hits.tolist() for _ in range(2)]
    assert same[0] == same[1]
    others = [scorer.score(config, repeat=repeat).hits.tolist() for repeat in (1, 2, 3)]
    assert any(hits != same[0] for hits in others)


def test_photos_are_opened_once_for_all_trials(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config(world, tmp_path, evaluation=FOLDS)
    scorer = scorer_of(config)
    scorer.score(config)
    monkeypatch.setattr("touchline.photos.study.make_runner", None)
    weaker = tried(config, ["probe.strengths=[0.001]", "mirror.mode=none"])
    assert 0 <= scorer.score(weaker).mean <= 1


def test_a_pruned_trial_stops_at_its_fold(world: Path, tmp_path: Path) -> None:
    config = tiny_config(world, tmp_path, evaluation=FOLDS)
    told: list[int] = []

    def report(step: int, score: float) -> None:
        assert 0 <= score <= 1
        told.append(step)
        if step == 2:
            raise TrialPruned

    with pytest.raises(TrialPruned):
        scorer_of(config).score(config, report)
    assert told == [1, 2]


def test_a_gradient_recipe_is_trained_in_each_fold(world: Path, tmp_path: Path) -> None:
    training = TrainingSettings(epochs=1, batch_size=8, refit=False)
    config = tiny_config(
        world, tmp_path, recipe="finetune", training=training,
        evaluation=EvaluationSettings(shots=6, folds=2),
    )  # fmt: skip
    told: list[tuple[int, float]] = []
    found = scorer_of(config).score(config, lambda step, score: told.append((step, score)))
    assert [step for step, _ in told] == [1, 2]
    assert told[-1][1] == found.mean
    assert found.mean == pytest.approx(found.hits.mean())


def tuned(world: Path, folder: Path, space: Path, trials: int = 4, **changes: Any) -> Tuned:
    config = tiny_config(world, folder / "cache", evaluation=FOLDS, **changes)
    search = Search(space, Method("random", "none"), Budget(trials))
    return tune(config, search, folder / "study")


def test_a_study_ends_with_a_winner_scored_on_test_beside_the_untuned(
    world: Path, tmp_path: Path, space: Path
) -> None:
    found = tuned(world, tmp_path, space)
    assert found.worth is not None
    winner, untuned = found.worth.winner, found.worth.untuned
    kept = pd.read_csv(winner.file("split.csv"), keep_default_na=False)
    assert kept.equals(pd.read_csv(untuned.file("split.csv"), keep_default_na=False))
    assert winner.read_json("metrics.json")["accuracy"]["n"] == 18
    best = max(found.records, key=lambda record: (record.score or 0, -record.number))
    config = winner.config.read_text(encoding="utf-8")
    assert f"- {best.values['probe.strengths']}\n" in config
    assert "- 0.01\n" in untuned.config.read_text(encoding="utf-8")
    (pair,) = found.worth.tested.pairs
    assert {pair.first, pair.second} == {"winner", "untuned"}
    table = pd.read_csv(tmp_path / "study" / "trials.csv")
    assert sorted(table["trial"]) == [1, 2, 3, 4]
    page = PageReader((tmp_path / "study" / "report.html").read_text(encoding="utf-8"))
    assert "How much of the lead is luck" in page.text
    assert "points of its lead were luck" in page.text.replace("\n", " ")
    assert len(page.all("img")) == 2
    assert "Fewer than 12 trials are complete" in page.text
    told = found.describe()
    assert "points of its lead were luck" in told
    line = told.splitlines()[0]
    assert f"Best: trial {best.number}, {100 * (best.score or 0):.2f} %  " in line
    pasted = tried(tiny_config(world, tmp_path), shlex.split(line.partition(" %  ")[2]))
    assert pasted.probe.strengths == (best.values["probe.strengths"],)


def test_a_finished_study_only_writes_its_report_again(
    world: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tuned(world, tmp_path, space, trials=2)
    monkeypatch.setattr("touchline.photos.tuning.train", None)
    monkeypatch.setattr(FoldScorer, "score", None)
    (tmp_path / "study" / "report.html").unlink()
    again = tuned(world, tmp_path, space, trials=50)
    assert again.as_dict() == first.as_dict()
    assert (tmp_path / "study" / "report.html").is_file()


def test_an_interruption_while_the_winner_is_taught_is_made_good(
    world: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("touchline.photos.train.write_report", stop)
        with pytest.raises(KeyboardInterrupt):
            tuned(world, tmp_path, space, trials=2)
    found = tuned(world, tmp_path, space, trials=2)
    assert found.worth is not None
    assert len(found.records) == 2


def test_an_interrupted_study_goes_on(
    world: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score, calls = FoldScorer.score, itertools.count()

    def stopped(self: FoldScorer, *arguments: Any, **named: Any) -> Any:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return score(self, *arguments, **named)

    monkeypatch.setattr(FoldScorer, "score", stopped)
    with pytest.raises(InterruptedRunError, match="an interruption after 1 trials"):
        tuned(world, tmp_path, space)
    found = tuned(world, tmp_path, space)
    assert [record.outcome for record in found.records].count("complete") == 4
    assert [record.outcome for record in found.records].count("lost") == 1


def test_a_process_that_is_not_the_last_leaves_the_winner_to_the_other(
    world: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "work_through", lambda study, *_: study.leave(close=False))
    found = tuned(world, tmp_path, space)
    assert found.worth is None
    assert "Other processes are still at work" in found.describe()
    assert found.as_dict() == {"study": str(tmp_path / "study"), "trials": {}, "best": None}


def test_other_photos_are_another_study(world: Path, tmp_path: Path, space: Path) -> None:
    tuned(world, tmp_path, space, trials=2)
    with pytest.raises(UsageError, match="the settings that this study began with, class_weights"):
        tuned(world, tmp_path, space, trials=2, class_weights="balanced")
    other = Path(shutil.copytree(world, tmp_path / "other"))
    next(iter(sorted(other.rglob("*.jpg")))).unlink()
    with pytest.raises(UsageError, match="found that the photos or their split have changed"):
        tuned(other, tmp_path, space, trials=2)


def test_a_folder_of_something_else_is_refused(world: Path, tmp_path: Path, space: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="a new or empty folder for a study"):
        tuned(world, tmp_path, space)


def test_a_database_needs_a_name(world: Path, tmp_path: Path, space: Path) -> None:
    search = Search(space, storage="postgresql://coach@/studies")
    with pytest.raises(UsageError, match="--out beside a database; found none"):
        tune(tiny_config(world, tmp_path), search)


def test_photos_are_always_held_out_to_test(world: Path, tmp_path: Path) -> None:
    config = tiny_config(world, tmp_path, evaluation=EvaluationSettings())
    gathered = gather(world, tmp_path)
    held, plan = with_test(config, gathered.photo_set.photos)
    assert held.evaluation.holdout == 0.2
    assert 0 < len(plan.test) < len(plan.train)
    dealt = tmp_path / "split.csv"
    photos = sorted(gathered.photo_set.photos, key=lambda photo: photo.name)
    write_split(folds(photos, 3, seed=0), dealt)
    config = tiny_config(world, tmp_path, evaluation=EvaluationSettings(split=dealt))
    with pytest.raises(UsageError, match="photos held out to test the winner on; found the folds"):
        with_test(config, gathered.photo_set.photos)


@pytest.mark.parametrize("recipe", ["probe", "finetune", "two-stage"])
def test_each_recipe_has_a_space_of_its_own(recipe: str, tmp_path: Path) -> None:
    config = tiny_config(tmp_path, tmp_path, recipe=recipe)
    assert tunable(config.recipe).space(config).items


@pytest.mark.parametrize("file", sorted(RECIPES.glob("photos-*.yaml")), ids=lambda file: file.name)
def test_each_space_among_the_recipes_can_be_used(file: Path, tmp_path: Path) -> None:
    config = tiny_config(tmp_path, tmp_path)
    assert tunable(config.recipe).space(config, file).items


@pytest.mark.parametrize("key", ["seed", "evaluation.folds", "data", "device"])
def test_what_decides_the_score_is_not_tuned(key: str, tmp_path: Path) -> None:
    file = tmp_path / "space.yaml"
    file.write_text(f"{key}: {{low: 2, high: 5}}")
    with pytest.raises(UsageError, match=f"a better classifier; found '{key}' in .*space.yaml"):
        tunable("probe").space(tiny_config(tmp_path, tmp_path), file)


def test_the_command_tunes(
    world: Path, tmp_path: Path, space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(world), *TINY, "--shots", "6", "--folds", "2", "--space", str(space), "--trials",
             "2", "--out", str(tmp_path / "study"), "--json", "mirror.mode=none"]  # fmt: skip
    assert main(["photos", "tune", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trials"] == {"complete": 2}
    assert list(told["best"]["values"]) == ["probe.strengths"]
    assert (tmp_path / "study" / "winner" / "report.html").is_file()


def test_a_dry_run_tells_what_would_be_tuned_and_writes_nothing(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "grid.yaml"
    file.write_text(
        "probe.strengths: {choices: [[0.1], [1.0]]}\nmirror.mode: {choices: [auto, none]}"
    )
    out = tmp_path / "study"
    words = [str(world), "--space", str(file), "--sampler", "grid", "--out", str(out), "-n"]
    assert main(["photos", "tune", *words]) == 0
    said = capsys.readouterr().out
    assert "20% of each class held out to test; 5 folds a trial" in said
    assert "probe.strengths, mirror.mode would be tuned, a grid of 4 points" in said
    assert not out.exists()


def test_untuned_settings_that_cannot_be_taught_are_refused_before_any_trial(
    world: Path, tmp_path: Path, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FoldScorer, "score", None)
    with pytest.raises(UsageError, match="a backbone that timm knows; found 'no_such_network'"):
        tuned(world, tmp_path, space, backbone=BackboneSettings(name="no_such_network"))
    assert not (tmp_path / "study").exists()


def test_one_class_is_refused_in_a_dry_run_as_in_the_study(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = tmp_path / "photos"
    name = min(path.name for path in world.iterdir() if path.is_dir())
    shutil.copytree(world / name, one / name)
    command = ["photos", "tune", str(one), *TINY, "--out", str(tmp_path / "study")]
    told = []
    for words in (["--dry-run"], []):
        assert main([*command, *words]) == 2
        told.append(capsys.readouterr().err.splitlines()[-1])
    assert told[0] == told[1]
    assert "Wanted at least two classes; found only" in told[0]
    assert not (tmp_path / "study").exists()


def test_an_unknown_setting_of_a_space_ends_with_2(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "space.yaml"
    file.write_text("probe.strength: {low: 1, high: 2}")
    assert main(["photos", "tune", str(world), "--space", str(file)]) == 2
    assert "'probe.strength' in" in capsys.readouterr().err
