from pathlib import Path

import pytest

from clip_worlds import classify_config
from touchline.errors import UsageError


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("encoder.kind=stacks", "clips.steps=50"), "stacks of 3 frames need clips.steps"),
        (("loss.kind=softmax",), "windows may have several or none"),
        (("loss.kind=softmax", "clips.kind=events", "loss.alpha=0.25"), "goes with loss.kind=bce"),
        (("tracks.detector=yolox",), "a detector needs tracks.weights=FILE"),
        (("clips.dilation=1",), "a known key"),
        (("head.pooling=sum",), "a fitting value for 'head.pooling'"),
    ],
)
def test_what_does_not_go_together_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        classify_config(Path("data"), *words)


def test_windows_are_drawn_by_the_settings_given() -> None:
    words = ("clips.steps=7", "clips.per_epoch=9", "clips.batch_size=2", "clips.event_share=0.1",
             "clips.rare_power=0.2")  # fmt: skip
    drawn = classify_config(Path("data"), *words).clips.drawn
    assert (drawn.steps, drawn.per_epoch, drawn.batch_size) == (7, 9, 2)
    assert (drawn.event_share, drawn.rare_power) == (0.1, 0.2)
