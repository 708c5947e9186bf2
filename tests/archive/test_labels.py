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


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_set_is_some_of_the_labels(size):
    labels = (Label("a", 0.6), Label("b", 0.4))
    assert LabelledPhoto("a.jpg", "", labels, "accept", set_size=size).set_size == size


@pytest.mark.parametrize("size", [-1, 3, 1.5, "1", math.nan])
def test_a_set_of_more_than_the_labels_is_refused(size):
    labels = (Label("a", 0.6), Label("b", 0.4))
    with pytest.raises(UsageError, match="a size from 0 to 2 for the set of likely labels"):
        LabelledPhoto("a.jpg", "", labels, "accept", set_size=size)


def test_a_photo_without_labels_has_an_empty_one():
    photo = LabelledPhoto("a.jpg", "", (), "unreadable", "truncated")
    assert (photo.label, photo.confidence) == ("", 0.0)
