"""What is learnt from synthetic photos, and what they can never touch."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import ImageOps
from safetensors.torch import load_file

from photo_world import COLOURS, HOSTILE_CLASS, TINY, ball, draw_world
from studies_of_photos import tiny_study
from synthetic_worlds import draw_patches, draw_synthetic, facts_of, made_from, places_of, seen_of
from touchline.cli import main
from touchline.errors import UsageError
from touchline.media.provenance import write_synthetic
from touchline.photos import finetune
from touchline.photos.config import HeadSettings
from touchline.photos.features import Source
from touchline.photos.finetune import learn_finetune, learn_two_stage
from touchline.photos.gather import gather
from touchline.photos.linear_head import fit_heads
from touchline.photos.probe import learn_probe, probe_samples
from touchline.photos.study import LearnOnly, Study
from touchline.photos.synthetic.made import write_made
from touchline.photos.synthetic.reading import Synthetic, read_synthetic


@pytest.fixture(scope="module")
def split_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos, a split of them, and synthetic ones of a generator that saw its train part."""
    base = tmp_path_factory.mktemp("split")
    data, cache = draw_world(base / "photos", count=6), base / "cache"
    words = ["--holdout", "0.34", "--out", str(base / "split.csv"), f"cache={cache}"]
    assert main(["photos", "split", str(data), *words]) == 0
    table = pd.read_csv(base / "split.csv")
    draw_synthetic(
        base / "made", seen_of(data, cache, list(table["path"][table["part"] == "train"]))
    )
    return base


@pytest.fixture(scope="module")
def runs(split_world: Path) -> dict[str, Path]:
    """A run that learnt from real photos alone, and one from synthetic ones too."""
    flags = {"alone": [], "both": ["--synthetic", str(split_world / "made")]}
    for name, words in flags.items():
        arguments = [str(split_world / "photos"), *TINY, f"cache={split_world / 'cache'}", *words]
        split = ["--split", str(split_world / "split.csv"), "--out", str(split_world / name)]
        assert main(["photos", "train", *arguments, *split]) == 0
    return {name: split_world / name for name in flags}


def json_of(run: Path, name: str) -> dict:
    return json.loads((run / name).read_text())


def test_the_head_learns_from_them(runs: dict[str, Path]) -> None:
    alone, both = (load_file(runs[name] / "weights/best.safetensors") for name in runs)
    assert alone.keys() == both.keys()
    differ = {name for name in alone if not alone[name].equal(both[name])}
    assert differ == {name for name in alone if name.startswith("head.")}


def test_they_choose_calibrate_bound_and_score_nothing(runs: dict[str, Path]) -> None:
    alone, both = runs["alone"], runs["both"]
    for name in ("calibration.json", "split.csv", "weights/scope.safetensors"):
        assert (alone / name).read_bytes() == (both / name).read_bytes()
    assert json_of(alone, "manifest.json")["learnt"] == json_of(both, "manifest.json")["learnt"]
    scored = [set(pd.read_parquet(run / "predictions.parquet")["name"]) for run in (alone, both)]
    assert scored[0] == scored[1]
    counts = [json_of(run, "metrics.json")["accuracy"]["n"] for run in (alone, both)]
    assert counts[0] == counts[1] == len(scored[0])


def test_manifest_and_report_say_so(runs: dict[str, Path], split_world: Path) -> None:
    said = json_of(runs["both"], "manifest.json")["synthetic"]
    assert said["folder"] == str(split_world / "made")
    assert (said["photos"], said["generator"], said["run"]) == (9, "stylegan", "runs/synth/a")
    assert json_of(runs["both"], "metrics.json")["learnt_from_synthetic"] == 9
    real = json_of(runs["both"], "metrics.json")["learnt_from"]
    words = f"Learnt from {real} photos and 9 synthetic ones (never scored) of 3 classes"
    assert words in (runs["both"] / "report.html").read_text()
    assert "synthetic" not in (runs["alone"] / "report.html").read_text()
    assert json_of(runs["alone"], "manifest.json")["synthetic"] is None


