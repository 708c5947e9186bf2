import io
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive import label_files
from touchline.archive.label_files import append_label, read_labels, write_labels
from touchline.archive.labels import Label, LabelledPhoto
from touchline.errors import UsageError

FORMS = [".parquet", ".csv", ".jsonl"]
PHOTO = LabelledPhoto(
    "in/å b,\n\"c\".jpg", "ab" * 32, (Label("Kick-l", 0.625), Label("Kick-r", 0.25)), "review",
     "in doubt", 0.125, True, False, "runs/photos/x", 2,
)  # fmt: skip
BARE = LabelledPhoto("x.jpg", "", (), "unreadable", "truncated")


def same(one: LabelledPhoto, other: LabelledPhoto) -> bool:
    """Equality in which a missing distance equals a missing distance."""
    if math.isnan(one.distance) and math.isnan(other.distance):
        one, other = replace(one, distance=0.0), replace(other, distance=0.0)
    return one == other


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("photos", [[], [PHOTO], [BARE], [PHOTO, BARE] * 1030])
def test_what_is_written_is_read_back(tmp_path, form, photos):
    path = tmp_path / f"labels{form}"
    assert write_labels(iter(photos), path) == len(photos)
    back = list(read_labels(path))
    assert len(back) == len(photos)
    assert all(map(same, back, photos))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(TEXT.filter(bool), TEXT.filter(bool), st.floats(0, 1))),
    st.sampled_from(FORMS),
)
def test_any_names_survive(tmp_path_factory, rows, form):
    photos = [LabelledPhoto(p, "00", (Label(name, score),), "accept") for p, name, score in rows]
    path = tmp_path_factory.mktemp("labels") / f"labels{form}"
    write_labels(photos, path)
    assert all(map(same, read_labels(path), photos))


@pytest.mark.parametrize("form", [".csv", ".jsonl"])
def test_a_name_that_is_no_utf8_survives(tmp_path, form):
    photo = replace(BARE, path="caf\udce9.jpg")
    write_labels([photo], tmp_path / f"labels{form}")
    assert same(next(read_labels(tmp_path / f"labels{form}")), photo)


def test_parquet_refuses_a_name_that_is_no_utf8_and_leaves_nothing(tmp_path):
    with pytest.raises(UsageError, match=r"ending in \.csv or \.jsonl"):
        write_labels([replace(BARE, path="caf\udce9.jpg")], tmp_path / "labels.parquet")
    assert list(tmp_path.iterdir()) == []


