import builtins
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from crop_worlds import crops, features_of
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.reid.crops import Crop
from touchline.reid.index import building
from touchline.reid.index.building import add_to_index, build_index
from touchline.reid.index.opened import open_index
from touchline.reid.index.vector_files import load_faiss, write_vectors

CROPS = crops(60, "g", actions=3)
FEATURES = features_of(CROPS)


def build(folder, n=20, kind="flat"):
    return build_index([(CROPS[:n], FEATURES[:n])], folder, "sample", "0123456789abcdef", kind)


def state(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_index_is_three_files_and_says_what_it_is(tmp_path):
    facts = build(tmp_path / "new" / "index")
    assert sorted(state(tmp_path / "new" / "index")) == [
        "crops.parquet", "index.faiss", "index.json",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["index"]
    text = json.loads((tmp_path / "new" / "index" / "index.json").read_text(encoding="utf-8"))
    assert text["version"] == 1
    assert (text["run"], text["weights"], text["dimensions"], text["count"], text["kind"]) == (
        "sample", "0123456789abcdef", 16, 20, "flat",
    )  # fmt: skip
    assert facts.describe().endswith("the search is exact")


def test_the_folder_can_be_read_by_whom_the_person_lets(tmp_path):
    build(tmp_path / "index")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "index").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_crops_come_back_whole(tmp_path):
    odd = Crop(Path("a b/ü,\n.png"), 7, "who", "act", "cam", "role", "match")
    listed = [odd, Crop(Path("c.png"), 3)]
    build_index([(listed, FEATURES[:2])], tmp_path / "index", "run", "hash")
    index = open_index(tmp_path / "index", "hash")
    assert index.crops([1, 0]) == listed[::-1]


def test_blocks_of_any_size_make_the_same_index(tmp_path):
    build(tmp_path / "one", 60)
    pieces = [(CROPS[:7], FEATURES[:7]), ([], FEATURES[:0]), (CROPS[7:], FEATURES[7:])]
    build_index(pieces, tmp_path / "two", "sample", "0123456789abcdef")
    one, two = (open_index(tmp_path / name, "0123456789abcdef") for name in ("one", "two"))
    np.testing.assert_array_equal(one.nearest(FEATURES, 5)[0], two.nearest(FEATURES, 5)[0])


def test_vectors_stay_on_the_disk(tmp_path):
    """The file is mapped into this process, and no copy of it is."""
    build(tmp_path / "index")
    index = open_index(tmp_path / "index", "0123456789abcdef")
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not say what is mapped")
    assert str((tmp_path / "index" / "index.faiss").resolve()) in maps.read_text()
    assert index.facts.count == 20


def test_an_ivf_index_states_its_recall(tmp_path):
    listed = crops(2000, "g", people=100)
    facts = build_index([(listed, features_of(listed))], tmp_path / "i", "run", "hash", "ivf", 0.8)
    assert facts.lists == 31
    assert 1 <= facts.probes < facts.lists
    assert 0.7 < facts.recall.value < 1
    assert facts.recall.n == 500
    assert "of the ten nearest" in facts.describe()


@pytest.mark.parametrize("existing", ["folder", "file"])
def test_what_is_there_is_never_overwritten(tmp_path, existing):
    target = tmp_path / "index"
    if existing == "folder":
        target.mkdir()
        (target / "notes.txt").write_text("mine")
    else:
        target.write_text("mine")
    with pytest.raises(UsageError, match=r"a new or empty folder for the index; found something"):
        build(target)
    assert "mine" in (target / "notes.txt" if existing == "folder" else target).read_text()


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "index").mkdir()
    assert build(tmp_path / "index").count == 20


def failing():
    yield CROPS[20:30], FEATURES[20:30]
    raise RuntimeError("the network is gone")


def test_work_that_fails_half_way_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="the network is gone"):
        build_index(failing(), tmp_path / "index", "run", "hash")
    assert list(tmp_path.iterdir()) == []


def test_adding_keeps_one_state_and_who_reads_keeps_the_old(tmp_path):
    folder = tmp_path / "index"
    build(folder)
    before = open_index(folder, "0123456789abcdef")
    add_to_index([(CROPS[20:], FEATURES[20:])], folder, "0123456789abcdef")
    assert sorted(state(folder)) == ["crops-60.parquet", "index-60.faiss", "index.json"]
    assert before.nearest(FEATURES, 1)[0].max() < 20
    np.testing.assert_array_equal(before.nearest(FEATURES[:20], 1)[0][:, 0], range(20))
    after = open_index(folder, "0123456789abcdef")
    np.testing.assert_array_equal(after.nearest(FEATURES, 1)[0][:, 0], range(60))