def test_what_the_generator_saw_never_scores_the_run(runs, split_world, tmp_path) -> None:
    """Photos that reached the run through the generator only, in an archive of their own."""
    data = shutil.copytree(split_world / "photos", tmp_path / "photos")
    lines = (runs["both"] / "learnt.txt").read_text().split()
    assert set(lines) >= set((runs["alone"] / "learnt.txt").read_text().split())
    scored = tmp_path / "scored"
    assert main(["photos", "evaluate", str(runs["both"]), str(data), "--out", str(scored)]) == 0
    assert json_of(scored, "metrics.json")["learnt_from_synthetic"] == 9
    left_out = {Path(p).name for p, why in json_of(scored, "manifest.json")["rejected"]}
    assert len(left_out) >= 4


def test_a_dry_run_counts_them(split_world: Path, capsys) -> None:
    words = [str(split_world / "photos"), "--synthetic", str(split_world / "made"), "--dry-run"]
    assert main(["photos", "train", *words]) == 0
    assert "9 synthetic photos to learn from, by stylegan" in capsys.readouterr().out


def test_a_generator_of_other_photos_allows_cross_validation(split_world, tmp_path) -> None:
    other = draw_patches(tmp_path / "other")
    made = draw_synthetic(tmp_path / "made", seen_of(other, tmp_path / "cache"))
    words = [*TINY, f"cache={tmp_path / 'cache'}", "--folds", "2", "--out", str(tmp_path / "run")]
    data = str(split_world / "photos")
    assert main(["photos", "train", data, "--synthetic", str(made), *words]) == 0
    table = pd.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert len(table) == json_of(tmp_path / "run", "metrics.json")["learnt_from"] == 18
    assert all(Path(path).is_relative_to(data) for path in table["path"])


# what is learnt, without the command line


@pytest.fixture
def extra(split_world: Path) -> LearnOnly:
    """The synthetic photos with their classes in the order of the study's."""
    classes = sorted(COLOURS)
    found = [
        (p, classes.index(p.parent.name)) for p in sorted((split_world / "made").rglob("*.png"))
    ]
    sources = tuple(Source(path, path.stem + path.parent.name) for path, _ in found)
    return LearnOnly(sources, np.array([label for _, label in found]))


def test_the_probe_is_the_head_of_both_at_the_strength_of_the_real_ones(
    split_world: Path, extra: LearnOnly, tmp_path: Path
) -> None:
    study = tiny_study(split_world / "photos", tmp_path)
    photos = np.arange(0, 18, 2)
    alone = learn_probe(study, photos, tmp_path)
    both = learn_probe(replace(study, extra=extra), photos, tmp_path)
    assert both.facts == alone.facts
    assert (both.held_out == photos).all()
    assert (both.logits == alone.logits).all()
    joined = replace(
        study, sources=(*study.sources, *extra.sources),
        labels=np.concatenate([study.labels, extra.labels]),
    )  # fmt: skip
    shown = np.concatenate([photos, np.arange(18, 27)])
    strength = alone.facts["strength"]
    (expected,) = fit_heads(
        probe_samples(joined, shown), study.mirror, (strength,), np.ones(3, np.float32)
    )
    weight = both.network.head[-1].weight.detach().numpy()
    np.testing.assert_allclose(weight, expected.weight.T, rtol=1e-4, atol=1e-6)
    assert not np.allclose(weight, alone.network.head[-1].weight.detach().numpy(), atol=1e-3)


