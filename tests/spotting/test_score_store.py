from pathlib import Path

import numpy as np
import pytest

from touchline.spotting.score_store import ScoreStore

IDENTITY = {"video": "v", "weights": "w"}
ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


def filled(path: Path) -> Path:
    store = ScoreStore(path, IDENTITY, 3)
    store.append(ROWS[:1])
    store.append(ROWS[1:])
    return path


def test_rows_are_there_again(tmp_path: Path) -> None:
    store = ScoreStore(filled(tmp_path / "new" / "scores"), IDENTITY, 3)
    assert np.array_equal(store.rows, ROWS)
    store.append(ROWS[:2])
    again = ScoreStore(store.path, IDENTITY, 3)
    assert np.array_equal(again.rows, np.concatenate([ROWS, ROWS[:2]]))


def test_it_begins_without_rows(tmp_path: Path) -> None:
    assert ScoreStore(tmp_path / "scores", IDENTITY, 3).rows.shape == (0, 3)


@pytest.mark.parametrize(("cut", "rows"), [(1, 3), (11, 3), (12, 3), (13, 2), (47, 0), (48, 0)])
def test_a_row_that_was_cut_off_is_dropped(cut: int, rows: int, tmp_path: Path) -> None:
    path = filled(tmp_path / "scores")
    path.write_bytes(path.read_bytes()[:-cut])
    store = ScoreStore(path, IDENTITY, 3)
    assert np.array_equal(store.rows, ROWS[:rows])
    store.append(ROWS[rows:])
    assert np.array_equal(ScoreStore(path, IDENTITY, 3).rows, ROWS)


@pytest.mark.parametrize("kept", [0, 1, 10, 30])
def test_a_head_that_was_cut_off_begins_it_afresh(kept: int, tmp_path: Path) -> None:
    path = filled(tmp_path / "scores")
    path.write_bytes(path.read_bytes()[:kept])
    assert len(ScoreStore(path, IDENTITY, 3).rows) == 0
    assert np.array_equal(ScoreStore(filled(path), IDENTITY, 3).rows, ROWS)


@pytest.mark.parametrize("other", [{"video": "x", "weights": "w"}, {"video": "v"}, {}])
def test_rows_of_something_else_are_not_taken(other: dict[str, str], tmp_path: Path) -> None:
    path = filled(tmp_path / "scores")
    assert len(ScoreStore(path, other, 3).rows) == 0
    assert len(ScoreStore(path, IDENTITY, 3).rows) == 0


def test_the_order_of_the_identity_says_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path / "scores")
    assert len(ScoreStore(path, dict(reversed(IDENTITY.items())), 3).rows) == 4


def test_what_it_is_of_may_have_any_letters(tmp_path: Path) -> None:
    identity = {"video": 'Città\n"2"'}
    ScoreStore(tmp_path / "scores", identity, 3).append(ROWS)
    assert np.array_equal(ScoreStore(tmp_path / "scores", identity, 3).rows, ROWS)


def test_it_can_be_removed(tmp_path: Path) -> None:
    store = ScoreStore(tmp_path / "scores", IDENTITY, 3)
    store.remove()
    assert not store.path.exists()
    store.remove()
