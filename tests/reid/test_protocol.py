"""Which protocol data of a kind is scored under."""

from pathlib import Path

import pytest

from touchline.reid.crops import Crop, Gallery
from touchline.reid.protocol import Protocol, protocol_of


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"action": "3"}, Protocol("action", "kept")),
        ({"action": "3", "camera": "c1"}, Protocol("action", "kept")),
        ({"camera": "c1"}, Protocol("everything", "removed")),
        ({}, Protocol("everything", "kept")),
    ],
)
def test_protocol_of_data(facts: dict, expected: Protocol) -> None:
    crop = Crop(Path("a.png"), 0, "7", **facts)
    assert protocol_of(Gallery((crop,), ())) == expected
    assert protocol_of(Gallery((), (crop,))) == expected


def test_words() -> None:
    assert Protocol("action", "kept").describe() == "each query against the gallery of its action"
