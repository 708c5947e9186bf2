from pathlib import Path

import pytest

from crop_worlds import draw_crop
from page_reader import PageReader
from touchline.reid.crops import Crop
from touchline.reid.matching import strips
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.strips import write_strips

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7 * 1000003 }}\x1b\udce9"
)


def found(folder, name, identity, others, confidence):
    """A drawn query and its candidates, which are named after their identities."""
    query = Crop(draw_crop(folder / f"{name}.png", "red"), 0, identity)
    ranked = [
        Candidate(Crop(draw_crop(folder / f"{name}-{rank}.png", "blue"), rank, other), rank / 10)
        for rank, other in enumerate(others, start=1)
    ]
    return Match(query, tuple(ranked), confidence)


def matches(folder):
    return [
        found(folder, "sure-hit", "7", "787", 0.9),
        found(folder, "doubtful-hit", "7", "78", 0.2),
        found(folder, "doubtful-failure", "7", "898", 0.3),
        found(folder, "sure-failure", "7", "897", 0.95),
        found(folder, "lonely", "7", "", 0.0),
    ]


def page_of(folder, listed, title="a title", note="a note", known=True):
    path = write_strips(folder / "out" / "strips.html", listed, title, note, known=known)
    return path.read_text(encoding="utf-8")


def headings(page):
    """The names of the queries in the order of the page."""
    lines = [line for line in page.splitlines() if line.startswith('<h2 id="strip-')]
    return [line.split('class="name">')[1].split(".png")[0] for line in lines]


def test_the_page_opens_with_the_worst_failure(tmp_path):
    page = page_of(tmp_path, matches(tmp_path))
    assert headings(page) == [
        "sure-failure", "doubtful-failure", "lonely", "doubtful-hit", "sure-hit",
    ]  # fmt: skip


def test_failures_and_hits_are_counted_and_can_be_chosen(tmp_path):
    read = PageReader(page_of(tmp_path, matches(tmp_path)))
    text = " ".join(read.text.split())
    assert "✗ failures3 3 shown ✓ hits2 2 shown" in text
    assert "first candidate right40.0 % [11.8, 76.9] n = 5" in text
    assert [each["id"] for each in read.all("input", type="radio")] == ["all", "failures", "hits"]
    assert "all 5" in text
    assert "no fair sample" in text


def test_each_candidate_is_right_or_wrong_by_sign_and_class(tmp_path):
    page = page_of(tmp_path, matches(tmp_path)[3:4])
    read = PageReader(page)
    classes = [each["class"] for each in read.all("li")]
    assert classes == ["tile wrong", "tile wrong", "tile right"]
    text = " ".join(read.text.split())
    assert "✗ failure, 95 % sure sure-failure.png" in text
    assert "The first right one stands at rank 3." in text
    for words in ("1 ✗ wrong at 0.100", "2 ✗ wrong at 0.200", "3 ✓ right at 0.300"):
        assert words in text


def test_a_query_that_nothing_compares_with_and_one_without_a_right_candidate(tmp_path):
    text = PageReader(page_of(tmp_path, matches(tmp_path)[2:])).text
    assert "There is nothing to compare it with." in text
    assert "None of the first 3 is the person." in text


def test_every_picture_is_carried_along_and_named(tmp_path):
    read = PageReader(page_of(tmp_path, matches(tmp_path)[:1]))
    pictures = read.all("img")
    assert [each["alt"] for each in pictures] == [
        "Query sure-hit.png", *(f"Candidate sure-hit-{rank}.png" for rank in (1, 2, 3)),
    ]  # fmt: skip
    assert all(str(each["src"]).startswith("data:image/jpeg;base64,") for each in pictures)


def test_strips_are_articles_with_headings_and_ordered_lists(tmp_path):
    read = PageReader(page_of(tmp_path, matches(tmp_path)))
    assert read.open == []
    assert [each["aria-labelledby"] for each in read.all("article")] == [
        f"strip-{number}" for number in range(1, 6)
    ]
    assert len(read.all("ol", aria_label="Candidates, the most alike first")) == 5
    assert len(read.all("legend")) == 1


def test_without_known_identities_nothing_is_right_or_wrong(tmp_path):
    page = page_of(tmp_path, matches(tmp_path), known=False)
    read = PageReader(page)
    assert headings(page) == [
        "lonely", "doubtful-hit", "doubtful-failure", "sure-hit", "sure-failure",
    ]  # fmt: skip
    assert not read.all("input")
    for sign in ("✓", "✗", "failures"):
        assert sign not in read.text
    assert "5 queries. Nobody has named" in read.text
    assert "The least confident come first." in read.text


def test_more_queries_than_fit_are_said_and_both_kinds_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(strips, "STRIPS", 3)
    page = page_of(tmp_path, matches(tmp_path))
    assert headings(page) == ["sure-failure", "doubtful-failure", "doubtful-hit"]
    assert "2 more queries are counted but not shown." in page


def test_no_more_candidates_than_fit_are_shown(tmp_path):
    read = PageReader(page_of(tmp_path, [found(tmp_path, "a", "7", "8" * 30, 0.5)]))
    assert len(read.all("li")) == strips.CANDIDATES


def test_a_picture_in_many_strips_is_read_once(tmp_path, monkeypatch):
    read_paths = []

    def counted(path, *arguments, **named):
        read_paths.append(path)
        return original(path, *arguments, **named)

    original = strips.read_image
    monkeypatch.setattr(strips, "read_image", counted)
    match = found(tmp_path, "a", "7", "7", 0.5)
    page_of(tmp_path, [match, match, match])
    assert len(read_paths) == 2


def test_thumbnails_have_a_bounded_size(tmp_path):
    path = draw_crop(tmp_path / "large.png", "green", (1500, 3000))
    page = page_of(tmp_path, [Match(Crop(path, 0, "7"), (), 0.0)])
    (picture,) = PageReader(page).all("img")
    assert len(str(picture["src"])) < 4000


def test_pictures_that_cannot_be_read_are_named(tmp_path):
    gone = Candidate(Crop(tmp_path / "gone.png", 0, "7"), 0.1)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    read = PageReader(page_of(tmp_path, [Match(Crop(broken, 0, "7"), (gone,), 0.5)]))
    assert "Query cannot be shown: not an image" in read.text
    assert "Candidate cannot be shown: No such file or directory" in read.text
    assert not read.all("img")


def test_names_of_strangers_are_text(tmp_path):
    odd = Crop(Path("no-such-folder") / HOSTILE.replace("/", "_"), 0, HOSTILE)
    listed = [Match(odd, (Candidate(odd, 0.1),), 0.5)]
    page = page_of(tmp_path, listed, title=HOSTILE, note=HOSTILE)
    read = PageReader(page)
    assert read.open == []
    assert not read.all("img")
    assert not read.all("script")
    assert read.handlers == []
    assert "7000021" not in read.text
    assert "<script>alert(1)</script>" in read.text


def test_the_policy_lets_nothing_in_and_runs_nothing(tmp_path):
    (policy,) = [
        str(each["content"])
        for each in PageReader(page_of(tmp_path, matches(tmp_path))).all("meta")
        if "http-equiv" in each
    ]
    assert policy.startswith("default-src 'none'; img-src data:; style-src")
    assert "script-src" not in policy


@pytest.mark.parametrize("known", [True, False])
def test_no_matches_still_make_a_page(tmp_path, known):
    read = PageReader(page_of(tmp_path, [], known=known))
    assert read.open == []
    assert ("not measured" in read.text) == known
