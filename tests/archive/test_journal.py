import json
import os
from pathlib import Path

import pytest

from touchline.archive.journal import SYNCED, open_journal, read_journal
from touchline.errors import EnvironmentMissingError, UsageError

FIRST = {"step": "begin", "name": "caf\udce9 \u2603\n"}
SECOND = {"step": "place", "row": 2}


def written(path: Path) -> bytes:
    with open_journal(path) as journal:
        journal.append([FIRST])
        journal.append([SECOND], sync=False)
    return path.read_bytes()


def steps(entries):
    return [entry for entry in entries if entry != SYNCED]


def test_entries_come_back_in_order(tmp_path):
    written(tmp_path / "journal")
    assert steps(read_journal(tmp_path / "journal")) == [FIRST, SECOND]
    with open_journal(tmp_path / "journal") as journal:
        assert steps(journal.entries) == [FIRST, SECOND]


def test_no_journal_has_no_entries_and_reading_makes_none(tmp_path):
    assert read_journal(tmp_path / "journal") == []
    assert list(tmp_path.iterdir()) == []


def test_a_journal_left_empty_is_removed(tmp_path):
    with open_journal(tmp_path / "journal"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_tail_torn_at_any_byte_is_dropped_and_writing_goes_on(tmp_path):
    path = tmp_path / "journal"
    whole = written(path)
    lines = whole.splitlines(keepends=True)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        kept = [json.loads(line) for line in lines if whole.index(line) + len(line) <= length]
        assert read_journal(path) == kept
        with open_journal(path) as journal:
            assert journal.entries == kept
            journal.append([SECOND])
        assert steps(read_journal(path)) == [*steps(kept), SECOND]


@pytest.mark.parametrize("tail", [b"\0" * 100, b'{\0\0}\n{"step": "place"}\n', b"[1]\n"])
def test_what_a_power_cut_leaves_behind_the_last_sync_is_dropped(tmp_path, tail):
    whole = written(tmp_path / "journal")
    (tmp_path / "journal").write_bytes(whole + tail)
    assert steps(read_journal(tmp_path / "journal")) == [FIRST, SECOND]


def test_damage_before_a_synced_line_is_refused(tmp_path):
    path = tmp_path / "journal"
    written(path)
    with open_journal(path) as journal:
        journal.append([SECOND])
    damaged = path.read_bytes().replace(b'"begin"', b'"begin', 1)
    path.write_bytes(damaged)
    with pytest.raises(UsageError, match="damaged line 1"):
        read_journal(path)
    with pytest.raises(UsageError, match="damaged line 1"), open_journal(path):
        pass
    assert path.read_bytes() == damaged


def test_two_processes_cannot_have_it_at_once(tmp_path):
    with open_journal(tmp_path / "journal") as journal:
        journal.append([FIRST])
        with pytest.raises(UsageError, match="another touchline process"):  # noqa: SIM117
            with open_journal(tmp_path / "journal"):
                pass
        journal.append([SECOND])
    assert steps(read_journal(tmp_path / "journal")) == [FIRST, SECOND]


def test_a_journal_that_cannot_be_made_is_the_environments_fault(tmp_path):
    with (
        pytest.raises(EnvironmentMissingError, match="no such file"),
        open_journal(tmp_path / "nowhere" / "journal"),
    ):
        pass


def test_a_full_disk_is_named_and_nothing_of_the_entry_counts(tmp_path, monkeypatch):
    def full(descriptor, content):
        os.pwrite(descriptor, content[:5], os.fstat(descriptor).st_size)
        raise OSError(28, "No space left on device")

    with open_journal(tmp_path / "journal") as journal:
        journal.append([FIRST])
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(EnvironmentMissingError, match="no space left"):
            journal.append([SECOND])
        assert journal.entries == [FIRST]
    monkeypatch.undo()
    assert read_journal(tmp_path / "journal") == [FIRST]
