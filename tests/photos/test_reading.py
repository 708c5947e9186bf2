"""Reading, whatever the form: one spelling for each class, and sources that cannot be used."""

from itertools import permutations
from pathlib import Path

import pytest

from photo_sets_on_disk import put
from touchline.errors import UsageError
from touchline.photos.data import Photo, class_key, why_not_a_photo
from touchline.photos.reading import one_spelling, read_photos


class TestSpellings:
    def test_the_spelling_of_most_photos_is_used(self, tmp_path: Path):
        put(tmp_path, "full_body/a.jpg", "Full Body/b.jpg", "Full Body/c.jpg", "full-body/d.jpg")
        photos = read_photos(tmp_path)
        assert photos.classes == ("Full Body",)
        assert photos.merged == (("full-body", "Full Body"), ("full_body", "Full Body"))
        assert photos.photos[-1].name == "full_body/a.jpg"

    @pytest.mark.parametrize("found", [*permutations(["full_body", "full-body", "Full Body"])])
    def test_of_equals_the_first_in_sorted_order(self, found: tuple[str, ...]):
        photos = [Photo(Path(label), label, label) for label in found]
        spelt, merged = one_spelling(photos)
        assert merged == (("full-body", "Full Body"), ("full_body", "Full Body"))
        assert [(photo.name, photo.label) for photo in spelt] == [(n, "Full Body") for n in found]

    def test_left_and_right_and_other_classes_are_not_merged(self, tmp_path: Path):
        put(
            tmp_path, "HandsOnHips-90-deg-l/a.jpg", "HandsOnHips-90deg-r/b.jpg", "HandsOnHips/c.jpg"
        )
        photos = read_photos(tmp_path)
        assert len(photos.classes) == 3
        assert photos.merged == ()

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Café", "CAFE\N{COMBINING ACUTE ACCENT}"),
            ("Straße", "STRASSE"),
            ("a\N{NO-BREAK SPACE}b", "A B"),
        ],
    )
    def test_writings_of_the_same_letters_are_one_class(self, one: str, other: str):
        assert class_key(one) == class_key(other)

    def test_names_of_nothing_but_hyphens_stay_apart(self):
        assert class_key("-") != class_key("--")


class TestRefusals:
    def test_a_source_that_may_not_be_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        def refuse(_: Path) -> bool:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "is_dir", refuse)
        with pytest.raises(UsageError, match="which cannot be read: Permission denied"):
            read_photos(tmp_path)

    def test_nothing_there(self, tmp_path: Path):
        with pytest.raises(
            UsageError, match=r"sub-folder of photos for each class.*nothing at .*x"
        ):
            read_photos(tmp_path / "x")

    def test_a_file_that_is_no_table(self, tmp_path: Path):
        put(tmp_path, "a.jpg")
        with pytest.raises(UsageError, match=r"found the file .*a\.jpg"):
            read_photos(tmp_path / "a.jpg")

    def test_an_empty_folder(self, tmp_path: Path):
        with pytest.raises(UsageError, match="found nothing in"):
            read_photos(tmp_path)

    def test_a_folder_of_photos_without_classes(self, tmp_path: Path):
        put(tmp_path, "a.jpg", "b.jpg")
        with pytest.raises(
            UsageError, match=r"a\.jpg \(lies outside any class folder\), and 1 more"
        ):
            read_photos(tmp_path)

    def test_a_path_with_a_zero_byte_is_no_photo(self):
        assert why_not_a_photo(Path("a\0.jpg")) == "its name is not valid text"
