import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from crop_worlds import crops, features_of
from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.index.approximate import recall
from touchline.reid.index.building import build_index
from touchline.reid.index.facts import IndexFacts, Recall, read_facts, write_facts
from touchline.reid.index.opened import open_index

CROPS = crops(12, "g", actions=3)


@pytest.fixture
def folder(tmp_path):
    build_index([(CROPS, features_of(CROPS))], tmp_path / "index", "sample", "0123456789abcdef")
    return tmp_path / "index"


def rewrite(folder, **changed):
    path = folder / "index.json"
    values = json.loads(path.read_text(encoding="utf-8")) | changed
    path.write_text(json.dumps({name: value for name, value in values.items() if value != "gone"}))


def test_facts_survive_the_disk(tmp_path):
    facts = IndexFacts("ü", "ab", 8, 3, "ivf", lists=4, probes=2, recall=Recall(0.5, 10))
    write_facts(tmp_path, facts)
    assert read_facts(tmp_path) == facts
    assert facts.describe().endswith("finds 50.0 % of the ten nearest (2 of 4 lists, n = 10)")


def test_another_network_is_refused(folder):
    message = (
        r"the network that made the index \(run sample, weights 0123456789ab\); "
        r"found a network with weights fedcba987654\. Search with that run"
    )
    with pytest.raises(UsageError, match=message):
        open_index(folder, "fedcba9876543210")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"version": 2}, r"an index of version 1; found version 2 at .*index\.json"),
        ({"version": "gone"}, "the folder of an index; found KeyError"),
        ({"count": "gone"}, "the folder of an index; found TypeError"),
        ({"surprise": 1}, "the folder of an index; found TypeError"),
        ({"vectors": "../index.faiss"}, "the folder of an index; found ValueError"),
        ({"count": 13}, r"13 crops and vectors of 16 features; found 12 and 12 of 16"),
        ({"vectors": "other.faiss"}, r"the vectors of the index; found none .*other\.faiss"),
        ({"crops": "other.parquet"}, r"the crops of the index; found FileNotFoundError"),
    ],
)
def test_what_does_not_fit_together_is_refused(folder, changed, message):
    rewrite(folder, **changed)
    with pytest.raises(UsageError, match=message):
        open_index(folder, "0123456789abcdef")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("index.json", "the folder of an index; found JSONDecodeError"),
        ("index.faiss", r"the vectors of the index; found none that can be read"),
        ("crops.parquet", "the crops of the index; found ArrowInvalid"),
    ],
)
@pytest.mark.parametrize("content", [b"", b"nonsense, and a little more of it"])
def test_broken_files_are_refused(folder, name, message, content):
    (folder / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        open_index(folder, "0123456789abcdef")


def test_a_folder_without_an_index_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"the folder of an index; found FileNotFoundError at"):
        open_index(tmp_path, "hash")


def test_crops_of_an_action_come_with_their_vectors(folder):
    index = open_index(folder, "0123456789abcdef")
    listed, vectors = index.of_action("1")
    assert listed == [crop for crop in CROPS if crop.action == "1"]
    assert (vectors == features_of(CROPS)[1::3]).all()
    nothing, empty = index.of_action("nowhere")
    assert nothing == []
    assert empty.shape == (0, 16)


def test_nothing_loads_faiss_before_it_is_needed():
    code = (
        "import sys, touchline.reid.index.searching, touchline.reid.index.building;"
        "print('faiss' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_recall_counts_what_is_found_in_any_order():
    found = np.array([[3, 1, -1], [7, 8, 9]])
    assert recall(found, np.array([[1, 2, 3], [9, 8, 7]])) == pytest.approx(5 / 6)


def test_an_index_knows_whether_anybody_is_named(folder, tmp_path):
    assert open_index(folder, "0123456789abcdef").named
    nobody = [Crop(Path(f"{number}.png"), number) for number in range(12)]
    build_index([(nobody, features_of(CROPS))], tmp_path / "unnamed", "run", "hash")
    assert not open_index(tmp_path / "unnamed", "hash").named


def test_more_than_there_is_gives_all_there_is(folder):
    places, distances = open_index(folder, "0123456789abcdef").nearest(
        features_of(CROPS)[:2], 10**9
    )
    assert places.shape == distances.shape == (2, 12)
    assert sorted(places[0].tolist()) == list(range(12))


@pytest.mark.parametrize("changed", [{"weights": 5}, {"kind": "hnsw"}])
def test_facts_of_another_form_are_refused(folder, changed):
    rewrite(folder, **changed)
    with pytest.raises(UsageError, match="the folder of an index; found ValueError at"):
        read_facts(folder)


def test_nested_without_end_is_refused(folder):
    (folder / "index.json").write_text("[" * 100_000)
    with pytest.raises(UsageError, match="the folder of an index; found RecursionError at"):
        read_facts(folder)


def test_crops_of_other_columns_are_refused(folder):
    rows = pyarrow.parquet.read_table(folder / "crops.parquet")
    numbers = pyarrow.array(range(len(rows)))
    rows = rows.set_column(rows.schema.get_field_index("path"), "path", numbers)
    pyarrow.parquet.write_table(rows, folder / "crops.parquet")
    with pytest.raises(UsageError, match="the crops of the index; found ArrowInvalid at"):
        open_index(folder, "0123456789abcdef")
