import os
from dataclasses import replace
from pathlib import Path

import pytest

from archive_on_disk import OLD_TIME_NS, labelled, small_world, write_photo
from touchline.archive.labels import LabelledPhoto
from touchline.archive.sort.plan import plan_sort, sidecar_destination, time_text
from touchline.errors import UsageError


def destinations(plan):
    """Where each file goes, by its source relative to the archive."""
    return {row.source.partition("/in/")[2]: row.destination for row in plan.rows}


def reasons(plan):
    return {row.source.partition("/in/")[2]: row.reason for row in plan.rows if row.reason}


def test_each_photo_has_a_place_and_the_doubtful_go_to_review(tmp_path):
    world = small_world(tmp_path / "w")
    plan = plan_sort(world.photos, world.root)
    assert destinations(plan) == {
        "a/1.jpg": "Kick-l/1.jpg",
        "a/2.jpg": "Kick-r/2.jpg",
        "a/3.jpg": "review/3.jpg",
        "b/1.jpg": "Kick-l/1 (2).jpg",
        "b/4.jpg": "Kick-r/4.jpg",
        "b/4.jpg.xmp": "Kick-r/4.jpg.xmp",
        "b/5.jpg": "Kick-l/5.jpg",
    }
    assert reasons(plan) == {"a/3.jpg": "the model was in doubt", "b/4.jpg.xmp": "follows 4.jpg"}
    assert plan.unusable == ()
    assert not world.root.exists()


def test_a_row_says_what_the_model_said(tmp_path):
    photo = labelled(write_photo(tmp_path / "in/1.jpg"), "Kick-l", 0.75)
    (row,) = plan_sort([photo], tmp_path / "out").rows
    assert (row.action, row.label, row.predicted) == ("sort", "Kick-l", "Kick-l")
    assert (row.confidence, row.candidates) == ("0.7500", "Kick-l 0.75, other 0.25")
    assert (row.size, row.modified) == ("260", time_text(OLD_TIME_NS))
    assert row.sha256 == photo.sha256


def test_below_the_smallest_confidence_is_doubtful(tmp_path):
    photos = [labelled(write_photo(tmp_path / f"in/{c}.jpg"), confidence=c) for c in (0.49, 0.5)]
    plan = plan_sort(photos, tmp_path / "out", min_confidence=0.5)
    assert destinations(plan) == {"0.49.jpg": "review/0.49.jpg", "0.5.jpg": "Kick-l/0.5.jpg"}
    assert reasons(plan) == {"0.49.jpg": "confidence 0.4900 is below 0.5"}
    assert [row.label for row in plan.rows] == ["", "Kick-l"]


def test_what_cannot_be_sorted_stays_and_is_listed(tmp_path):
    fine = labelled(write_photo(tmp_path / "in/fine.jpg"))
    gone = replace(fine, path=str(tmp_path / "in/gone.jpg"))
    spoilt = LabelledPhoto(fine.path, "", (), "unreadable", "truncated")
    folder = replace(fine, path=str(tmp_path / "in"))
    plan = plan_sort([fine, gone, spoilt, fine, folder], tmp_path / "out")
    assert [row.action for row in plan.rows] == ["sort", "leave", "leave", "leave", "leave"]
    said = [row.reason for row in plan.rows[1:]]
    assert said == ["no such file or directory", "truncated", "listed twice", "not a file"]
    assert [row.reason for row in plan.unusable] == [said[0], said[1], said[3]]


def test_one_file_reached_by_two_paths_is_listed_twice(tmp_path):
    write_photo(tmp_path / "in/1.jpg")
    (tmp_path / "shortcut").symlink_to(tmp_path / "in")
    photos = [labelled(tmp_path / "in/1.jpg"), labelled(tmp_path / "shortcut/1.jpg")]
    assert [row.reason for row in plan_sort(photos, tmp_path / "out").rows] == ["", "listed twice"]


