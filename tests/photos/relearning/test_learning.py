import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import insert

from page_reader import PageReader
from photo_world import HOSTILE_CLASS, HOSTILE_FILE, teach
from relearning_worlds import known, new_photo, photos_of, review
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.tables import photos, roots
from touchline.archive.review.decisions import Decision, decide
from touchline.cli import main
from touchline.errors import UsageError
from touchline.photos.classifier import load_classifier, load_scope
from touchline.photos.predict import Verdicts, predict
from touchline.photos.records import learnt_hashes
from touchline.photos.relearning.changes import BeforeAfter, Changes
from touchline.photos.relearning.learning import Relearnt, ShownPhotos, learn_from_reviews
from touchline.photos.relearning.opinions import Opinion, opinions_of
from touchline.photos.relearning.report import PAGE, describe_change, write_change_report
from touchline.photos.relearning.untouched import UntouchedPhoto
from touchline.runs import Run, open_run

FILES = ("metrics.json", "predictions.parquet", "report.html", "calibration.json", "learnt.txt")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory) -> list[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("reviewed")
    return [(new_photo(folder), label) for label in ("blue", "green", "violet", "violet")]


@pytest.fixture(scope="module")
def before(taught) -> dict[str, bytes]:
    return contents(taught)


@pytest.fixture(scope="module")
def relearnt(taught, before, reviewed, tmp_path_factory) -> Relearnt:
    assert before  # read before anything is learnt
    folder = tmp_path_factory.mktemp("relearnt")
    others = [known(new_photo(folder / "others")) for _ in range(5)]
    shown = ShownPhotos(others)
    found = learn_from_reviews(open_run(taught), review(reviewed), folder / "run", shown)
    write_change_report(found)
    return found


class TestANewRun:
    def test_the_parent_stays_as_it_is(self, taught, before, relearnt):
        assert relearnt.run.folder != taught
        assert contents(taught) == before

    def test_it_has_learnt_its_own_photos_and_the_reviewed_ones(self, taught, reviewed, relearnt):
        own = learnt_hashes(open_run(taught))
        assert learnt_hashes(relearnt.run) == own | {known(path).sha256 for path, _ in reviewed}
        assert all(relearnt.run.file(name).is_file() for name in FILES)

    def test_a_new_class_is_among_its_labels(self, relearnt):
        classes = load_classifier(relearnt.run).classes
        assert classes == ("blue", "green", HOSTILE_CLASS, "violet")

    def test_its_manifest_names_the_parent_and_the_reviews(self, taught, reviewed, relearnt):
        facts = relearnt.run.read_json("manifest.json")["relearnt"]
        assert facts["parent"] == str(taught)
        weights = open_run(taught).read_json("preprocess.json")["weights_sha256"]
        assert facts["parent_weights_sha256"] == weights
        assert {(each["sha256"], each["label"], each["review"]) for each in facts["reviews"]} == {
            (known(path).sha256, label, n) for n, (path, label) in enumerate(reviewed, 1)
        }

    def test_the_strength_stays_the_parents(self, relearnt):
        chosen, kept = (
            run.read_json("manifest.json")["learnt"] for run in (relearnt.parent, relearnt.run)
        )
        assert list(kept["out_of_fold_log_loss"]) == [str(chosen["strength"])]

    def test_its_table_says_which_photos_are_reviewed(self, reviewed, relearnt):
        table = pd.read_csv(relearnt.run.file("photos.csv"), keep_default_na=False)
        chosen = table[table["reviewed"]]
        assert set(chosen["path"]) == {str(path.resolve()) for path, _ in reviewed}
        assert set(chosen["split"]) == {"train"}

    def test_before_and_after_are_the_scores_of_both_runs(self, relearnt):
        for run, mine in (
            (relearnt.parent, relearnt.accuracy.before), (relearnt.run, relearnt.accuracy.after),
        ):  # fmt: skip
            table = pd.read_parquet(run.file("predictions.parquet"))
            scored = {str(each.photo.path) for each in relearnt.changes.photos}
            table = table[[str(Path(path).resolve()) in scored for path in table["path"]]]
            assert mine.n == len(table) > 10
            assert mine.value == pytest.approx((table["truth"] == table["label"]).mean())

    def test_the_change_is_shown_on_others_too(self, relearnt):
        shown = relearnt.changes.photos
        assert sum(not each.photo.truth for each in shown) == 5
        assert not {each.photo.sha256 for each in shown} & relearnt.lesson.touched

    def test_both_runs_say_what_they_say_when_they_label(self, relearnt):
        paths = [each.photo.path for each in relearnt.changes.photos]
        for run, said in (
            (relearnt.parent, [each.before for each in relearnt.changes.photos]),
            (relearnt.run, [each.after for each in relearnt.changes.photos]),
        ):
            labelled = list(predict(load_classifier(run), paths, Verdicts(0.8)))
            # Kept features are rounded to 16 bits: a confidence may differ by a little, and a photo
            # near one of the two lines that make it doubtful may fall on its other side.
            assert [each.confidence for each in said] == pytest.approx(
                [photo.labels[0].confidence for photo in labelled], abs=0.03
            )
            pairs = list(zip(said, labelled, strict=True))
            assert sum(each.label != photo.label for each, photo in pairs) <= 1
            limit = load_scope(run).threshold
            clear = [
                (each.is_doubtful, photo.decision == "review") for each, photo in pairs
                if abs(each.confidence - 0.8) > 0.03 and abs(photo.distance / limit - 1) > 0.1
            ]  # fmt: skip
            assert len(clear) > 5
            assert all(kept == fresh for kept, fresh in clear)


def test_a_cross_validated_run_learns_on_and_so_does_what_comes_of_it(
    world, reviewed, tmp_path
):  # fmt: skip
    parent = open_run(teach(world, tmp_path / "parent", "evaluation.folds=3"))
    first = learn_from_reviews(parent, review(reviewed[:1]), tmp_path / "first")
    scored = pd.read_parquet(first.run.file("predictions.parquet"))
    assert (len(scored), scored["part"].nunique()) == (36 + 1, 3)
    assert (first.accuracy, first.changes.photos) == (None, ())
    assert "is not known" in write_change_report(first).read_text()
    violet = [(new_photo(tmp_path / "new"), "violet") for _ in range(3)]
    second = learn_from_reviews(first.run, review(violet), tmp_path / "second")
    assert learnt_hashes(second.run) > learnt_hashes(first.run)
    assert second.run.read_json("metrics.json")["accuracy"]["n"] == 36 + 1 + 3


class TestTheReport:
    def test_it_says_what_changed(self, relearnt):
        page = PageReader(relearnt.run.file(PAGE).read_text())
        assert page.open == []
        for words in ("Accuracy before", "Accuracy after", "Majority baseline", "Labels changed"):
            assert words in page.text
        assert len(page.all("img")) == len(relearnt.changes.relabelled)

    def test_its_table_holds_every_photo(self, relearnt):
        table = pd.read_csv(relearnt.run.file("changes.csv"), keep_default_na=False)
        assert len(table) == len(relearnt.changes.photos)
        assert sum(table["before"] != table["after"]) == len(relearnt.changes.relabelled)

    def test_a_terminal_is_told_the_same(self, relearnt):
        told = describe_change(relearnt)
        assert ["Labels", "changed", f"{len(relearnt.changes.relabelled)}"] in [
            line.split() for line in told.splitlines()
        ]
        assert str(relearnt.run.file(PAGE)) in told

    def test_programs_read_it_as_json(self, relearnt):
        kept = relearnt.run.read_json("relearnt.json")
        assert kept == json.loads(json.dumps(relearnt.as_dict()))
        assert (kept["learnt_from"], kept["reviewed"]) == (22, 4)

    def test_names_by_strangers_are_no_markup(self, relearnt, tmp_path):
        path = new_photo(tmp_path, HOSTILE_FILE)
        photo = UntouchedPhoto(path, "aa", "aa", truth="blue")
        gone = UntouchedPhoto(tmp_path / "gone.jpg", "bb", "bb")
        opinions = Opinion(HOSTILE_CLASS, 0.5, True), Opinion("blue", 0.9, False)
        changes = Changes((BeforeAfter(photo, *opinions), BeforeAfter(gone, *opinions)))
        run = Run(tmp_path / "run")
        run.folder.mkdir()
        changed = Relearnt(run, relearnt.parent, relearnt.lesson, changes, None, 1.0)
        page = PageReader(write_change_report(changed).read_text())
        assert HOSTILE_FILE in page.text + " ".join(page.values("title", "alt"))
        assert f"before: {HOSTILE_CLASS} 50 %" in page.text
        assert page.values("onerror") == []
        assert page.all("b") == []
        assert "1 more are in changes.csv" in page.text

    def test_without_a_change_it_says_so(self, relearnt, tmp_path):
        run = Run(tmp_path)
        same = Relearnt(run, relearnt.parent, relearnt.lesson, Changes(()), None, 1.0)
        assert "No label changed." in write_change_report(same).read_text()


class TestRefusals:
    def refused(self, folder: Path, reviewed, out: Path, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            learn_from_reviews(open_run(folder), review(reviewed), out)

    def test_a_folder_in_use(self, taught, reviewed, tmp_path):
        (tmp_path / "mine.txt").write_text("mine")
        self.refused(taught, reviewed, tmp_path, "new or empty folder")
        assert (tmp_path / "mine.txt").read_text() == "mine"

    def test_a_run_that_is_no_probe(self, taught, reviewed, tmp_path):
        other = shutil.copytree(taught, tmp_path / "other")
        config = other / "config.yaml"
        config.write_text(config.read_text().replace("recipe: probe", "recipe: finetune"))
        self.refused(other, reviewed, tmp_path / "run", "finetune in .*--recipe probe")

    def test_an_unfinished_run(self, taught, reviewed, tmp_path):
        other = shutil.copytree(taught, tmp_path / "other")
        (other / "manifest.json").unlink()
        self.refused(other, reviewed, tmp_path / "run", "a finished run")

    def test_a_truth_that_is_learnt_from_leaves_no_folder_behind(self, taught, reviewed, tmp_path):
        truth = tmp_path / "truth" / "blue"
        truth.mkdir(parents=True)
        shutil.copy(reviewed[0][0], truth)
        with pytest.raises(UsageError, match="would make the score a lie"):
            learn_from_reviews(
                open_run(taught), review(reviewed), tmp_path / "run",
                ShownPhotos(truth=truth.parent),
            )  # fmt: skip
        assert not (tmp_path / "run").exists()

    @pytest.mark.parametrize(
        ("values", "message"),
        [({"at_most": -1}, "a number of photos"), ({"doubtful_below": 1.5}, "between 0 and 1")],
    )
    def test_numbers_that_cannot_be(self, values, message):
        with pytest.raises(UsageError, match=message):
            ShownPhotos(**values)


class TestOpinions:
    def test_no_photos_need_none(self, taught):
        assert opinions_of(open_run(taught), [], 0.8) == ()

    def test_the_line_decides_what_is_doubtful(self, taught):
        path = photos_of(open_run(taught), "train", "blue")[0]
        photo = UntouchedPhoto(path, known(path).sha256, "")
        (never,), (always,) = (opinions_of(open_run(taught), [photo], line) for line in (0.0, 1.0))
        assert (never.is_doubtful, always.is_doubtful) == (False, True)
        assert never.confidence == always.confidence


class TestTheCommand:
    @pytest.fixture
    def catalog(self, reviewed, tmp_path) -> str:
        """A catalog of four photos, of which two are reviewed."""
        where = str(tmp_path / "archive.catalog")
        opened = open_catalog(where, create=True)
        with opened.writing() as connection:
            root = connection.execute(insert(roots).values(path=str(reviewed[0][0].parent)))
            for path, _ in reviewed:
                connection.execute(insert(photos).values(
                    root_id=root.inserted_primary_key[0], path=str(path), width=80, height=64,
                    sha256=known(path).sha256, size=1, changed_ns=1, state="present",
                    indexed_at=0.0,
                ))  # fmt: skip
        for number in (1, 2):
            label = reviewed[number - 1][1]
            decide(opened, Decision(f"key-{number}", (number,), "change", label, "anna"))
        opened.close()
        return where

    def test_it_learns_and_says_what_changed(self, taught, catalog, tmp_path, capsys):
        out = tmp_path / "run"
        words = ["photos", "learn", str(taught), "--catalog", catalog, "--out", str(out), "--json"]
        assert main(words) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["reviewed"], told["learnt_from"]) == (2, 20)
        assert told["changes"]["untouched"] >= 12
        assert out.joinpath(PAGE).is_file()

    def test_a_dry_run_counts(self, taught, catalog, tmp_path, capsys):
        before = contents(tmp_path)
        assert main(["photos", "learn", str(taught), "--catalog", catalog, "-n"]) == 0
        assert capsys.readouterr().out == "2 reviewed photos, 2 others\n"
        assert contents(tmp_path).keys() == before.keys()

    def test_without_a_catalog_it_says_how_to_make_one(self, taught, tmp_path, capsys):
        missing = str(tmp_path / "none.catalog")
        assert main(["photos", "learn", str(taught), "--catalog", missing]) == 2
        assert "touchline archive index" in capsys.readouterr().err
