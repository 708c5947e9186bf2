import os
from dataclasses import replace
from pathlib import Path

import pytest

from archive_on_disk import OLD_TIME_NS, labelled, picture_of, write_photo
from touchline.archive.journal import open_journal
from touchline.archive.tags import replacement, tag
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.keywords import Keywords
from touchline.archive.tags.sidecar import machine_tag, read_keywords, read_tags, with_tag
from touchline.archive.tags.tag import preview_tags, tag_photos
from touchline.archive.tags.targets import Tagging
from touchline.archive.tags.untag import preview_untag, untag_photos
from touchline.errors import EnvironmentMissingError, InterruptedRunError, UsageError

OTHERS = with_tag(None, machine_tag("Places", "Oslo", 1.0), Keywords(("derby",)))
POSE = Tagging(root="AI|pose")


@pytest.fixture
def archive(tmp_path):
    """Three photos; the second has a sidecar."""
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        write_photo(tmp_path / "in" / name)
    write_photo(tmp_path / "in/2.jpg.xmp", OTHERS)
    os.utime(tmp_path / "in", ns=(OLD_TIME_NS, OLD_TIME_NS))
    return tmp_path / "in"


@pytest.fixture
def photos(archive):
    return [labelled(archive / f"{n}.jpg", "Kick-l", 0.9, run="run-1") for n in (1, 2, 3)]


@pytest.fixture
def journal(tmp_path):
    return tag_journal_path(tmp_path / "labels.csv")


def keywords_of(sidecar: Path) -> Keywords:
    return read_keywords(sidecar.read_bytes())


def skipped(done) -> dict[str, str]:
    found = done.skipped if hasattr(done, "skipped") else (*done.edited, *done.kept)
    return {Path(each.path).name: each.reason for each in found}


