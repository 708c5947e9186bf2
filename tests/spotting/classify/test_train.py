"""A classifier of clips from matches to a scored run, and back from the run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from clip_worlds import WINDOWS, classify_config
from match_videos import HEIGHT, WIDTH
from touchline.errors import UsageError
from touchline.media.video.clips import read_clip
from touchline.runs import Run
from touchline.settings import resolve
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.model import TrainedClipClassifier, load_clip_classifier
from touchline.spotting.classify.records import PREDICTIONS
from touchline.spotting.classify.train import train
from touchline.spotting.footage import Footage, gather_footage


def footage_of_test(matches: Path) -> tuple[Footage, ...]:
    return gather_footage(matches, 0, HEIGHT).test


def kept(run: Run, split: str = "test") -> pd.DataFrame:
    table = pd.read_parquet(run.file(PREDICTIONS))
    return table[table["split"] == split].reset_index(drop=True)


def test_windows_are_learnt(window_run: Run) -> None:
    figures = window_run.read_json("metrics.json")["test"]
    assert figures["mAP2"]["value"] > 0.8 > figures["baseline_mean_ap"] + 0.4
    assert figures["micro_accuracy"]["value"] > figures["baseline_nothing"]["value"]


def test_one_label_a_clip_is_learnt(event_run: Run) -> None:
    figures = event_run.read_json("metrics.json")["test"]
    assert figures["mAP2"]["value"] > 0.8
    sure = np.stack(kept(event_run)["confidences"])
    np.testing.assert_allclose(sure.sum(axis=1), 1)


def test_every_test_clip_is_kept_once_and_in_order(window_run: Run, matches: Path) -> None:
    [piece] = footage_of_test(matches)
    table = kept(window_run)
    np.testing.assert_allclose(table["start"], 0.64 * np.arange(len(table)))
    np.testing.assert_allclose(table["end"], 0.64 * np.arange(1, len(table) + 1))
    assert table["end"].iloc[-2] < piece.seconds <= table["end"].iloc[-1]
    assert set(table["video"]) == {str(piece.video)}
    true_labels = sorted(label for labels in table["truth"] for label in labels)
    assert true_labels == sorted(event.label for event in piece.events)


def test_event_clips_are_kept_with_the_last_event(event_run: Run, matches: Path) -> None:
    [piece] = footage_of_test(matches)
    table = kept(event_run)
    assert [list(labels) for labels in table["truth"]] == [[e.label] for e in piece.events]
    np.testing.assert_allclose(table["start"], [e.seconds for e in piece.events], atol=0.041)


@pytest.mark.parametrize("batch_size", [1, 3, 7, 100])
def test_the_batch_size_changes_no_score(window_run: Run, matches: Path, batch_size: int) -> None:
    loaded = load_clip_classifier(window_run, "cpu", "fp32")
    clips = loaded.config.clips.model_copy(update={"batch_size": batch_size})
    classifier = replace(loaded, config=loaded.config.model_copy(update={"clips": clips}))
    found = classifier.confidences(classifier.clips_of(footage_of_test(matches)))
    np.testing.assert_allclose(found, np.stack(kept(window_run)["confidences"]), atol=1e-5)


def test_a_kept_classifier_says_the_same_as_its_network_clip_by_clip(
    window_run: Run, matches: Path
) -> None:
    classifier = load_clip_classifier(window_run, "cpu", "fp32")
    clips = classifier.clips_of(footage_of_test(matches))[:3]
    found = classifier.confidences(clips)
    for clip, row in zip(clips, found, strict=True):
        frames = read_clip(clip.footage.video, clip.first, 8, 12.5, HEIGHT, WIDTH).frames
        with torch.no_grad():
            expected = classifier.network(frames[None])[0].sigmoid()
        np.testing.assert_allclose(row, expected.numpy(), atol=1e-5)


def test_the_run_repeats_from_its_own_configuration(
    window_run: Run, matches: Path, tmp_path: Path
) -> None:
    config = resolve(ClassifyConfig, window_run.config)
    assert config == classify_config(matches, *WINDOWS)
    again = train(config, tmp_path / "again")
    np.testing.assert_array_equal(
        np.stack(kept(again)["confidences"]), np.stack(kept(window_run)["confidences"])
    )
    assert again.read_json("metrics.json") == window_run.read_json("metrics.json")


def test_the_run_says_how_it_was_made(window_run: Run) -> None:
    facts = window_run.read_json("manifest.json")
    assert facts["data"]["matches"] == {
        "train": ["game a", "game b"], "valid": ["game c"], "test": ["game d"],
    }  # fmt: skip
    assert window_run.read_json("labels.json") == {"classes": ["PASS", "SHOT"], "clips": "windows"}
    assert window_run.file("split.csv").is_file()
    assert len(window_run.file("results.csv").read_text().splitlines()) == 4


def test_the_run_of_a_spotter_is_refused(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.write_json("labels.json", {"classes": ["PASS"], "second": [], "team": False})
    with pytest.raises(UsageError, match="the run of a classifier of clips"):
        load_clip_classifier(run)


def test_weights_of_another_network_are_refused(window_run: Run, tmp_path: Path) -> None:
    run = Run(tmp_path)
    for name in ("config.yaml", "weights/best.safetensors"):
        run.file(name).parent.mkdir(exist_ok=True)
        run.file(name).write_bytes(window_run.file(name).read_bytes())
    run.write_json("labels.json", {"classes": ["PASS"], "clips": "windows"})
    with pytest.raises(UsageError, match=r"the weights of the network that config\.yaml describes"):
        load_clip_classifier(run)


def test_without_events_in_the_test_the_validation_is_told_alone(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = "".join(
        f"{matches / game / '224p.mp4'},{second},PASS,{split}\n"
        for game, split in (("game a", "train"), ("game b", "valid"))
        for second in (2.0, 5.0)
    )
    data = tmp_path / "events.csv"
    data.write_text(f"video,seconds,label,split\n{events}")
    words = (*WINDOWS, "clips.per_epoch=4", "training.epochs=1")
    run = train(classify_config(data, *words), tmp_path / "run")
    assert set(kept(run, "valid")["match"])
    assert "test" not in run.read_json("metrics.json")
    assert isinstance(load_clip_classifier(run), TrainedClipClassifier)
    page = run.file("report.html").read_text()
    assert "No match was held out to test on" in page
    capsys.readouterr()
