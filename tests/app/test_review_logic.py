"""What the page Review does without a browser: decisions, narrowed queues, the outbox."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select, update

from catalog_on_disk import Doubtful, catalog_with
from touchline.app.components.outbox import settle
from touchline.app.review.applying import apply_decision
from touchline.app.review.narrowing import photos_matching
from touchline.app.review.placing_new import place_new
from touchline.app.review.showing import known_classes, shown_items
from touchline.app.review.sidecars import journal, preview, wanted_photos, write
from touchline.app.roots import Roots
from touchline.app.workspace import Workspace
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import predictions, reviews
from touchline.archive.review.queueing import QueueItem, next_items
from touchline.errors import EnvironmentMissingError, UsageError

PHOTOS = (
    Doubtful("a.jpg", "Kick-l"), Doubtful("b.jpg", "Kick-r", 0.9),
    Doubtful("c1.jpg", "Stand", burst="c"), Doubtful("c2.jpg", "Stand", burst="c"),
)  # fmt: skip


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = catalog_with(tmp_path / "touchline.catalog", tmp_path / "photos", PHOTOS)
    with closing(made):
        yield made


def sent(
    catalog: Catalog, action: str, label: str, token: str = "t1", place: int = 0
) -> dict[str, Any]:
    """A decision on an item of the queue, as the page sends it."""
    item = next_items(catalog, "Ann", 3)[place]
    return {
        "token": token, "action": action, "label": label, "reviewer": "Ann",
        "photo_ids": list(item.photo_ids), "sha256s": list(item.sha256s),
    }  # fmt: skip


def labels_after(catalog: Catalog) -> list[tuple[str, str]]:
    with catalog.reading() as connection:
        query = select(reviews.c.action, reviews.c.label_after).order_by(reviews.c.id)
        return [(row.action, row.label_after) for row in connection.execute(query)]


def test_a_decision_sent_twice_counts_once_and_an_undo_says_what_it_took_back(
    catalog: Catalog,
) -> None:
    decision = sent(catalog, "change", "Kick-r")
    assert apply_decision(catalog, decision) == apply_decision(catalog, decision) == ""
    assert labels_after(catalog) == [("change", "Kick-r")]
    undo = {"token": "t2", "action": "undo", "reviewer": "Ann"}
    assert apply_decision(catalog, undo) == "Took back: change Kick-r, of 1 photo."
    again = {"token": "t3", "action": "undo", "reviewer": "Ann"}
    assert apply_decision(catalog, again) == "There is nothing left to take back."


def test_another_persons_decision_is_named(catalog: Catalog) -> None:
    decision = sent(catalog, "change", "Stand")
    apply_decision(catalog, decision)
    other = decision | {"token": "t2", "reviewer": "Bob", "label": "Kick-r"}
    assert apply_decision(catalog, other) == (
        "Before, Ann called it Stand; your decision stands now."
    )


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"photo_ids": "1"}, "as its photo_ids"), ({"photo_ids": [True]}, "as its photo_ids"),
        ({"reviewer": 3}, "as its reviewer"), ({"reviewer": ""}, "reviewer's name"),
        ({"action": "burn"}, "accept, change or skip"), ({"sha256s": [1]}, "as its sha256s"),
        ({"photo_ids": [999], "sha256s": ["x"]}, "found"),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused(
    catalog: Catalog, change: dict[str, Any], match: str
) -> None:
    with pytest.raises(UsageError, match=match):
        apply_decision(catalog, sent(catalog, "accept", "") | change)
    assert labels_after(catalog) == []


def test_a_search_narrows_the_queue_and_claims_what_it_gives(catalog: Catalog) -> None:
    def matching(reviewer: str, query: str) -> list[QueueItem]:
        return next_items(catalog, reviewer, 6, photos_matching(query))

    (stand,) = matching("Ann", "class:Stand")
    assert (Path(stand.path).name, len(stand.photo_ids), stand.left) == ("c1.jpg", 2, 2)
    assert matching("Bob", "class:Stand") == []
    assert [Path(item.path).name for item in matching("Bob", "")] == ["a.jpg", "b.jpg"]
    assert matching("Ann", "class:Nothing") == []
    with pytest.raises(UsageError, match="clas"):
        photos_matching("clas:Stand")


def test_a_burst_is_decided_whole_though_one_of_it_matches(catalog: Catalog) -> None:
    (item,) = next_items(catalog, "Ann", 6, photos_matching("file:c2.jpg"))
    assert Path(item.path).name == "c2.jpg"
    assert len(item.photo_ids) == 2
    assert item.left == 1


def test_what_was_skipped_comes_back_last_in_a_narrowed_queue_too(catalog: Catalog) -> None:
    query = photos_matching("class:Kick-*")
    first, second = next_items(catalog, "Ann", 6, query)
    apply_decision(catalog, {
        "token": "s", "action": "skip", "label": "", "reviewer": "Ann",
        "photo_ids": list(first.photo_ids), "sha256s": list(first.sha256s),
    })  # fmt: skip
    later = next_items(catalog, "Ann", 6, query)
    assert [item.path for item in later] == [second.path, first.path]


def test_photos_that_were_labelled_since_find_their_place(catalog: Catalog) -> None:
    with catalog.writing() as connection:
        connection.execute(update(predictions).values(queue_place=None))
    assert next_items(catalog, "Ann", 6) == []
    assert place_new(catalog) == 4
    assert len(next_items(catalog, "Ann", 6)) == 3  # one of them a burst
    assert place_new(catalog) == 0


def test_an_item_is_shown_with_its_burst_first_itself(catalog: Catalog) -> None:
    assert shown_items(catalog, []) == []
    items = shown_items(catalog, next_items(catalog, "Ann", 3))
    burst = items[2]
    assert [photo["name"] for photo in burst["burst"]] == ["c1.jpg", "c2.jpg"]
    assert burst["photo_ids"] == [photo["photo_id"] for photo in burst["burst"]]
    first = {"label": "Kick-l", "confidence": 0.5, "in_set": False}  # the run knows no sets
    assert items[0]["shortlist"][0] == first
    assert items[0]["burst"][0]["large"] == f"/pictures/photos/{items[0]['photo_id']}/1280.jpg"
    assert known_classes(catalog) == ["Kick-l", "Kick-r", "Stand"]


def test_a_decision_goes_into_the_sidecar_and_comes_out_again(
    catalog: Catalog, tmp_path: Path
) -> None:
    apply_decision(catalog, sent(catalog, "change", "Dribble-l"))
    workspace = Workspace(catalog, Roots((tmp_path,)), tmp_path / "runs", tmp_path / "cache")
    sidecar = tmp_path / "photos" / "a.jpg.xmp"
    wanted = wanted_photos(workspace, "")
    assert (len(wanted.photo_ids), wanted.outside) == (1, 0)
    assert preview(workspace, wanted).written == 1
    assert not sidecar.exists()
    assert write(workspace, wanted).written == 1
    text = sidecar.read_text()
    assert "Dribble-l" in text
    assert "confirmed" in text
    assert "Ann" in text
    assert journal(workspace).exists()
    elsewhere = Workspace(catalog, Roots((tmp_path / "x",)), tmp_path / "runs", tmp_path / "cache")
    assert wanted_photos(elsewhere, "").outside == 1


def test_the_outbox_settles_each_decision_once_and_keeps_what_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    asked: list[str] = []
    is_locked = True

    def apply(decision: Mapping[str, Any]) -> str:
        asked.append(decision["token"])
        if decision["token"] == "refused":
            raise UsageError("a label", "none", "Type one.")
        if decision["token"] == "late" and is_locked:
            raise EnvironmentMissingError("a catalog", "a locked one", "Wait.")
        return "said"

    sent = [{"token": "fine"}, {"token": "refused"}, {"token": "late"}, {"token": "last"}]
    first = settle("k", sent, apply)
    assert first == {
        "key": "k", "trouble": "Wanted a catalog; found a locked one. Wait.",
        "settled": [
            {"token": "fine", "said": "said", "refused": False},
            {"token": "refused", "said": "Wanted a label; found none. Type one.", "refused": True},
        ],
    }  # fmt: skip
    is_locked = False
    second = settle("k", sent, apply)
    assert [each["token"] for each in second["settled"]] == ["fine", "refused", "late", "last"]
    assert asked == ["fine", "refused", "late", "late", "last"]


@pytest.mark.parametrize("odd", [None, "x", 3, [1, "x", {}, {"token": 4}, {"token": ""}]])
def test_whatever_a_browser_sends_is_no_decision_unless_it_has_a_token(
    monkeypatch: pytest.MonkeyPatch, odd: object
) -> None:
    monkeypatch.setattr(st, "session_state", {})

    def apply(_: Mapping[str, Any]) -> str:
        raise AssertionError("nothing to apply")

    assert settle("k", odd, apply)["settled"] == []