class TestTagging:
    def test_writes_a_sidecar_beside_each_photo_and_no_photo(self, archive, photos, journal):
        before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in archive.glob("*.jpg")}
        done = tag_photos(photos, POSE, journal)
        assert (done.written, done.unchanged, done.skipped) == (3, 0, ())
        assert before == {p.name: (p.read_bytes(), p.stat().st_mtime_ns)
                          for p in archive.glob("*.jpg")}  # fmt: skip
        assert keywords_of(archive / "1.jpg.xmp").piped == ("AI|pose|Kick-l",)
        assert keywords_of(archive / "2.jpg.xmp").piped == (
            "derby",
            "Places|Oslo",
            "AI|pose|Kick-l",
        )
        (written,) = read_tags((archive / "1.jpg.xmp").read_bytes())
        assert (written.run, written.score, written.state) == ("run-1", "0.9000", "auto")

    def test_twice_changes_no_byte_and_no_time(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        before = picture_of(archive)
        done = tag_photos(photos, POSE, journal)
        assert (done.written, done.unchanged) == (0, 3)
        assert picture_of(archive) == before

    def test_a_dry_run_touches_nothing(self, archive, photos):
        before = picture_of(archive.parent)
        assert preview_tags(photos, POSE).written == 3
        assert picture_of(archive.parent) == before

    def test_doubtful_photos_are_left_alone(self, archive, photos, journal):
        photos[0] = replace(photos[0], decision="review")
        done = tag_photos(photos, Tagging(min_confidence=0.9), journal)
        assert (done.written, done.doubtful) == (2, 1)
        assert tag_photos(photos, Tagging(min_confidence=0.91), journal).doubtful == 3
        assert not (archive / "1.jpg.xmp").exists()

    def test_a_new_label_replaces_the_old_one(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        photos = [labelled(archive / f"{n}.jpg", "Kick-r", 0.8, run="run-2") for n in (1, 2, 3)]
        assert tag_photos(photos, POSE, journal).written == 3
        assert keywords_of(archive / "1.jpg.xmp").flat == ("Kick-r",)

    def test_a_persons_judgement_stands(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        sidecar = archive / "1.jpg.xmp"
        sidecar.write_bytes(sidecar.read_bytes().replace(b">auto<", b">confirmed<"))
        before = sidecar.read_bytes()
        photos = [labelled(archive / f"{n}.jpg", "Kick-r", 0.8, run="run-2") for n in (1, 2, 3)]
        done = tag_photos(photos, POSE, journal)
        assert (done.written, done.judged) == (2, 1)
        assert sidecar.read_bytes() == before

    def test_keywords_in_the_photo_are_not_hidden(self, tmp_path, journal):
        packet = b"\xff\xe1" + (len(OTHERS) + 31).to_bytes(2) + b"http://ns.adobe.com/xap/1.0/\0"
        photo = write_photo(tmp_path / "in/1.jpg", b"\xff\xd8" + packet + OTHERS + b"\xff\xd9")
        tag_photos([labelled(photo)], Tagging(), journal)
        assert set(keywords_of(tmp_path / "in/1.jpg.xmp").flat) == {"derby", "Oslo", "Kick-l"}


class TestWhichSidecar:
    def test_adobes_name_by_choice(self, archive, photos, journal):
        tag_photos(photos[:1], Tagging(style="adobe"), journal)
        assert (archive / "1.xmp").exists()

    @pytest.mark.parametrize("name", ["1.jpg.xmp", "1.xmp", "1.XMP"])
    @pytest.mark.parametrize("style", ["photo.ext.xmp", "adobe"])
    def test_one_that_is_there_is_used_whatever_its_name(
        self, archive, photos, journal, name, style
    ):
        write_photo(archive / name, OTHERS)
        tag_photos(photos[:1], Tagging(style=style), journal)
        there = sorted(p.name for p in archive.iterdir() if p.suffix.lower() == ".xmp")
        assert there == sorted(["2.jpg.xmp", name])
        assert "Kick-l" in keywords_of(archive / name).flat

    def test_of_two_the_wanted_one_is_used_and_hides_nothing(self, archive, photos, journal):
        write_photo(archive / "2.xmp", with_tag(None, machine_tag("x", "cup", 1.0), Keywords()))
        before = (archive / "2.xmp").read_bytes()
        tag_photos(photos[1:2], Tagging(), journal)
        assert set(keywords_of(archive / "2.jpg.xmp").flat) == {"derby", "Oslo", "cup", "Kick-l"}
        assert (archive / "2.xmp").read_bytes() == before

    def test_one_shared_with_a_raw_file_is_not_used_but_not_hidden(self, archive, photos, journal):
        write_photo(archive / "1.CR2")
        write_photo(archive / "1.xmp", OTHERS)
        tag_photos(photos[:1], Tagging(), journal)
        assert (archive / "1.xmp").read_bytes() == OTHERS
        assert set(keywords_of(archive / "1.jpg.xmp").flat) == {"derby", "Oslo", "Kick-l"}

    def test_two_photos_never_write_into_one(self, archive, photos, journal):
        both = [*photos, labelled(write_photo(archive / "1.png"), "Kick-r")]
        done = tag_photos(both, Tagging(style="adobe"), journal)
        reason = f"another of these photos has the same sidecar {archive}/1.xmp"
        assert skipped(done) == {"1.jpg": reason, "1.png": reason}
        assert not (archive / "1.xmp").exists()

    def test_a_photo_listed_twice_is_tagged_once(self, photos, journal):
        done = tag_photos([photos[0], photos[0]], Tagging(), journal)
        assert done.written == 1
        assert skipped(done) == {"1.jpg": "listed twice; the first label counts"}

    def test_a_sidecar_that_is_a_link_stays_one(self, archive, photos, journal):
        (archive / "2.jpg.xmp").rename(archive.parent / "elsewhere.xmp")
        (archive / "2.jpg.xmp").symlink_to(archive.parent / "elsewhere.xmp")
        assert tag_photos(photos, Tagging(), journal).written == 3
        assert (archive / "2.jpg.xmp").is_symlink()
        assert "Kick-l" in keywords_of(archive.parent / "elsewhere.xmp").flat

    @pytest.mark.parametrize("name", ["a&b<c>.jpg", "caf\udce9.jpg", "a\nb.jpg", "-x.jpg", ".jpg"])
    def test_hostile_names(self, archive, journal, name):
        done = tag_photos([labelled(write_photo(archive / name))], Tagging(), journal)
        assert (done.written, done.skipped) == (1, ())
        assert keywords_of(archive / f"{name}.xmp").flat == ("Kick-l",)


class TestWhatIsSkipped:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (OTHERS[:-9], "not well-formed XML"),
            (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + OTHERS.split(b"?>")[1], "a document type"),
            (b"", "no element found"),
            (b"Rating: 5", "not well-formed XML"),
        ],
    )
    def test_a_sidecar_that_cannot_be_read_is_left_alone(
        self, archive, photos, journal, content, reason
    ):
        write_photo(archive / "2.jpg.xmp", content)
        done = tag_photos(photos, POSE, journal)
        assert done.written == 2
        assert reason in skipped(done)["2.jpg"]
        assert (archive / "2.jpg.xmp").read_bytes() == content
        assert (archive / "2.jpg.xmp").stat().st_mtime_ns == OLD_TIME_NS

    def test_a_file_too_large_to_be_a_sidecar(self, photos, journal, monkeypatch):
        monkeypatch.setattr("touchline.archive.tags.targets.LARGEST_SIDECAR_BYTES", 100)
        assert "too large" in skipped(tag_photos(photos, POSE, journal))["2.jpg"]

    def test_missing_unreadable_and_changed_photos(self, archive, photos, journal):
        labelled_at = max(Path(p.path).stat().st_ctime_ns for p in photos)
        (archive / "1.jpg").unlink()
        photos[1] = replace(photos[1], decision="unreadable", reason="truncated")
        (archive / "3.jpg").write_bytes(b"retouched")
        done = tag_photos(photos, Tagging(labelled_at_ns=labelled_at), journal)
        assert skipped(done) == {
            "1.jpg": "no such file or directory",
            "2.jpg": "truncated",
            "3.jpg": "its content changed since it was labelled",
        }

    def test_a_sidecar_that_appears_meanwhile_is_never_overwritten(
        self, archive, photos, journal, monkeypatch
    ):
        sync = replacement.sync_files

        def late(paths):
            write_photo(archive / "1.jpg.xmp", b"somebody else's")
            write_photo(archive / "2.jpg.xmp", b"somebody else's")
            return sync(paths)

        monkeypatch.setattr(replacement, "sync_files", late)
        done = tag_photos(photos, POSE, journal)
        assert set(skipped(done)) == {"1.jpg", "2.jpg"}
        assert (archive / "1.jpg.xmp").read_bytes() == b"somebody else's"
        assert (archive / "2.jpg.xmp").read_bytes() == b"somebody else's"
        assert untag_photos(journal).restored == 1  # what was refused is not ours to take back
        assert (archive / "2.jpg.xmp").read_bytes() == b"somebody else's"

    def test_a_read_only_folder_is_found_before_anything_is_touched(
        self, archive, photos, journal, monkeypatch
    ):
        access = os.access
        monkeypatch.setattr(
            os, "access", lambda p, *a, **k: Path(p) != archive and access(p, *a, **k)
        )
        monkeypatch.setattr(os, "supports_effective_ids", {os.access})
        for work in (lambda: tag_photos(photos, POSE, journal), lambda: preview_tags(photos, POSE)):
            with pytest.raises(EnvironmentMissingError, match=f"no permission to write {archive}"):
                work()
        assert not journal.exists()


class TestUntagging:
    def test_everything_is_as_it_was_to_the_nanosecond(self, archive, photos, journal):
        before = picture_of(archive)
        tag_photos(photos, POSE, journal)
        untagged = untag_photos(journal)
        assert (untagged.restored, untagged.edited, untagged.kept) == (3, (), ())
        assert picture_of(archive) == before

    def test_after_several_rounds_too(self, archive, photos, journal):
        before = picture_of(archive)
        tag_photos(photos, POSE, journal)
        tag_photos([replace(p, run="run-2") for p in photos], POSE, journal)
        tag_photos(photos, Tagging(root="AI|other"), journal)
        untag_photos(journal)
        assert picture_of(archive) == before
        tag_photos(photos, POSE, journal)
        untag_photos(journal)
        assert picture_of(archive) == before

    def test_a_dry_run_touches_nothing(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        before = picture_of(archive.parent)
        assert preview_untag(journal).restored == 3
        assert picture_of(archive.parent) == before

    def test_from_what_a_person_edited_only_our_tags_go(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        sidecar = archive / "2.jpg.xmp"
        sidecar.write_bytes(sidecar.read_bytes().replace(b">derby<", b">cup<"))
        untagged = untag_photos(journal)
        assert untagged.restored == 2
        assert skipped(untagged) == {
            "2.jpg.xmp": "a person changed it since; only our own tags were taken out"
        }
        assert set(keywords_of(sidecar).flat) == {"Oslo", "cup"}
        assert [t.keyword for t in read_tags(sidecar.read_bytes())] == ["Places|Oslo"]
        with pytest.raises(UsageError, match="tags to take back"):
            untag_photos(journal)

    def test_edited_between_two_taggings_it_never_goes_back_behind_the_person(
        self, archive, photos, journal
    ):
        tag_photos(photos, POSE, journal)
        sidecar = archive / "2.jpg.xmp"
        sidecar.write_bytes(sidecar.read_bytes().replace(b">derby<", b">cup<"))
        tag_photos([replace(p, run="run-2") for p in photos], POSE, journal)
        assert set(skipped(untag_photos(journal))) == {"2.jpg.xmp"}
        assert set(keywords_of(sidecar).flat) == {"Oslo", "cup"}

    def test_one_that_a_person_removed_stays_away(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        (archive / "2.jpg.xmp").unlink()
        assert skipped(untag_photos(journal)) == {"2.jpg.xmp": "a person removed it since"}
        assert not (archive / "2.jpg.xmp").exists()

    def test_one_of_ours_that_a_person_removed_needs_nothing(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        (archive / "1.jpg.xmp").unlink()
        assert skipped(untag_photos(journal)) == {}

    def test_one_that_a_person_broke_is_kept_and_tried_again(self, archive, photos, journal):
        tag_photos(photos, POSE, journal)
        sidecar = archive / "2.jpg.xmp"
        whole = sidecar.read_bytes()
        sidecar.write_bytes(whole[:-5])
        assert "not well-formed" in skipped(untag_photos(journal))["2.jpg.xmp"]
        sidecar.write_bytes(whole)
        assert skipped(untag_photos(journal)) == {}
        assert sidecar.read_bytes() == OTHERS

    def test_nothing_to_take_back(self, journal):
        with pytest.raises(UsageError, match="tags to take back; found none written down"):
            untag_photos(journal)
        with pytest.raises(UsageError, match="tags to take back"):
            preview_untag(journal)
        assert not journal.exists()

    def test_another_at_work(self, photos, journal):
        tag_photos(photos, POSE, journal)
        with open_journal(journal):
            for work in (lambda: untag_photos(journal), lambda: tag_photos(photos, POSE, journal)):
                with pytest.raises(UsageError, match="another touchline process"):
                    work()


def test_ctrl_c_keeps_what_is_done_and_the_next_run_finishes(archive, photos, journal, monkeypatch):
    before = picture_of(archive)
    monkeypatch.setattr(tag, "PHOTOS_A_BATCH", 1)
    replace_all, calls = tag.replace_all, []

    def interrupted(files):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return replace_all(files)

    monkeypatch.setattr(tag, "replace_all", interrupted)
    with pytest.raises(InterruptedRunError, match="run the same command again"):
        tag_photos(photos, POSE, journal)
    done = tag_photos(photos, POSE, journal)
    assert (done.written, done.unchanged) == (2, 1)
    untag_photos(journal)
    assert picture_of(archive) == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"root": " | "}, "a root keyword"), ({"min_confidence": 2.0}, "between 0 and 1")],
)
def test_settings_that_cannot_be_meant(settings, message):
    with pytest.raises(UsageError, match=message):
        Tagging(**settings)
