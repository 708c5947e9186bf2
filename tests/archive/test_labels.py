import math

import pytest

from touchline.archive.labels import Label, LabelledPhoto
from touchline.errors import UsageError


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan, math.inf])
def test_a_confidence_is_a_probability(confidence):
    with pytest.raises(UsageError, match="a confidence between 0 and 1"):
        Label("Kick-l", confidence)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.5])
def test_the_ends_of_the_range_are_fine(confidence):
    assert Label("Kick-l", confidence).confidence == confidence


def test_the_best_label_is_the_first():
    photo = LabelledPhoto("a.jpg", "", (Label("a", 0.6), Label("b", 0.4)), "accept")
    assert (photo.label, photo.confidence) == ("a", 0.6)


def test_a_photo_without_labels_has_an_empty_one():
    photo = LabelledPhoto("a.jpg", "", (), "unreadable", "truncated")
    assert (photo.label, photo.confidence) == ("", 0.0)
