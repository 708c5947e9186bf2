from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from review_worlds import fresh_token
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.tables import crops, identity_reviews, roots
from touchline.archive.review.identity_reviews import IdentityAnswer, answer, answers_for
from touchline.errors import UsageError


@pytest.fixture
def catalog(tmp_path):
    catalog = open_catalog(tmp_path / "touchline.catalog", create=True)
    with catalog.writing() as connection:
        connection.execute(insert(roots).values(id=1, path="/crops"))
        rows = [{"id": n, "root_id": 1, "path": f"/crops/{n}.png", "state": "present",
                 "indexed_at": 0.0} for n in (1, 2, 3)]  # fmt: skip
        connection.execute(insert(crops), rows)
    yield catalog
    catalog.close()


def say(catalog, reviewer, gallery_id, same, **more):
    given = {"token": fresh_token(), "query_id": 1, "gallery_id": gallery_id, **more}
    return answer(catalog, IdentityAnswer(same=same, reviewer=reviewer, **given))


def test_what_stands_by_crop_of_the_gallery(catalog):
    assert answers_for(catalog, 1) == {}
    say(catalog, "anna", 3, True)
    say(catalog, "anna", 2, False)
    assert {key: each.same for key, each in answers_for(catalog, 1).items()} == {2: False, 3: True}
    assert answers_for(catalog, 2) == {}


def test_the_latest_stands_and_names_who_says_otherwise(catalog):
    say(catalog, "zoe", 2, True)
    say(catalog, "anna", 2, True)
    told = say(catalog, "bob", 2, False)
    assert (told.standing.same, told.standing.reviewer) == (False, "bob")
    assert told.standing.contradicted_by == ("anna", "zoe")
    say(catalog, "zoe", 2, False)
    stands = answers_for(catalog, 1)[2]
    assert (stands.reviewer, stands.contradicted_by) == ("zoe", ("anna",))


def test_none_takes_only_the_reviewers_own_answer_back(catalog):
    say(catalog, "anna", 2, True)
    say(catalog, "bob", 2, False)
    assert say(catalog, "bob", 2, None).standing.reviewer == "anna"
    assert say(catalog, "anna", 2, None).standing is None
    assert answers_for(catalog, 1) == {}


def test_once_by_token(catalog):
    given = IdentityAnswer("t", 1, 2, True, " anna ", run="reid", distance=0.25)
    assert [answer(catalog, given).is_repeat for _ in range(2)] == [False, True]
    with catalog.reading() as connection:
        row = connection.execute(select(identity_reviews)).one()
    assert (row.reviewer, row.run, row.distance) == ("anna", "reid", 0.25)
    for other in ({"same": False}, {"reviewer": "bob"}, {"gallery_id": 3}):
        with pytest.raises(UsageError, match="a new token for a new key press; found 't'"):
            answer(catalog, replace(given, **other))


def test_no_distance(catalog):
    answer(catalog, IdentityAnswer("t", 1, 2, True, "anna", distance=float("nan")))
    with catalog.reading() as connection:
        assert connection.scalar(select(identity_reviews.c.distance)) is None


@pytest.mark.parametrize("gallery_id", [1, 99])
def test_crops_that_cannot_be_compared(catalog, gallery_id):
    with pytest.raises(UsageError, match=f"two crops .*; found the ids 1 and {gallery_id}"):
        say(catalog, "anna", gallery_id, True)


def test_who_answers(catalog):
    with pytest.raises(UsageError, match="a reviewer's name"):
        say(catalog, "", 2, True)
