import json
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from quick_studies import quick_config
from touchline.errors import EnvironmentMissingError, InterruptedRunError, UsageError
from touchline.files import sha256_of_file
from touchline.media.provenance import read_provenance
from touchline.photos.fingerprint_files import fingerprint_photos
from touchline.photos.synthetic.made import read_made, seen_as_rows, seen_from_rows
from touchline.run_listing.made_by_runs import foreign_files
from touchline.runs import Run
from touchline.settings import resolve
from touchline.synth.study import run as module
from touchline.synth.study.arms import arms_of
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.report import describe, summary
from touchline.synth.study.run import foresee_study, study

pytestmark = pytest.mark.usefixtures("quick")


def answers(run: Run) -> pd.DataFrame:
    return pd.read_parquet(run.file("predictions.parquet"))


def config_of(run: Run) -> StudyConfig:
    return resolve(StudyConfig, run.config)


def copy_of(run: Run, folder: Path) -> Run:
    shutil.copytree(run.folder, folder)
    return Run(folder)


def to_be_answered_again(run: Run) -> None:
    for path in run.folder.glob("rounds/1/arms/*.parquet"):
        path.unlink()


class TestAnAnswer:
    def test_photos_of_the_wrong_class_hurt(self, finished):
        told = finished.read_json("metrics.json")
        assert told["verdict"] == "hurts"
        assert told["helps"][-1]["difference"]["high"] < 0
        assert told["headline"].startswith("Synthetic photos hurt: with 2 for each real one")

    def test_photos_of_the_right_class_help_where_real_ones_are_few(self, tinted, tmp_path):
        config = quick_config(tinted, tmp_path / "cache", rounds=5, ratios=(16,), copies=False)
        told = study(config, tmp_path / "run").read_json("metrics.json")
        assert told["verdict"] == "helps"
        assert [each["arm"] for each in told["arms"]] == ["none", "synthetic-16", "augmented-16"]

    def test_every_arm_answers_the_same_real_photos(self, finished, tinted):
        table = answers(finished)
        arms = {(arm.kind, arm.ratio) for arm in arms_of(config_of(finished))}
        assert set(zip(table["kind"], table["ratio"], strict=True)) == arms
        for _, rows in table.groupby("round"):
            asked = {tuple(sorted(each["photo"])) for _, each in rows.groupby(["kind", "ratio"])}
            assert len(asked) == 1
            assert len(next(iter(asked))) == 3 * (24 - 2)
        assert all((tinted / photo).is_file() for photo in set(table["photo"]))

    def test_as_many_changed_photos_are_added_as_synthetic_ones(self, finished):
        added = answers(finished).groupby(["kind", "ratio"])["added"].unique()
        assert {key: each.tolist() for key, each in added.items()} == {
            ("augmented", 0.5): [3], ("augmented", 2.0): [12], ("copies", 1.0): [6],
            ("none", 0.0): [0], ("synthetic", 0.5): [3], ("synthetic", 2.0): [12],
        }  # fmt: skip

    def test_synthetic_photos_have_the_class_mix_and_their_provenance(self, finished):
        for folder in finished.folder.glob("rounds/*/made"):
            made, files = read_made(folder), sorted(folder.rglob("*.png"))
            assert Counter(path.parent.name for path in files) == dict(made.counts)
            assert set(made.counts.values()) == {4}
            marks = [read_provenance(path) for path in files]
            assert {mark.training_set for mark in marks if mark} == {made.training_set}
            assert None not in marks

    def test_other_rounds_have_other_photos_and_generators(self, finished):
        splits = {path.read_text() for path in finished.folder.glob("rounds/*/split.csv")}
        seeds = {
            resolve(StudyConfig.__base__, path).seed
            for path in finished.folder.glob("rounds/*/generator/config.yaml")
        }
        assert len(splits) == len(seeds) == 5

    def test_changed_photos_are_not_kept(self, finished):
        assert not list(finished.folder.glob("rounds/*/changed"))


