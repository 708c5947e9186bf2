"""What crops say against each other: torn identities, queries nobody answers, people in train."""

from pathlib import Path

import pytest

from touchline.reid.crops import NOBODY, Crop, CropData, Gallery
from touchline.reid.reading.checks import checked, unscorable

DATA = Path("data")


def crop(identity: str, action: str = "", camera: str = "", number: int = 0) -> Crop:
    return Crop(Path(f"{identity}-{action}-{camera}.png"), number, identity, action, camera)


def test_nothing_is_said_of_good_data() -> None:
    gallery = Gallery((crop("5", "0"),), (crop("5", "0"), crop(NOBODY, "0"), crop("6", "1")))
    data = CropData((crop("1", "0"), crop("2", "1")), {"valid": gallery})
    assert checked(data, DATA) is not data
    assert checked(data, DATA) == data


def test_an_identity_in_two_actions_becomes_two() -> None:
    gallery = Gallery((crop("5", "0"), crop("5", "1")), (crop("5", "0"), crop("5", "1")))
    found = checked(CropData((crop("5", "0"), crop("7", "0")), {"test": gallery}), DATA)
    assert [each.identity for each in found.galleries["test"].queries] == ["5 in 0", "5 in 1"]
    assert [each.identity for each in found.galleries["test"].gallery] == ["5 in 0", "5 in 1"]
    assert [each.identity for each in found.train] == ["5", "7"]
    assert [str(fault) for fault in found.faults] == [
        "data, test: the identity 5 is in the actions 0 and 1; it counts as another person in each"
    ]


def test_torn_training_identities_are_set_apart() -> None:
    found = checked(CropData((crop("5", "0"), crop("5", "1"), crop(NOBODY, "1")), {}), DATA)
    assert [each.identity for each in found.train] == ["5 in 0", "5 in 1", NOBODY]
    assert len(found.faults) == 1


def test_without_actions_an_identity_is_one() -> None:
    data = CropData((crop("5", camera="a"), crop("5", camera="b")), {})
    assert checked(data, DATA) == data


@pytest.mark.parametrize(
    ("query", "gallery", "reason"),
    [
        (crop("5", "0"), crop("6", "0"), "the gallery of its action 0 has no crop of 5; it cannot"),
        (crop("5", "0"), crop("5", "1"), "the gallery of its action 0 is empty; it cannot be ra"),
        (crop(NOBODY, "0"), crop(NOBODY, "0"), "the query names nobody; it cannot be scored"),
        (crop("5"), crop("6"), "the gallery has no crop of 5; it cannot be scored"),
        (crop("5", "", "a"), crop("5", "", "a"), "the gallery has 5 from its own camera only"),
    ],
)
def test_a_query_without_a_positive_is_told(query: Crop, gallery: Crop, reason: str) -> None:
    named = crop("9", gallery.action, "z")
    pairs = list(unscorable(Gallery((named, query), (gallery, named, crop("9", camera="y")))))
    told = [text for found, text in pairs if found is query]
    assert len(told) == 1
    assert told[0].startswith(reason)


@pytest.mark.parametrize(
    ("query", "gallery"),
    [
        (crop("5", "0", "a"), crop("5", "0", "a")),  # with actions cameras do not count
        (crop("5", "", "a"), crop("5", "", "b")),
        (crop("5", "", "a"), crop("5")),  # one camera is not known
        (crop("5"), crop("5")),
        (crop(NOBODY, "0"), crop(NOBODY, "0")),  # nobody is named at all: nothing to score
    ],
)
def test_a_query_that_can_be_scored(query: Crop, gallery: Crop) -> None:
    assert list(unscorable(Gallery((query,), (gallery,)))) == []


def test_people_in_train_too_are_told() -> None:
    gallery = Gallery((crop("5"),), (crop("5"), crop("4")))
    found = checked(CropData((crop("5"), crop("4"), crop("1")), {"test": gallery}), DATA)
    assert [str(fault) for fault in found.faults] == [
        "data, test: 2 identities are in train too, '4' among them; scores are higher than they "
        "would be on strangers"
    ]