def test_a_photo_changed_since_it_was_labelled_stays(tmp_path):
    photos = [labelled(write_photo(tmp_path / f"in/{n}.jpg")) for n in (1, 2, 3)]
    labelled_at = max(Path(p.path).stat().st_ctime_ns for p in photos)
    write_photo(tmp_path / "in/1.jpg", b"retouched")  # another content under an old time
    os.utime(tmp_path / "in/2.jpg")  # only touched
    plan = plan_sort(photos, tmp_path / "out", labelled_at_ns=labelled_at)
    assert [row.action for row in plan.rows] == ["leave", "sort", "sort"]
    assert plan.unusable[0].reason == "its content changed since it was labelled"


def test_a_photo_labelled_without_a_hash_gets_one(tmp_path):
    photo = labelled(write_photo(tmp_path / "in/1.jpg"))
    (row,) = plan_sort([replace(photo, sha256="")], tmp_path / "out", labelled_at_ns=1).rows
    assert (row.action, row.sha256) == ("sort", photo.sha256)


def test_names_taken_on_any_file_system_get_a_number(tmp_path):
    write_photo(tmp_path / "out/Kick-l/1.JPG")
    photos = [labelled(write_photo(tmp_path / f"in/{d}/{n}.jpg"), label)
              for d, n, label in (("a", "1", "Kick-l"), ("b", "É", "Kick-l"),
                                  ("c", "e\u0301", "Kick-l"), ("d", "1", "kick-l"))]  # fmt: skip
    assert list(destinations(plan_sort(photos, tmp_path / "out")).values()) == [
        "Kick-l/1 (2).jpg",
        "Kick-l/É.jpg",
        "Kick-l/e\u0301 (2).jpg",
        "kick-l (2)/1.jpg",
    ]


def test_hostile_class_names_stay_inside_the_root(tmp_path):
    labels = ["../../etc", "/etc", "..", "review", "a\nb", "=1+1", "NUL"]
    photos = [labelled(write_photo(tmp_path / f"in/{n}.jpg"), label)
              for n, label in enumerate(labels)]  # fmt: skip
    for row in plan_sort(photos, tmp_path / "out").rows:
        folder, name = row.destination.split("/")
        assert folder not in ("", ".", "..", "review", "NUL")
        assert name == row.source.rpartition("/")[2]


def test_two_hundred_photos_of_one_name(tmp_path):
    photos = [labelled(write_photo(tmp_path / f"in/{n}/a.jpg", b"%d" % n)) for n in range(200)]
    places = [row.destination for row in plan_sort(photos, tmp_path / "out").rows]
    assert len(set(places)) == 200
    assert places[199] == "Kick-l/a (200).jpg"


@pytest.mark.parametrize("mode", ["symlink", "hardlink", "copy", "itself"])
def test_a_photo_that_is_there_already_stays(tmp_path, mode):
    photo = labelled(write_photo(tmp_path / "in/1.jpg"))
    place = tmp_path / "out/Kick-l/1.jpg"
    if mode == "itself":
        photo = labelled(write_photo(place))
    elif mode == "copy":
        write_photo(place)
    else:
        place.parent.mkdir(parents=True)
        (place.symlink_to if mode == "symlink" else place.hardlink_to)(tmp_path / "in/1.jpg")
    (row,) = plan_sort([photo], tmp_path / "out").rows
    assert (row.action, row.reason) == ("leave", "already at Kick-l/1.jpg")


def test_two_photos_of_one_name_are_both_found_there_again(tmp_path):
    photos = [labelled(write_photo(tmp_path / f"in/{n}/1.jpg", b"%d" % n)) for n in (1, 2)]
    write_photo(tmp_path / "out/Kick-l/1.jpg", b"1")
    write_photo(tmp_path / "out/Kick-l/1 (2).jpg", b"2")
    said = [row.reason for row in plan_sort(photos, tmp_path / "out").rows]
    assert said == ["already at Kick-l/1.jpg", "already at Kick-l/1 (2).jpg"]


