"""Labelling that can be interrupted: what is kept, what goes on, what is refused."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from touchline.archive.label_files import read_labels
from touchline.archive.labels import Label, LabelledPhoto
from touchline.errors import InterruptedRunError, UsageError
from touchline.photos.label_job import Labeller, Tally, label_to_file

PATHS = [Path(f"{number}.jpg") for number in range(7)]


def label(paths: Iterable[Path]) -> Iterator[LabelledPhoto]:
    """Every third photo is unreadable, the others are of a class that follows from the name."""
    for path in paths:
        number = int(path.stem)
        if number % 3 == 2:
            yield LabelledPhoto(str(path), "", (), "unreadable", "not an image")
        else:
            decision = "accept" if number % 3 else "review"
            yield LabelledPhoto(str(path), "f" * 64, (Label(f"c{number}", 0.5),), decision, "")


def stopping_after(count: int, asked: list[Path]) -> Labeller:
    def labeller(paths: Iterable[Path]) -> Iterator[LabelledPhoto]:
        for photo in itertools.islice(label(paths), count):
            asked.append(Path(photo.path))
            yield photo
        raise KeyboardInterrupt

    return labeller


def noting(asked: list[Path]) -> Labeller:
    def labeller(paths: Iterable[Path]) -> Iterator[LabelledPhoto]:
        for photo in label(paths):
            asked.append(Path(photo.path))
            yield photo

    return labeller


def rows(out: Path) -> list[tuple[object, ...]]:
    """What can be compared of each row: NaN differs from itself."""
    return [(p.path, p.labels, p.decision, p.reason) for p in read_labels(out)]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
@pytest.mark.parametrize("count", [0, 1, 4, 7])
def test_an_interrupted_job_goes_on_to_the_same_file(
    count: int, ending: str, tmp_path: Path
) -> None:
    whole, torn = tmp_path / f"whole{ending}", tmp_path / f"torn{ending}"
    expected = label_to_file(label, PATHS, whole, "job")
    asked: list[Path] = []
    with pytest.raises(InterruptedRunError, match="an interruption; what is labelled is in "):
        label_to_file(stopping_after(count, asked), PATHS, torn, "job")
    assert not torn.exists()
    tally = label_to_file(noting(asked), PATHS, torn, "job")
    assert asked == PATHS  # none twice
    assert rows(torn) == rows(whole)
    assert tally == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == [torn.name, whole.name]


def test_a_torn_last_line_is_labelled_again(tmp_path: Path) -> None:
    out, asked = tmp_path / "labels.jsonl", list[Path]()
    with pytest.raises(InterruptedRunError, match="to finish labelling"):
        label_to_file(stopping_after(3, []), PATHS, out, "job")
    partial = out.with_name("labels.jsonl.partial")
    partial.write_bytes(partial.read_bytes()[:-9])
    label_to_file(noting(asked), PATHS, out, "job")
    assert asked == PATHS[2:]
    assert [path for path, *_ in rows(out)] == [str(path) for path in PATHS]


@pytest.mark.parametrize("content", [b"", b"my own notes, no line end", b'{"job": "another"}\n[1'])
def test_a_partial_file_of_another_job_is_refused_and_left_as_it_is(
    content: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    partial = tmp_path / "labels.csv.partial"
    partial.write_bytes(content)
    with pytest.raises(UsageError, match="Wanted a partial file of this very job; found another"):
        label_to_file(label, PATHS, out, "job")
    assert partial.read_bytes() == content


def test_a_wrong_ending_is_refused_before_the_work(tmp_path: Path) -> None:
    asked: list[Path] = []
    with pytest.raises(UsageError, match="Wanted a file of labels ending in one of"):
        label_to_file(noting(asked), PATHS, tmp_path / "labels.txt", "job")
    assert asked == []
    assert list(tmp_path.iterdir()) == []


def test_no_photos_make_an_empty_table(tmp_path: Path) -> None:
    assert label_to_file(label, [], tmp_path / "deep" / "labels.csv", "job") == Tally()
    assert rows(tmp_path / "deep" / "labels.csv") == []


def test_the_tally_counts_and_names(tmp_path: Path) -> None:
    tally = label_to_file(label, PATHS, tmp_path / "labels.csv", "job")
    assert tally.as_dict() == {
        "accept": 2, "review": 3, "unreadable": 2,
        "problems": [{"path": f"{n}.jpg", "reason": "not an image"} for n in (2, 5)],
    }  # fmt: skip
    assert tally.describe(Path("x.csv")) == (
        "7 photos: 2 labelled, 3 to review, 2 unreadable; written to x.csv"
    )
