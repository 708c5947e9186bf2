"""A configuration in, a run out."""

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from match_videos import HEIGHT, RATE, WIDTH, draw_game, draw_matches
from match_world import annotation, write_labels, write_split
from taught_spotter import TINY
from touchline.errors import InterruptedRunError, UsageError
from touchline.media.video.proxies import proxy_path
from touchline.runs import Run, open_run
from touchline.settings import resolve
from touchline.spotting import learning
from touchline.spotting import train as training
from touchline.spotting.config import SpottingConfig
from touchline.spotting.footage import Footage
from touchline.spotting.learning import Lesson
from touchline.spotting.networks.spotter import Spotter
from touchline.spotting.preparing import prepare_videos
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.train import train

SHORT = (
    *TINY, "clips.per_epoch=8", "clips.steps=12", "training.epochs=1", "device=cpu",
    "precision=fp32",
)  # fmt: skip


@pytest.fixture(scope="module")
def short_matches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four games of four seconds."""
    return draw_matches(tmp_path_factory.mktemp("short") / "data", seconds=4.0)


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is drawn in tests of its own."""
    monkeypatch.setattr(training, "write_report", lambda _run: None)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in the user's folder."""
    monkeypatch.setenv("TOUCHLINE_CACHE", str(tmp_path / "cache"))


def config_for(data: Path, *words: str) -> SpottingConfig:
    return resolve(SpottingConfig, None, {"data": data}, (*SHORT, *words))


class ReachedError(Exception):
    """Learning would begin now."""


def lesson_of(config: SpottingConfig, out: Path) -> tuple[Spotter, Lesson]:
    """What training would begin with."""
    given: list[Any] = []

    def stop(*arguments: Any, **_: Any) -> None:
        given.extend(arguments[:2])
        raise ReachedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "teach", stop)
        with pytest.raises(ReachedError):
            train(config, out)
    return given[0], given[1]


def results_of(run: Run) -> list[dict[str, str]]:
    rows = list(csv.DictReader(run.file("results.csv").read_text().splitlines()))
    for row in rows:
        del row["seconds"]
    return rows


def test_a_run_says_what_made_it(spotter_run: Path) -> None:
    run = open_run(spotter_run)
    facts = run.read_json("manifest.json")
    assert facts["data"]["matches"] == {
        "train": ["game a", "game b"], "valid": ["game c"], "test": ["game d"],
    }  # fmt: skip
    assert (facts["seed"], facts["epochs"], facts["faults"]) == (0, 4, [])
    assert facts["not_transferred"] == []
    assert facts["parameters"] > 100_000
    rows = list(csv.DictReader(run.file("split.csv").read_text().splitlines()))
    assert [(row["match"], row["events"], row["split"]) for row in rows] == [
        ("game a", "7", "train"), ("game b", "7", "train"), ("game c", "7", "valid"),
        ("game d", "7", "test"),
    ]  # fmt: skip
    metrics = run.read_json("metrics.json")
    assert set(metrics) == {"peaks", "valid", "test"}
    assert metrics["peaks"] == run.read_json("calibration.json")


def test_it_learns_what_can_be_seen(spotter_run: Path) -> None:
    """Light on one side of the picture and then on the other is told apart in seconds."""
    metrics = open_run(spotter_run).read_json("metrics.json")
    for part in (metrics["valid"], metrics["test"]):
        chance = part["baselines"]["chance"]["official_at1"]
        assert part["official"]["at1"]["a_mAP"] > max(0.3, 4 * chance)


