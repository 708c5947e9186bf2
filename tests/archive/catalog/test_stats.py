"""Counts that can be made by hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from catalog_rows import add_photo, add_prediction, add_review, new_catalog
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.found import count_photos
from touchline.archive.catalog.stats import (
    ClassCount,
    ReviewerCount,
    catalog_stats,
    photos_per_hour,
)
from touchline.archive.catalog.stats_text import describe_stats
from touchline.archive.catalog.tables import crops, event_sets, events, journals, videos
from touchline.reporting.confidence import wilson


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = new_catalog(tmp_path)
    yield made
    made.close()


def test_an_empty_catalog(catalog: Catalog) -> None:
    stats = catalog_stats(catalog)
    assert (stats.photos, stats.classes, stats.reviewers, stats.crops) == ({}, (), (), {})
    assert json.loads(json.dumps(stats.as_dict()))["agreement"]["value"] is None
    assert describe_stats(stats) == "The catalog is empty."


def reviewed_world(catalog: Catalog) -> None:
    """Ten photos predicted Kick: four kept, two changed, one waits in doubt; one Golf is gone."""
    for number in range(10):
        photo = add_photo(catalog, f"/{number}.jpg")
        doubt = "review" if number < 7 else "accept"
        add_prediction(catalog, photo, "Kick", 0.5, decision=doubt)
        if number < 4:
            add_review(catalog, photo, "Kick", "ann", at=4.0 * number, action="accept")
        elif number < 6:
            add_review(catalog, photo, "Golf", "bob", at=60.0 * number)
    gone = add_photo(catalog, "/gone.jpg", state="gone")
    add_prediction(catalog, gone, "Golf", 0.5)
    add_photo(catalog, "/new.jpg")


def test_photos_by_class_and_reviewer(catalog: Catalog) -> None:
    reviewed_world(catalog)
    stats = catalog_stats(catalog)
    assert stats.photos == {"gone": 1, "present": 11}
    assert stats.classes == (
        ClassCount("", 1, 0, 0), ClassCount("Golf", 2, 2, 0), ClassCount("Kick", 8, 4, 1)
    )  # fmt: skip
    assert stats.agreement == wilson(4, 6)
    assert stats.reviewers == (
        ReviewerCount("ann", 4, 0, 0, 0, 900.0), ReviewerCount("bob", 0, 2, 0, 0, 60.0)
    )  # fmt: skip
    # The counts are those that the queries find.
    assert count_photos(catalog, "disagrees:yes") == 2
    assert count_photos(catalog, "class:Kick decision:review reviewed:no") == 1
    said = describe_stats(stats)
    assert "Photos: 1 gone, 11 present\n" in said
    assert "Kick         8         4         1\n" in said
    assert "Reviewers kept the model's label: 66.7 % [30.0, 90.3] (n = 6).\n" in said
    assert said.endswith("bob              0        2        0       0              60")


def test_a_burst_decided_at_once_is_one_witness(catalog: Catalog) -> None:
    for number in range(12):
        photo = add_photo(catalog, f"/{number}.jpg", burst="same" if number < 6 else "")
        add_prediction(catalog, photo, "Kick", 0.5)
        add_review(catalog, photo, "Kick" if number < 6 else "Golf", at=9.0, token=str(number // 6))
    agreement = catalog_stats(catalog).agreement
    plain = wilson(6, 12)
    assert (agreement.value, agreement.n) == (0.5, 12)
    assert agreement.high > plain.high


def test_skips_and_undone_decisions_count_as_work_but_do_not_stand(catalog: Catalog) -> None:
    photo = add_photo(catalog, "/1.jpg")
    add_prediction(catalog, photo, "Kick", 0.5)
    add_review(catalog, photo, "", "ann", at=0.0, action="skip")
    add_review(catalog, photo, "", "ann", at=1.0, action="undo")
    stats = catalog_stats(catalog)
    assert stats.reviewers == (ReviewerCount("ann", 0, 0, 1, 1, None),)
    assert (stats.agreement.n, stats.classes[0].reviewed) == (0, 0)


def test_the_pace_leaves_breaks_out_and_counts_bursts_in_full() -> None:
    assert photos_per_hour([]) is None
    assert photos_per_hour([(0, 5)]) is None
    assert photos_per_hour([(0, 1), (0, 1)]) is None
    assert photos_per_hour([(0, 1), (10, 5)]) == 1800
    assert photos_per_hour([(0, 1), (10, 5), (1000, 9), (1010, 5)]) == 1800


def test_videos_events_crops_and_journals(catalog: Catalog) -> None:
    add_photo(catalog, "/1.jpg")  # makes the root
    with catalog.writing() as connection:
        file = {"root_id": 1, "state": "present", "indexed_at": 0.0}
        connection.execute(insert(videos).values(id=1, path="/a.mp4", size=1, changed_ns=0, **file))
        for number, kind in enumerate(["annotated", "predicted"], start=1):
            connection.execute(
                insert(event_sets).values(id=number, video_id=1, name=kind, kind=kind, added_at=0.0)
            )
            for seconds in range(number):
                connection.execute(
                    insert(events).values(
                        event_set_id=number, seconds=float(seconds), label="PASS", confidence=1.0
                    )
                )
        for number, identity in enumerate(["1", "1", "2", ""]):
            connection.execute(
                insert(crops).values(
                    path=f"/{number}.png", role="gallery" if number else "query",
                    identity=identity, **file,
                )
            )  # fmt: skip
        connection.execute(
            insert(journals).values(
                path="/j", kind="sort", state="applied", files=3, indexed_at=0.0
            )
        )
    stats = catalog_stats(catalog)
    assert (stats.videos, stats.events) == ({"present": 1}, {"annotated": 1, "predicted": 2})
    assert (stats.crops, stats.identities) == ({"gallery": 3, "query": 1}, 2)
    assert stats.journals == {"applied": 1}
    assert "Crops: 3 gallery, 1 query; 2 identities\n" in describe_stats(stats)
    assert "Events: 1 annotated, 2 predicted\n" in describe_stats(stats)