def test_a_study_without_extra_photos_is_itself(split_world: Path, tmp_path: Path) -> None:
    study, photos = tiny_study(split_world / "photos", tmp_path), np.arange(3)
    joined, shown = study.with_extra(photos)
    assert joined is study
    assert shown is photos


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Of each epoch: how many real and how many synthetic photos it shows."""
    seen: list[tuple[int, int]] = []
    batches = finetune.epoch_batches

    def watched(study: Study, photos: np.ndarray, epoch: int) -> Iterator[finetune.Batch]:
        real = int(np.sum(photos < 18))
        seen.append((real, len(photos) - real))
        return batches(study, photos, epoch)

    monkeypatch.setattr(finetune, "epoch_batches", watched)
    return seen


@pytest.mark.parametrize(
    ("learn", "hidden"),
    [(learn_finetune, None), (learn_two_stage, None), (learn_two_stage, (8,))],
    ids=["finetune", "two-stage", "two-stage, hidden"],
)
def test_gradient_recipes_choose_on_real_photos_and_learn_from_both_in_the_end(
    split_world, extra, tmp_path, shown, learn, hidden
) -> None:
    study = tiny_study(split_world / "photos", tmp_path, head=HeadSettings(hidden=hidden))
    learn(replace(study, extra=extra), np.arange(18), tmp_path / "both")
    validated, refitted = shown[:2], shown[2:]
    assert {synthetic for _, synthetic in validated} == {0}
    assert all(real < 18 for real, _ in validated)
    assert set(refitted) == {(18, 9)}
    assert refitted


def test_a_valid_part_chooses_while_both_are_learnt_from(
    split_world, extra, tmp_path, shown
) -> None:
    """The generator has not seen the valid part (`refuse_leak`), so nothing needs to wait."""
    study = tiny_study(split_world / "photos", tmp_path)
    study = replace(study, extra=extra, validation=np.array([0, 6, 12]))
    inside = np.setdiff1d(np.arange(18), study.validation)
    learnt = learn_finetune(study, inside, tmp_path / "both")
    assert set(shown) == {(15, 9)}
    assert (learnt.held_out == study.validation).all()


# what is refused, and what is left out


@pytest.fixture
def folder(split_world: Path, tmp_path: Path) -> Path:
    """A folder of synthetic photos that may be changed."""
    return shutil.copytree(split_world / "made", tmp_path / "made")


def read(split_world: Path, folder: Path) -> Synthetic:
    """The folder as a training that scores the split's test part reads it."""
    cache = split_world / "cache"
    gathered = gather(split_world / "photos", cache)
    table = pd.read_csv(split_world / "split.csv")
    tested = places_of(gathered, list(table["path"][table["part"] == "test"]))
    study = tiny_study(split_world / "photos", cache)
    return read_synthetic(folder, study, gathered, np.array(tested))


def scored_photo(split_world: Path) -> Path:
    table = pd.read_csv(split_world / "split.csv")
    blue = table[(table["part"] == "test") & (table["label"] == "blue")]
    return split_world / "photos" / blue["path"].iloc[0]


def test_an_untouched_folder_is_read_whole(split_world: Path, folder: Path) -> None:
    found = read(split_world, folder)
    assert found.left_out == ()
    assert len(found.extra.sources) == 9
    classes = sorted(COLOURS)
    assert [classes[label] for label in found.extra.labels] == [
        source.path.parent.name for source in found.extra.sources
    ]


def test_a_real_photo_smuggled_in_is_refused(split_world: Path, folder: Path) -> None:
    shutil.copy(scored_photo(split_world), folder / "blue" / "98.png")
    with pytest.raises(
        UsageError, match=r"found without the mark of one 'blue/98.png'. Take it out"
    ):
        read(split_world, folder)


def test_a_photo_of_another_generator_is_refused(split_world: Path, folder: Path) -> None:
    made = read(split_world, folder).made
    other = replace(facts_of(made), weights_sha256="cd" * 32)
    write_synthetic(folder / "blue" / "98.png", ball("blue", 800), other)
    with pytest.raises(UsageError, match=r"not made by the one in synthetic.json 'blue/98.png'"):
        read(split_world, folder)


def test_photos_under_a_description_that_hides_what_was_seen_are_refused(
    split_world: Path, folder: Path
) -> None:
    made = read(split_world, folder).made
    write_made(folder, replace(made, seen=made.seen[1:]))
    with pytest.raises(UsageError, match=r"not made by the one in synthetic.json .* and 8 more"):
        read(split_world, folder)