@pytest.mark.parametrize("finished", [1, 2])
def test_gone_on_with_after_an_interruption_it_is_as_if_there_had_been_none(
    finished: int, short_matches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for(short_matches, "training.epochs=3", "augment.mixup=0.3")
    whole = train(config, tmp_path / "whole")
    score, calls = learning.map_at_one, []

    def interrupting(*arguments: Any) -> float:
        calls.append(arguments)
        if len(calls) > finished:
            raise KeyboardInterrupt
        return score(*arguments)

    monkeypatch.setattr(learning, "map_at_one", interrupting)
    with pytest.raises(InterruptedRunError, match=f"after {finished} of 3 epochs"):
        train(config, tmp_path / "run")
    assert not (tmp_path / "run" / "labels.json").exists()
    monkeypatch.setattr(learning, "map_at_one", score)
    resumed = train(config, None, open_run(tmp_path / "run"))
    assert resumed.folder == tmp_path / "run"
    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    assert results_of(resumed) == results_of(whole)
    for name in ("metrics.json", "calibration.json", "labels.json"):
        assert resumed.read_json(name) == whole.read_json(name)


def test_another_configuration_cannot_go_on(short_matches: Path, tmp_path: Path) -> None:
    run = train(config_for(short_matches), tmp_path / "run")
    with pytest.raises(UsageError, match="this training began with"):
        train(config_for(short_matches, "training.learning_rate=0.5"), None, run)


def test_nothing_is_begun_in_a_folder_in_use(short_matches: Path, spotter_run: Path) -> None:
    with pytest.raises(UsageError, match=r"a new or empty folder for the run"):
        train(config_for(short_matches), spotter_run)


def test_up_to_date_copies_are_learnt_from(
    short_matches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    config = config_for(data, f"proxies={tmp_path / 'copies'}")
    prepare_videos([data], tmp_path / "copies", config.frames, 12)
    read = learning.pixels_of_clips
    seen: list[tuple[Footage, ...]] = []

    def watched(footage: tuple[Footage, ...], *others: Any) -> Any:
        seen.append(footage)
        return read(footage, *others)

    monkeypatch.setattr(learning, "pixels_of_clips", watched)
    train(config, tmp_path / "run")
    assert [piece.video for piece in seen[0]] == [
        proxy_path(data / game / "224p.mp4", tmp_path / "copies") for game in ("game a", "game b")
    ]
    assert "no copy of" not in capsys.readouterr().err
    draw_game(data / "game b", seed=77, seconds=4.0)
    _, lesson = lesson_of(config, tmp_path / "again")
    assert lesson.train[0].video.parent == tmp_path / "copies"
    assert lesson.train[1].video == data / "game b" / "224p.mp4"
    assert f"no copy of {data / 'game b' / '224p.mp4'} that is up" in capsys.readouterr().err


def test_validation_never_reads_copies(short_matches: Path, tmp_path: Path) -> None:
    """What is predicted later is the video itself."""
    config = config_for(short_matches, f"proxies={tmp_path / 'copies'}")
    prepare_videos([short_matches], tmp_path / "copies", config.frames, 12)
    _, lesson = lesson_of(config, tmp_path / "run")
    assert {piece.video.parent.name for piece in lesson.valid} == {"game c"}


def test_transfer_begins_with_the_weights_of_another_run(
    short_matches: Path, spotter_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_for(short_matches, f"transfer={spotter_run}", "head.offset=displacement")
    network, _ = lesson_of(config, tmp_path / "run")
    given = load_file(open_run(spotter_run).weights)
    own = network.state_dict()
    assert set(own) - set(given) == {"head.offset.0.weight", "head.offset.0.bias"}
    assert all(torch.equal(own[name], value) for name, value in given.items())
    monkeypatch.setattr("touchline.spotting.sample.sample_folder", lambda: spotter_run)
    network, _ = lesson_of(config_for(short_matches, "transfer=sample"), tmp_path / "sample")
    assert all(torch.equal(network.state_dict()[name], value) for name, value in given.items())


def write_second_set(root: Path) -> Path:
    """Two games with classes of their own."""
    for number, game in enumerate(("other x", "other y")):
        folder = draw_game(root / game, seed=50 + number, seconds=4.0)
        write_labels(folder / "Labels-ball.json", [
            annotation(1.0 + number, "Goal"), annotation(2.5, "Corner"),
        ])  # fmt: skip
    write_split(root, "train", ["other x"])
    write_split(root, "valid", ["other y"])
    return root


def test_two_label_sets_are_learnt_by_two_heads(short_matches: Path, tmp_path: Path) -> None:
    second = write_second_set(tmp_path / "second")
    config = config_for(short_matches, f"joint={second}", "clips.per_epoch=16")
    before, lesson = lesson_of(config, tmp_path / "begun")
    assert lesson.sets == (0, 0, 1)
    assert lesson.classes == (("PASS", "SHOT"), ("Corner", "Goal"))
    assert [piece.match for piece in lesson.valid] == ["game c"]
    run = train(config, tmp_path / "run")
    assert run.read_json("labels.json")["second"] == ["Corner", "Goal"]
    assert run.read_json("metrics.json")["test"]["classes"] == ["PASS", "SHOT"]
    own, after = before.state_dict(), load_file(run.weights)
    for name in ("head.second.weight", "head.classes.weight"):
        assert after[name].shape[0] == 3
        assert not torch.equal(after[name], own[name])


def test_a_second_set_must_not_hold_what_is_tested_on(short_matches: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.csv"
    video = short_matches / "game d" / "224p.mp4"
    other = draw_game(tmp_path / "x", seed=1, seconds=4.0) / "224p.mp4"
    lines = [f"{path},1.0,Goal" for path in (video, other)]
    second.write_text("\n".join(["video,seconds,label", *lines]) + "\n")
    for seed in range(20):
        config = config_for(short_matches, f"joint={second}", f"seed={seed}")
        try:
            _, lesson = lesson_of(config, tmp_path / f"run {seed}")
        except UsageError as error:
            refusal = str(error)
        else:
            assert video not in {piece.video for piece in lesson.train}
    assert "a joint set that holds no validation or test match of the data; found 1" in refusal


def test_a_frozen_encoder_stays_and_encodes_each_video_once(
    short_matches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: Counter[tuple[str, bool]] = Counter()
    encode = learning.encode_footage

    def counting(piece: Footage, *arguments: Any) -> torch.Tensor:
        encoded[piece.match, arguments[-1]] += 1
        return encode(piece, *arguments)

    monkeypatch.setattr(learning, "encode_footage", counting)
    config = config_for(short_matches, "encoder.frozen=true", "training.epochs=3")
    before, _ = lesson_of(config, tmp_path / "begun")
    after = load_file(train(config, tmp_path / "run").weights)
    names = [name for name in after if name.startswith("encoder.")]
    assert names
    assert all(torch.equal(after[name], before.state_dict()[name]) for name in names)
    assert not torch.equal(after["head.classes.weight"], before.head.classes.weight)
    for game in ("game a", "game b"):
        assert encoded[game, False] == encoded[game, True] == 1
    assert (encoded["game c", False], encoded["game d", False]) == (1, 1)
    train(config.model_copy(update={"seed": 1}), tmp_path / "again")
    train(config, tmp_path / "once more")
    assert encoded["game a", False] == 2  # the other seed has another encoder


@pytest.mark.parametrize("frozen", ["true", "false"])
def test_tracks_are_learnt_from_beside_the_frames(
    frozen: str, short_matches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Still:
        fingerprint = "still"

        def __call__(self, frames: np.ndarray) -> list[Detections]:
            box = np.array([[8, 8, 16, 24]], np.float32)
            return [Detections(box, np.ones(1, np.float32), np.zeros(1, bool)) for _ in frames]

    monkeypatch.setattr("touchline.spotting.track_source._detector", lambda _settings: Still())
    words = ("tracks.detector=yolox", "tracks.weights=a.onnx", f"encoder.frozen={frozen}")
    config = config_for(short_matches, *words, "training.weight_decay=0")
    before, _ = lesson_of(config, tmp_path / "begun")
    after = load_file(train(config, tmp_path / "run").weights)
    weights = [name for name in after if name.startswith("tracks.") and after[name].ndim == 2]
    assert not torch.equal(after[weights[0]], before.state_dict()[weights[0]])


def test_what_was_broken_is_said_and_kept(
    short_matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    labels = data / "game a" / "Labels-ball.json"
    items = json.loads(labels.read_text())["annotations"]
    write_labels(labels, [*items, annotation(99.0, "PASS")])
    run = train(config_for(data), tmp_path / "run")
    (fault,) = run.read_json("manifest.json")["faults"]
    assert fault[0] == str(data / "game a" / "224p.mp4")
    assert "beyond its end" in fault[2]
    assert "left out or mended: " in capsys.readouterr().err


def test_without_test_matches_only_validation_is_scored(
    short_matches: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(short_matches, tmp_path / "data"))
    write_labels(data / "game d" / "Labels-ball.json", [])
    run = train(config_for(data), tmp_path / "empty")  # nothing happens in the test match
    assert set(run.read_json("metrics.json")) == {"peaks", "valid"}
    shutil.rmtree(data / "game d")
    run = train(config_for(data, "head.team=none"), tmp_path / "none")
    assert set(run.read_json("metrics.json")) == {"peaks", "valid"}
    assert run.read_json("labels.json")["team"] is False


def test_nothing_to_learn_from_leaves_no_run(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(UsageError, match="annotated matches"):
        train(config_for(tmp_path / "data"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_tiny_matches_are_what_these_tests_take_them_for(short_matches: Path) -> None:
    assert (HEIGHT, WIDTH, RATE) == (48, 64, 25)
    assert sorted(path.name for path in short_matches.iterdir() if path.is_dir()) == [
        "game a", "game b", "game c", "game d",
    ]  # fmt: skip