def test_append_label_writes_one_line_a_photo():
    stream = io.StringIO()
    append_label(stream, PHOTO)
    append_label(stream, BARE)
    assert stream.getvalue().count("\n") == 2
    assert "NaN" not in stream.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_a_failure_half_way_leaves_the_old_file(tmp_path, form):
    path = tmp_path / f"labels{form}"
    write_labels([PHOTO], path)
    before = path.read_bytes()

    def broken():
        yield BARE
        raise RuntimeError("the camera fell")

    with pytest.raises(RuntimeError, match="camera"):
        write_labels(broken(), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_table_that_a_person_made_needs_only_a_path_and_a_decision(tmp_path):
    (tmp_path / "labels.csv").write_text(
        "path,decision,label,confidence\na.jpg,accept,Kick-l,0.5\n"
    )
    photo = next(read_labels(tmp_path / "labels.csv"))
    assert (photo.path, photo.label, photo.confidence, photo.sha256) == ("a.jpg", "Kick-l", 0.5, "")


def test_a_label_that_a_person_edited_counts(tmp_path):
    path = tmp_path / "labels.csv"
    write_labels([PHOTO], path)
    path.write_text(path.read_text().replace(",Kick-l,0.625", ",Kick-r,0.625"))
    photo = next(read_labels(path))
    assert photo.labels == (Label("Kick-r", 0.625), Label("Kick-l", 0.625))


LABELS = tuple(Label(name, 0.25) for name in "abcd")


@pytest.mark.parametrize(
    ("size", "edited", "expected", "count"),
    [(2, "b", 2, 4), (2, "c", 3, 4), (2, "new", 3, 5), (4, "d", 4, 4), (0, "c", 0, 4)],
)
def test_a_label_that_a_person_put_first_belongs_to_the_set(
    tmp_path, size, edited, expected, count
):
    path = tmp_path / "labels.csv"
    write_labels([replace(PHOTO, path="a.jpg", labels=LABELS, set_size=size)], path)
    path.write_text(path.read_text().replace("a.jpg,a,0.25", f"a.jpg,{edited},0.25"))
    photo = next(read_labels(path))
    assert (photo.label, photo.set_size, len(photo.labels)) == (edited, expected, count)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_sets_is_read(tmp_path, form, monkeypatch):
    columns = tuple(name for name in label_files.COLUMNS if name != "set_size")
    with monkeypatch.context() as older:
        older.setattr(label_files, "COLUMNS", columns)
        write_labels([PHOTO, BARE], tmp_path / f"labels{form}")
    photo, _ = read_labels(tmp_path / f"labels{form}")
    assert same(photo, replace(PHOTO, set_size=0))


def test_a_set_of_labels_that_a_person_took_out_is_none(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("path,decision,label,confidence,set_size\na.jpg,accept,Kick-l,0.5,3\n")
    assert next(read_labels(path)).set_size == 0


def test_booleans_as_a_spreadsheet_writes_them(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("path,decision,out_of_scope,mirror_agrees\na.jpg,accept,TRUE,FALSE\n")
    photo = next(read_labels(path))
    assert (photo.out_of_scope, photo.mirror_agrees) == (True, False)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.txt", "", "ending in one of .parquet, .csv, .jsonl"),
        ("missing.csv", None, "nothing at"),
        ("labels.csv", "path,decision\n,accept\n", "column 'path'"),
        ("labels.csv", "path,decision\na.jpg,\n", "column 'decision'"),
        ("labels.csv", "path,decision\na.jpg,maybe\n", "'maybe' for a.jpg"),
        ("labels.csv", "path,decision,distance\na.jpg,accept,far\n", "'far' in line 2"),
        (
            "labels.csv",
            'path,decision,labels,confidences\na.jpg,accept,"[""x""]",[]\n',
            "for a.jpg",
        ),
        ("labels.csv", "path,decision,label,confidence\na.jpg,accept,x,7\n", "between 0 and 1"),
        (
            "labels.csv",
            'path,decision,labels,confidences,set_size\na.jpg,accept,"[""x""]",[0.5],2\n',
            "a size from 0 to 1 for the set of likely labels; found 2 for 'a.jpg'",
        ),
        (
            "labels.jsonl",
            '{"path": "a", "decision": "accept", "labels": ["x"], "confidences": [1.0],'
            ' "set_size": "all"}',
            "found 'all' for 'a'",
        ),
        ("labels.csv", "path,decision,set_size\na.jpg,accept,many\n", "'many' in line 2"),
        ("labels.jsonl", "{\n", "in line 1"),
        ("labels.jsonl", "[1]\n", "list in line 1"),
        ("labels.parquet", "no parquet", "a Parquet file"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=message):
        list(read_labels(path))


def test_what_no_reader_can_hold_is_refused(tmp_path):
    deep = tmp_path / "deep.jsonl"
    deep.write_text("[" * 200_000 + "\n")
    with pytest.raises(UsageError, match=r"one JSON object a line; found .* in line 1"):
        list(read_labels(deep))
    wide = tmp_path / "wide.csv"
    wide.write_text("path,decision\n" + "x" * 200_000 + ",accept\n")
    with pytest.raises(UsageError, match=r"a table in CSV; found a cell that is none .*limit"):
        list(read_labels(wide))