@pytest.mark.parametrize("change", [lambda image: image, ImageOps.mirror], ids=["same", "mirrored"])
def test_a_marked_copy_of_a_scored_photo_is_left_out(split_world, folder, change) -> None:
    photo = scored_photo(split_world)
    copy = change(ball("blue", int(photo.stem)))
    made = read(split_world, folder).made
    write_synthetic(folder / "green" / "98.png", copy, facts_of(made))
    found = read(split_world, folder)
    assert len(found.extra.sources) == 9
    assert [(each.path, each.reason) for each in found.left_out] == [
        (folder / "green" / "98.png", "a copy of a photo that is scored")
    ]


def test_only_copies_are_left_is_refused(split_world: Path, folder: Path) -> None:
    made = read(split_world, folder).made
    for path in folder.rglob("*.png"):
        path.unlink()
    copy = ball("blue", int(scored_photo(split_world).stem))
    write_synthetic(folder / "blue" / "98.png", copy, facts_of(made))
    with pytest.raises(UsageError, match=r"synthetic photos to learn from; found none in .*98.png"):
        read(split_world, folder)


def test_an_unknown_class_is_refused_and_another_spelling_is_not(split_world, folder) -> None:
    (folder / "green").rename(folder / "Green_")
    assert len(read(split_world, folder).extra.sources) == 9
    (folder / "blue").rename(folder / "purple")
    with pytest.raises(
        UsageError, match=r"only classes of the real photos in .* found also 'purple'"
    ):
        read(split_world, folder)


def test_a_broken_file_is_named_and_the_rest_goes_on(split_world: Path, folder: Path) -> None:
    broken = folder / HOSTILE_CLASS / "00.png"
    broken.write_bytes(broken.read_bytes()[:-200])
    found = read(split_world, folder)
    assert len(found.extra.sources) == 8
    assert [each.path for each in found.left_out] == [broken]


def test_a_folder_of_photos_is_not_one_of_synthetic_photos(split_world: Path) -> None:
    with pytest.raises(UsageError, match=r"as `touchline synth sample` makes it; found .*no such"):
        read(split_world, split_world / "photos")


# where they have no place


def refusal_of(capsys, *words: str) -> str:
    assert main(["photos", *words]) == 2
    return " ".join(capsys.readouterr().err.split())


def test_a_gradient_recipe_without_a_refit_is_refused(split_world, tmp_path, capsys) -> None:
    said = refusal_of(
        capsys, "train", str(split_world / "photos"), *TINY, f"cache={split_world / 'cache'}",
        "--synthetic", str(split_world / "made"), "--split", str(split_world / "split.csv"),
        "--recipe", "finetune", "training.refit=false", "--out", str(tmp_path / "run"),
    )  # fmt: skip
    assert "a training on all photos once the epoch is chosen" in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["tune", "--trials", "1"], "real photos alone to tune on; found synthetic="),
        (
            ["bakeoff", "--backbones", "test_resnet"],
            "real photos alone to compare backbones on; found synthetic=",
        ),
    ],
    ids=["tune", "bakeoff"],
)
def test_work_that_scores_many_times_takes_real_photos_alone(
    split_world, words, reason, capsys
) -> None:
    made = f"synthetic={split_world / 'made'}"
    verb, *rest = words
    said = refusal_of(capsys, verb, str(split_world / "photos"), *rest, made, *TINY[4:])
    assert reason in said


def test_a_run_that_learnt_from_them_does_not_learn_on(runs, tmp_path) -> None:
    from touchline.archive.review.standing import Standing
    from touchline.photos.relearning.learning import learn_from_reviews
    from touchline.runs import open_run

    with pytest.raises(UsageError, match="real photos alone to learn on from"):
        learn_from_reviews(open_run(runs["both"]), Standing((), ()), tmp_path / "new")


def test_the_helper_marks_what_it_draws() -> None:
    assert facts_of(made_from(()), "blue", 3).label == "blue"
