from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
import torch
import yaml
from pydantic import BaseModel, ValidationError

from touchline.errors import UsageError
from touchline.settings import as_yaml, resolve
from touchline.spotting.config import SpottingConfig


def config(*words: str) -> SpottingConfig:
    return resolve(SpottingConfig, None, {"data": "matches"}, words)


def test_the_defaults_work_offline_on_a_cpu() -> None:
    found = config()
    assert (found.clips.steps, found.frames.rate) == (50, 12.5)
    assert (found.encoder.name, found.time.kind, found.head.offset) == (
        "tf_efficientnet_lite0",
        "transformer",
        "none",
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = config("encoder.kind=stacks", "clips.steps=51", "tracks.detector=yolox",
                   "tracks.weights=a.onnx", "transfer=run")  # fmt: skip
    file = tmp_path / "config.yaml"
    file.write_text(as_yaml(found))
    assert resolve(SpottingConfig, file) == found


def test_a_config_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        config().seed = 1  # type: ignore[misc]


def test_stacks_need_whole_stacks_of_frames() -> None:
    with pytest.raises(
        UsageError, match=r"stacks of 3 frames need clips\.steps in multiples of it"
    ):
        config("encoder.kind=stacks")
    assert config("encoder.kind=stacks", "clips.steps=51").clips.steps == 51
    assert config("encoder.kind=frames", "clips.steps=50").clips.steps == 50


@pytest.mark.parametrize("detector", ["yolox", "ultralytics"])
def test_a_detector_needs_weights(detector: str) -> None:
    with pytest.raises(UsageError, match=r"a detector needs tracks\.weights=FILE"):
        config(f"tracks.detector={detector}")


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("frames.rate=0", "frames.rate"),
        ("frames.rate=121", "frames.rate"),
        ("frames.height=15", "frames.height"),
        ("clips.steps=1", "clips.steps"),
        ("clips.event_share=1.1", "clips.event_share"),
        ("clips.rare_power=-0.1", "clips.rare_power"),
        ("clips.per_epoch=0", "clips.per_epoch"),
        ("time.kind=gru", "time.kind"),
        ("time.dropout=1", "time.dropout"),
        ("head.radius=0", "head.radius"),
        ("loss.gamma=-1", "loss.gamma"),
        ("loss.event_weight=0", "loss.event_weight"),
        ("training.epochs=0", "training.epochs"),
        ("training.ema_decay=1", "training.ema_decay"),
        ("precision=fp16", "precision"),
    ],
)
def test_values_out_of_range_are_named(word: str, key: str) -> None:
    with pytest.raises(UsageError, match=f"a fitting value for '{key}'"):
        config(word)


def words_of(kind: type[BaseModel], above: str = "") -> Iterator[tuple[str, str]]:
    """Every word that a setting may take, with the setting's name."""
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from words_of(field.annotation, f"{above}{name}.")
        elif get_origin(field.annotation) is Literal:
            for word in get_args(field.annotation):
                yield f"{above}{name}", word


@pytest.mark.parametrize(("key", "word"), list(words_of(SpottingConfig)))
def test_every_word_can_be_typed_as_it_is(key: str, word: str) -> None:
    """YAML takes on, off, yes and no for truth values."""
    assert yaml.safe_load(f"{key}: {word}") == {key: word}


def test_the_middle_of_a_picture_is_shown() -> None:
    frames = config("frames.height=40", "frames.width=60", "frames.crop=0.8").frames
    assert frames.whole == (50, 75)
    picture = torch.arange(50 * 75).reshape(1, 50, 75)
    assert torch.equal(frames.middle(picture), picture[:, 5:45, 7:67])
    whole = config("frames.height=40", "frames.width=60").frames
    assert torch.equal(whole.middle(picture[:, :40, :60]), picture[:, :40, :60])


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"nearest known key is 'clips\.dilation'"):
        config("clips.dilatation=2")
