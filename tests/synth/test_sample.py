"""Made photos: marked, in a folder of their own, each a matter of its class, number and seed."""

import json
import shutil
from pathlib import Path

import pytest

from photo_world import HOSTILE_CLASS
from touchline.archive.names import folder_names
from touchline.cli import main
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import sha256_of_file
from touchline.media.images import read_image
from touchline.media.provenance import read_provenance
from touchline.photos.synthetic.made import read_made
from touchline.runs import open_run
from touchline.synth.sample import sample

CLASSES = ("blue", "green", HOSTILE_CLASS)


def make(run: Path, out: Path, counts: dict[str, int], *words: str, seed: int = 0) -> list[Path]:
    return [each.path for each in sample(open_run(run), out, counts, seed, words)]


def contents(paths: list[Path]) -> dict[str, str]:
    return {f"{path.parent.name}/{path.name}": sha256_of_file(path) for path in paths}


def test_each_file_says_what_made_it(generator_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "made"
    made = list(sample(open_run(generator_run), out, dict.fromkeys(CLASSES, 2)))
    described = read_made(out)
    assert described.counts == dict.fromkeys(CLASSES, 2)
    assert len(described.seen) == 36
    for each in made:
        facts = read_provenance(each.path)
        assert facts is not None
        assert (facts.generator, facts.label, facts.seed) == ("stylegan", each.label, each.seed)
        assert facts.weights_sha256 == described.weights_sha256
        assert facts.training_set == described.training_set
        assert read_image(each.path).size == (64, 64)
    folders = folder_names(CLASSES)
    assert {each.path.parent.name for each in made} == set(folders.values())


def test_more_photos_and_other_classes_change_none(generator_run: Path, tmp_path: Path) -> None:
    few = contents(make(generator_run, tmp_path / "few", {"green": 2}))
    many = contents(make(generator_run, tmp_path / "many", {"blue": 1, "green": 3}))
    assert few.items() <= many.items()
    other = contents(make(generator_run, tmp_path / "other", {"green": 2}, seed=1))
    assert not set(other.values()) & set(few.values())


def test_an_interrupted_call_makes_what_is_missing(generator_run: Path, tmp_path: Path) -> None:
    whole = make(generator_run, tmp_path / "made", {"blue": 3})
    before = contents(whole)
    whole[1].unlink()
    assert make(generator_run, tmp_path / "made", {"blue": 3}) == [whole[1]]
    assert contents(whole) == before


def test_a_folder_with_anything_else_is_left_alone(generator_run: Path, tmp_path: Path) -> None:
    make(generator_run, tmp_path / "made", {"blue": 1})
    with pytest.raises(UsageError, match="a new or empty folder for the photos; found photos of"):
        make(generator_run, tmp_path / "made", {"blue": 2})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="a new or empty folder for the photos; found other files"):
        make(generator_run, tmp_path / "mine", {"blue": 2})


def test_settings_of_sampling_can_be_changed(generator_run: Path, tmp_path: Path) -> None:
    plain = contents(make(generator_run, tmp_path / "a", {"blue": 2}))
    cut = contents(make(generator_run, tmp_path / "b", {"blue": 2}, "stylegan.truncation=0.1"))
    assert plain.keys() == cut.keys()
    assert plain != cut


def test_what_the_generator_was_taught_with_cannot_be_changed(
    generator_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"settings of sampling .*; found size=128"):
        make(generator_run, tmp_path / "made", {"blue": 1}, "size=128")


@pytest.mark.parametrize(
    ("counts", "seed", "message"),
    [
        ({"pink": 1}, 0, "classes of the generator .blue, green, red.*found 'pink'"),
        ({"blue": 0}, 0, "at least 1 photo of a class, and a seed not below 0; found 0 and 0"),
        ({}, 0, "found 0 and 0"),
        ({"blue": 1}, -1, "found 1 and -1"),
    ],
)
def test_what_cannot_be_made_is_refused(
    generator_run: Path, tmp_path: Path, counts: dict[str, int], seed: int, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make(generator_run, tmp_path / "made", counts, seed=seed)
    assert not (tmp_path / "made").exists()


def test_the_command_tells_how_many(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "made")
    words = ["synth", "sample", str(generator_run), "--out", out, "--per-class", "2"]
    assert main([*words, "--dry-run"]) == 0
    assert capsys.readouterr().out == f"2 photos of each of 3 classes in {out}\n"
    assert not Path(out).exists()
    assert main([*words, "--class", "green", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"made": 2, "there": 0, "folder": out}
    assert main([*words, "--class", "green"]) == 0
    assert capsys.readouterr().out == f"Made 0 photos in {out}; 2 were there already.\n"


@pytest.mark.parametrize("settings", ["recipe: probe\n", "generator: stylegan\nclassifier: {}\n"])
def test_runs_of_others_make_no_photos(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: str
) -> None:
    run = tmp_path / "run"
    shutil.copytree(generator_run, run)
    (run / "config.yaml").write_text(settings, encoding="utf-8")
    assert main(["synth", "sample", str(run), "--out", str(tmp_path / "made")]) == 2
    told = capsys.readouterr().err
    assert f"the run of a generator; found another in {run}" in told
    assert "rounds/1/generator" in told


def test_without_a_run_or_with_two_the_command_is_refused(
    generator_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "made")]
    assert main(["synth", "sample", "stylegan.truncation=0.5", *out]) == 2
    assert "Wanted one run; found none" in capsys.readouterr().err
    assert main(["synth", "sample", str(generator_run), str(tmp_path), *out]) == 2
    assert "Wanted one run; found" in capsys.readouterr().err


def test_more_than_the_disk_holds_is_refused(generator_run: Path, tmp_path: Path) -> None:
    message = "room for 1000000000000 photos, which take up to 16384000.0 GB; found"
    with pytest.raises(EnvironmentMissingError, match=message):
        make(generator_run, tmp_path / "made", {"blue": 10**12})
    assert not (tmp_path / "made").exists()
