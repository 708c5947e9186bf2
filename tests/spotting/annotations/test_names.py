"""What matches are called."""

import pytest

from touchline.spotting.annotations.names import match_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a.MP4", "a"), ("a.b.mkv", "a.b"), ("a.b", "a.b"), (" l/a/ ", "l/a"), ("l//a", "l/a"),
        ("", ""), (".", ""), ("..mp4", ""), (".mp4", ".mp4"), ("/abs/a.mov", "/abs/a"),
        ("mp4", "mp4"), ("2019-10-01 - A. Bilbao - B.", "2019-10-01 - A. Bilbao - B."),
    ],
)  # fmt: skip
def test_names_are_paths_without_the_ending_of_a_video(text: str, name: str) -> None:
    assert match_name(text) == name