def test_the_working_folder_must_be_the_one_that_was_labelled_in(tmp_path, monkeypatch):
    photo = labelled(write_photo(tmp_path / "in/1.jpg"))
    monkeypatch.chdir(tmp_path)
    here = replace(photo, path="in/1.jpg")
    (row,) = plan_sort([here], tmp_path / "out").rows
    assert (row.action, row.source) == ("sort", str(tmp_path / "in/1.jpg"))
    monkeypatch.chdir(tmp_path / "in")
    with pytest.raises(UsageError, match=r"no in/1\.jpg in .*Run this from the folder in which"):
        plan_sort([here], tmp_path / "out")


@pytest.mark.parametrize(("time", "text"), [
    (0, "1970-01-01T00:00:00.000000000"),
    (-1, "1969-12-31T23:59:59.999999999"),
    (10**9 * 10**15 + 5, "1000000000000000.000000005"),
])  # fmt: skip
def test_any_time_a_disk_may_hold_can_be_shown(time, text):
    assert time_text(time) == text


class TestSidecars:
    def test_both_styles_follow_their_photo_under_its_new_name(self, tmp_path):
        write_photo(tmp_path / "out/Kick-l/1.jpg", b"somebody else's")
        photo = labelled(write_photo(tmp_path / "in/1.jpg"))
        write_photo(tmp_path / "in/1.jpg.xmp")
        write_photo(tmp_path / "in/1.XMP")
        assert destinations(plan_sort([photo], tmp_path / "out")) == {
            "1.jpg": "Kick-l/1 (2).jpg",
            "1.jpg.xmp": "Kick-l/1 (2).jpg.xmp",
            "1.XMP": "Kick-l/1 (2).xmp",
        }

    def test_one_that_a_raw_file_shares_stays_with_it(self, tmp_path):
        photo = labelled(write_photo(tmp_path / "in/1.jpg"))
        write_photo(tmp_path / "in/1.CR2")
        write_photo(tmp_path / "in/1.xmp")
        plan = plan_sort([photo], tmp_path / "out")
        assert [row.action for row in plan.rows] == ["sort", "leave"]
        assert plan.rows[1].reason == "1.jpg is not the only file it describes"
        assert plan.unusable == ()

    def test_a_photo_never_lands_beside_a_sidecar_that_is_not_its_own(self, tmp_path):
        write_photo(tmp_path / "out/Kick-l/1.jpg.xmp")  # an orphan
        write_photo(tmp_path / "in/a/2.jpg")
        write_photo(tmp_path / "in/a/2.xmp")
        write_photo(tmp_path / "in/b/2.png")
        write_photo(tmp_path / "in/c/2.jpg")
        write_photo(tmp_path / "in/c/2.xmp", b"another")
        photos = [labelled(write_photo(tmp_path / "in/1.jpg"))]
        photos += [labelled(tmp_path / f"in/{name}") for name in ("a/2.jpg", "b/2.png", "c/2.jpg")]
        assert list(destinations(plan_sort(photos, tmp_path / "out")).values()) == [
            "Kick-l/1 (2).jpg",
            "Kick-l/2.jpg",
            "Kick-l/2.xmp",
            "Kick-l/2 (2).png",
            "Kick-l/2 (3).jpg",
            "Kick-l/2 (3).xmp",
        ]

    def test_the_sidecars_of_a_photo_without_extension(self):
        assert sidecar_destination("a.b/photo", "adobe") == "a.b/photo.xmp"


def test_the_root_must_be_a_folder(tmp_path):
    write_photo(tmp_path / "out")
    with pytest.raises(UsageError, match="a folder to sort into; found the file"):
        plan_sort([], tmp_path / "out")


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_smallest_confidence_is_a_probability(tmp_path, value):
    with pytest.raises(UsageError, match="between 0 and 1"):
        plan_sort([], tmp_path / "out", min_confidence=value)