class TestALeak:
    def test_no_generator_has_seen_a_photo_that_scores(self, finished, tinted):
        for number, rows in answers(finished).groupby("round"):
            path = finished.folder / "rounds" / f"{number}" / "generator" / "seen.json"
            seen = {each.sha256 for each in seen_from_rows(json.loads(path.read_text()))}
            scored = {sha256_of_file(tinted / photo) for photo in rows["photo"]}
            assert len(seen) == 6
            assert seen.isdisjoint(scored)

    def test_a_generator_that_has_seen_one_is_refused_by_name(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        to_be_answered_again(run)
        leaked = scored_in_the_first_round_only(finished)
        add_to_seen(run, Path(config_of(run).data) / leaked, tmp_path / "cache")
        with pytest.raises(UsageError, match=f"generator of round 1 has not learnt from.*{leaked}"):
            study(config_of(run), resume=run)
        assert not list(run.folder.glob("rounds/1/arms/*"))

    def test_the_generator_of_another_round_is_refused(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        to_be_answered_again(run)
        shutil.rmtree(run.file("rounds/1/generator"))
        shutil.copytree(run.file("rounds/2/generator"), run.file("rounds/1/generator"))
        with pytest.raises(UsageError, match="the generator of round 1 has not learnt from; found"):
            study(config_of(run), resume=run)

    def test_a_generator_that_has_seen_less_is_not_of_the_round(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        to_be_answered_again(run)
        path = run.file("rounds/1/generator/seen.json")
        path.write_text(json.dumps(json.loads(path.read_text())[1:]))
        with pytest.raises(UsageError, match=r"one that has seen others in .*Remove .*rounds/1"):
            study(config_of(run), resume=run)

    def test_a_damaged_list_is_refused(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        to_be_answered_again(run)
        run.file("rounds/1/generator/seen.json").write_text('[{"sha256": "?"}]')
        with pytest.raises(UsageError, match="which is damaged"):
            study(config_of(run), resume=run)

    def test_a_twin_on_both_sides_is_refused_before_anything_is_learnt(self, tinted, tmp_path):
        lines = ["path,label,split"]
        for label in ("amber", "jade"):
            photos = sorted((tinted / label).iterdir())[:6]
            parts = ["train"] * 3 + ["test"] * 3
            lines += [f"{p},{label},{part}" for p, part in zip(photos, parts, strict=True)]
        twin = tmp_path / "twin.png"
        shutil.copy(sorted((tinted / "amber").iterdir())[0], twin)
        table = tmp_path / "photos.csv"
        table.write_text("\n".join([*lines, f"{twin},amber,test"]) + "\n")
        config = quick_config(table, tmp_path / "cache", shots=None)
        with pytest.raises(UsageError, match=r"twin\.png"):
            study(config, tmp_path / "run")
        assert not (tmp_path / "run").exists()


class TestGoingOn:
    def test_what_is_finished_is_not_done_again(self, finished, tmp_path, monkeypatch):
        run = copy_of(finished, tmp_path / "run")
        for name in ("teach_generator", "make_photos", "answer_arms"):
            monkeypatch.setattr(module, name, None)
        before = run.file("metrics.json").read_bytes()
        run.file("metrics.json").unlink()
        study(config_of(run), resume=run)
        assert run.file("metrics.json").read_bytes() == before

    def test_a_lost_part_is_made_as_it_was(self, finished):
        before, folder = answers(finished), finished.folder / "rounds" / "2"
        lost = [*folder.glob("arms/*-2.parquet"), *folder.glob("made/*/00001.png")]
        assert len(lost) == 5
        for path in lost:
            path.unlink()
        study(config_of(finished), resume=finished)
        pd.testing.assert_frame_equal(answers(finished), before)

    def test_an_interruption_names_the_study(self, tinted, tmp_path, monkeypatch):
        def interrupted(work):
            if work.round.number == 2:
                raise InterruptedRunError("a training", "an interruption at 16", "--resume wrong")
            return teach(work)

        teach = module.teach_generator
        monkeypatch.setattr(module, "teach_generator", interrupted)
        config = quick_config(tinted, tmp_path / "cache", rounds=2, ratios=(1,), copies=False)
        with pytest.raises(InterruptedRunError, match=f"in round 2.*--resume {tmp_path / 'run'}$"):
            study(config, tmp_path / "run")
        monkeypatch.undo()
        kept = tmp_path / "run" / "rounds" / "1" / "arms" / "none.parquet"
        before = kept.stat().st_mtime_ns
        run = study(config, resume=Run(tmp_path / "run"))
        assert kept.stat().st_mtime_ns == before
        assert run.read_json("metrics.json")["rounds"] == 2

    def test_a_limit_names_the_study_too(self, tinted, tmp_path, monkeypatch):
        def out_of_memory(_):
            raise EnvironmentMissingError("less memory", "8 GB at image 16", "--resume wrong")

        monkeypatch.setattr(module, "teach_generator", out_of_memory)
        with pytest.raises(EnvironmentMissingError, match=r"8 GB at image 16, in round 1.*/run$"):
            study(quick_config(tinted, tmp_path / "cache"), tmp_path / "run")

    def test_other_settings_are_refused(self, finished):
        other = config_of(finished).model_copy(update={"seed": 5})
        with pytest.raises(UsageError, match="was begun with; found other settings"):
            study(other, resume=finished)

    def test_other_photos_are_refused(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        run.write_json("begun.json", {"data": "of others"})
        with pytest.raises(UsageError, match="was begun with; found other photos"):
            study(config_of(run), resume=run)

    def test_what_is_no_study_is_refused(self, finished, tmp_path):
        with pytest.raises(UsageError, match=r"the folder of a study; found no begun\.json"):
            study(config_of(finished), resume=Run(tmp_path))

    def test_a_lost_or_damaged_record_of_a_round_does_not_end_it(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        before = run.read_json("manifest.json")["rounds"]
        for name in ("labels.json", "rounds/1/generator/taught.json", "rounds/2/quality.json"):
            run.file(name).unlink()
        study(config_of(run), resume=run)
        after = run.read_json("manifest.json")["rounds"]
        assert [each["quality"] for each in after] == [each["quality"] for each in before]
        assert after[0]["generator"]["images"] == before[0]["generator"]["images"]
        for text in ("{", '{"a": 1}', "5"):
            run.file("rounds/1/quality.json").write_text(text)
            with pytest.raises(UsageError, match=r"quality\.json\. Remove that file and go on"):
                study(config_of(run), resume=run)

    def test_broken_answers_are_named(self, finished, tmp_path):
        run = copy_of(finished, tmp_path / "run")
        run.file("rounds/1/arms/none.parquet").write_bytes(b"no table")
        with pytest.raises(UsageError, match=r"none\.parquet"):
            study(config_of(run), resume=run)


class TestForPeople:
    def test_what_it_would_do_is_said(self, tinted, tmp_path):
        words = foresee_study(quick_config(tinted, tmp_path / "cache"), tmp_path / "run")
        assert "5 rounds" in words
        assert "6 classifiers" in words
        assert "With 5 of them to be taught" in words
        assert not (tmp_path / "run").exists()

    def test_the_page_carries_everything(self, finished):
        text = finished.file("report.html").read_text(encoding="utf-8")
        for words in ("Synthetic photos hurt", "hold together with 95 %", "What was held equal",
                      "synthetic-0.5", "augmented-2", "copies",
                      "Synthetic photos of round 3", "other rounds (training photos"):  # fmt: skip
            assert words in text
        assert (text.count("data:image/png"), text.count("data:image/jpeg")) == (1, 3)
        assert foreign_files(finished.folder) == []

    def test_the_terminal_and_programs_are_told_the_same(self, finished):
        told = summary(finished)
        assert told["headline"] in describe(finished)
        assert told["run"] == str(finished.folder)
        assert "report.html" in describe(finished)

    def test_the_manifest_knows_each_generator(self, finished):
        rounds = finished.read_json("manifest.json")["rounds"]
        assert [each["generator"]["images"] for each in rounds] == [32] * 5
        assert all(each["quality"]["right"]["value"] < 0.5 for each in rounds)
        assert all(each["train"] == 6 and each["test"] == 66 for each in rounds)


def test_one_round_and_a_gradient_recipe(tinted, tmp_path):
    config = quick_config(tinted, tmp_path / "cache", rounds=1, shots=4, ratios=(1,))
    config = resolve(StudyConfig, None, config.model_dump(mode="json"), (
        "classifier.recipe=finetune", "classifier.training.epochs=1",
    ))  # fmt: skip
    run = study(config, tmp_path / "run")
    text = run.file("report.html").read_text(encoding="utf-8")
    assert "There was one round" in text
    assert "shown so much more often" in text
    assert [each["added"] for each in run.read_json("metrics.json")["arms"]] == [0, 12, 12, 12]


def scored_in_the_first_round_only(run: Run) -> str:
    rows = answers(run)
    tested = {number: set(each["photo"]) for number, each in rows.groupby("round")}
    return min(tested[1] - tested[2] or tested[1])


def add_to_seen(run: Run, photo: Path, cache: Path) -> None:
    prints, _ = fingerprint_photos([photo], cache)
    path = run.file("rounds/1/generator/seen.json")
    path.write_text(json.dumps([*json.loads(path.read_text()), *seen_as_rows(prints.values())]))
