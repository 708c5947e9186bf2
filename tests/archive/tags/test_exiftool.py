"""What we write, read back by the program that photo archives trust."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive_on_disk import labelled, picture_of, write_photo
from pictures import as_jpeg, picture
from touchline.archive.tags.embedded import embedded_keywords
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.tag import tag_photos
from touchline.archive.tags.targets import Tagging
from touchline.archive.tags.untag import untag_photos

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None, reason="exiftool is not installed (libimage-exiftool-perl)"
)


def exiftool(*words: str | Path) -> str:
    done = subprocess.run(["exiftool", *map(str, words)], capture_output=True, check=True)
    return done.stdout.decode()


def read(path: Path) -> dict[str, Any]:
    """Every tag, lists as lists, structures as structures."""
    return json.loads(exiftool("-j", "-struct", "-G1", path))[0]


def names(value: Any) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]


@pytest.fixture
def photo(tmp_path):
    """A real JPEG with keywords of the archive's own, in IPTC and in XMP."""
    path = write_photo(tmp_path / "in/1.jpg", as_jpeg(picture(1)))
    exiftool("-q", "-overwrite_original", "-codedcharacterset=utf8", "-IPTC:Keywords=Mål",
             "-IPTC:Keywords=derby", "-XMP-dc:Subject=Ørsta", "-XMP-dc:Subject=Place",
             "-XMP-lr:HierarchicalSubject=Place|Ørsta", path)  # fmt: skip
    return path


@pytest.fixture
def journal(tmp_path):
    return tag_journal_path(tmp_path / "labels.csv")


def test_we_read_what_exiftool_embedded(photo):
    found = embedded_keywords(photo)
    assert set(found.flat) == {"Mål", "derby", "Ørsta", "Place"}
    assert found.piped == ("Place|Ørsta",)


@pytest.mark.parametrize("label", ["Kick-l", "R&D <x>", "Home/Away", "Mål|Ø"])
def test_exiftool_reads_what_we_write(photo, journal, label):
    tag_photos([labelled(photo, label, 0.9312, run="run-1")], Tagging(root="AI|pose", model="m"),
               journal)  # fmt: skip
    sidecar = photo.with_name("1.jpg.xmp")
    seen = read(sidecar)
    flat = names(seen["XMP-dc:Subject"])
    assert sorted(flat) == sorted(["Mål", "derby", "Ørsta", "Place", label])
    assert sorted(names(seen["XMP-lr:HierarchicalSubject"])) == sorted(
        ["Mål", "derby", "Place|Ørsta", f"AI|pose|{label.replace('|', '/')}"]
    )
    assert sorted(names(seen["XMP-digiKam:TagsList"])) == sorted(
        ["Mål", "derby", "Place/Ørsta", f"AI/pose/{label.replace('/', '|')}"]
    )
    (ours,) = seen["XMP-touchline:Tags"]
    assert (ours["State"], ours["Run"], ours["Model"], ours["Score"]) == (
        "auto",
        "run-1",
        "m",
        0.9312,
    )
    assert "OK" in exiftool("-validate", "-warning", sidecar)


def test_a_reader_that_knows_one_list_only_sees_every_keyword(photo, journal):
    """As Immich does: the first of TagsList, HierarchicalSubject and Keywords that is there."""
    tag_photos([labelled(photo)], Tagging(), journal)
    seen = read(photo.with_name("1.jpg.xmp"))
    for field, separator in (("XMP-digiKam:TagsList", "/"), ("XMP-lr:HierarchicalSubject", "|")):
        leaves = {name.rpartition(separator)[2] for name in names(seen[field])}
        assert leaves == {"Mål", "derby", "Ørsta", "Kick-l"}


def test_what_exiftool_wrote_survives_us_and_comes_back(photo, journal):
    sidecar = photo.with_name("1.jpg.xmp")
    exiftool("-q", "-o", sidecar, "-tagsfromfile", photo, "-all:all", "-XMP:Rating=4",
             "-XMP-photoshop:City=Oslo", "-XMP-xmpMM:History={action=saved,softwareAgent=x}",
             "-XMP-dc:Title-no-NO=Kampen", photo)  # fmt: skip
    before, foreign = picture_of(photo.parent), read(sidecar)
    tag_photos([labelled(photo)], Tagging(), journal)
    after = read(sidecar)
    ours = ("System:", "ExifTool:", "XMP-dc:Subject", "XMP-lr:", "XMP-digiKam:", "XMP-touchline:")
    assert {k: v for k, v in after.items() if not k.startswith(ours)} == {
        k: v for k, v in foreign.items() if not k.startswith(ours)
    }
    assert foreign["XMP-xmp:Rating"] == 4
    untag_photos(journal)
    assert picture_of(photo.parent) == before


def test_our_tags_are_known_again_after_exiftool_rewrote_the_file(photo, journal):
    tag_photos([labelled(photo, run="run-1")], Tagging(), journal)
    sidecar = photo.with_name("1.jpg.xmp")
    exiftool("-q", "-overwrite_original", "-XMP:Rating=5", sidecar)
    done = tag_photos([labelled(photo, "Kick-r", run="run-2")], Tagging(), journal)
    assert done.written == 1
    seen = read(sidecar)
    assert "Kick-l" not in names(seen["XMP-dc:Subject"])
    assert [tag["Keyword"] for tag in seen["XMP-touchline:Tags"]] == ["AI|Kick-r"]
    assert seen["XMP-xmp:Rating"] == 5
