import pytest

from archive_on_disk import write_photo
from touchline.archive.sidecar_names import Siblings, sidecar_name


@pytest.mark.parametrize(
    ("photo", "ours", "adobes"),
    [
        ("IMG_1.jpg", "IMG_1.jpg.xmp", "IMG_1.xmp"),
        ("a.b.jpg", "a.b.jpg.xmp", "a.b.xmp"),
        ("photo", "photo.xmp", "photo.xmp"),
        (".hidden", ".hidden.xmp", ".hidden.xmp"),
    ],
)
def test_both_styles(photo, ours, adobes):
    assert (sidecar_name(photo, "photo.ext.xmp"), sidecar_name(photo, "adobe")) == (ours, adobes)


def test_only_the_ending_may_be_cased_otherwise(tmp_path):
    for name in ("1.jpg", "2.jpg", "3.jpg", "1.XMP", "2.JPG.xmp", "3.Xmp"):
        write_photo(tmp_path / name)
    siblings = Siblings()
    assert siblings.sidecar(tmp_path / "1.jpg", "adobe") == tmp_path / "1.XMP"
    assert siblings.sidecar(tmp_path / "2.jpg", "photo.ext.xmp") is None
    assert siblings.sidecar(tmp_path / "3.jpg", "adobe") is None


def test_shared_by_files_of_one_stem(tmp_path):
    for name in ("1.jpg", "1.CR2", "1.xmp", "2.jpg", "2.xmp", "2.jpg.xmp", "3.jpg", "3.JPG"):
        write_photo(tmp_path / name)
    siblings = Siblings()
    shared = [siblings.is_shared(tmp_path / f"{number}.jpg") for number in (1, 2, 3)]
    assert shared == [True, False, True]


def test_a_folder_that_cannot_be_read_has_no_names(tmp_path):
    assert Siblings().names(tmp_path / "nowhere") == frozenset()