@pytest.mark.parametrize("step", ["blocks", "write_vectors", "write_facts"])
def test_an_addition_that_fails_leaves_the_index_as_it_was(tmp_path, monkeypatch, step):
    folder = tmp_path / "index"
    build(folder)
    before = state(folder)

    def broken(*_):
        raise RuntimeError("the disk is gone")

    if step != "blocks":
        monkeypatch.setattr(building, step, broken)
    blocks = failing() if step == "blocks" else [(CROPS[20:], FEATURES[20:])]
    with pytest.raises(RuntimeError, match="is gone"):
        add_to_index(blocks, folder, "0123456789abcdef")
    after = state(folder)
    assert {name: after[name] for name in before} == before
    assert open_index(folder, "0123456789abcdef").facts.count == 20
    monkeypatch.undo()
    add_to_index([(CROPS[20:22], FEATURES[20:22])], folder, "0123456789abcdef")
    assert sorted(state(folder)) == ["crops-22.parquet", "index-22.faiss", "index.json"]


def test_a_crop_is_added_once_only(tmp_path):
    build(tmp_path / "index")
    before = state(tmp_path / "index")
    with pytest.raises(
        UsageError, match=r"not in the index yet; found 5 that are, e\.g\. crops/g/15"
    ):
        add_to_index([(CROPS[15:25], FEATURES[15:25])], tmp_path / "index", "0123456789abcdef")
    assert state(tmp_path / "index") == before


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "crops for the index; found none"),
        ([(CROPS[:2], FEATURES[:3])], "for each of 2 crops; found 3 x 16"),
        ([(CROPS[:2], FEATURES[:2]), (CROPS[2:4], FEATURES[2:4, :8])], "of 16 features .* 2 x 8"),
        ([(CROPS[:2], 3 * FEATURES[:2])], r"of length 1; found 2 others, e\.g\. that of crops/g/0"),
        ([(CROPS[:2], np.full((2, 16), np.nan))], "found 2 others"),
        ([([Crop(Path("caf\udce9.png"), 0)], FEATURES[:1])], r"in UTF-8.* found 'caf\\udce9\.png'"),
    ],
)
def test_blocks_that_cannot_be_meant_are_refused_and_leave_nothing(tmp_path, blocks, message):
    with pytest.raises(UsageError, match=message):
        build_index(blocks, tmp_path / "index", "run", "hash")
    assert list(tmp_path.iterdir()) == []


def test_lists_of_few_crops_are_refused(tmp_path):
    with pytest.raises(
        UsageError, match=r"at least 1,000 crops for an ivf index; found 20\. Build"
    ):
        build(tmp_path / "index", kind="ivf")


def test_another_network_may_not_add(tmp_path):
    build(tmp_path / "index")
    with pytest.raises(
        UsageError, match=r"weights 0123456789ab\); found a network with weights ff"
    ):
        add_to_index([(CROPS[20:], FEATURES[20:])], tmp_path / "index", "ff")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
@pytest.mark.parametrize("n", [1, 200_000])
def test_a_full_disk_is_noticed(n):
    index = load_faiss().IndexFlatIP(8)
    index.add(np.ones((n, 8), np.float32))
    with pytest.raises(OSError, match="No space left on device"):
        write_vectors(index, Path("/dev/full"))


def test_without_faiss_the_person_is_told_before_the_work(tmp_path, monkeypatch):
    original = builtins.__import__

    def without(name, *arguments, **named):
        if name == "faiss":
            raise ImportError("No module named 'faiss'")
        return original(name, *arguments, **named)

    monkeypatch.delitem(sys.modules, "faiss", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentMissingError, match=r"package faiss-cpu.*pip install faiss-cpu"):
        build_index(failing(), tmp_path / "index", "run", "hash")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_one_stands_in_can_become_the_index(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    build(Path())
    assert sorted(path.name for path in Path().iterdir()) == [
        "crops.parquet", "index.faiss", "index.json",
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_the_longest_name_will_do(tmp_path):
    assert build(tmp_path / ("x" * 255)).count == 20
